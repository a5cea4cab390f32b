"""From a method and a path to an operation.

A literal part of a path goes before one with an id, whatever the method: a path that names an operation is never taken
for an item's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .declaring import Operation


class Found(NamedTuple):
    """What stands at a path. `operation` None: nothing for this method; `methods`: what there is something for."""

    operation: Operation | None
    ids: dict[str, str]
    methods: Sequence[str]


class Router:
    """Finds operations by their paths. Matching is exact: letter case and a slash at the end count."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._templates: dict[tuple[str, ...], dict[str, Operation]] = {}
        for operation in operations:
            for method, path in ((operation.method, operation.path), *operation.aliases):
                self._templates.setdefault(tuple(path.split("/")), {})[method] = operation

    def find(self, method: str, path: str) -> Found:
        """Return what stands at a path; HEAD is as GET."""
        parts = tuple(path.split("/"))
        matching = [one for one in self._templates if _matches(one, parts)]
        if not matching:
            return Found(None, {}, ())
        template = min(matching, key=lambda one: [part[0] == "{" for part in one])
        by_method = self._templates[template]
        ids = {name[1:-1]: part for name, part in zip(template, parts, strict=True) if name[0] == "{"}
        allowed = sorted({*by_method, *(("HEAD",) if "GET" in by_method else ())})
        return Found(by_method.get("GET" if method == "HEAD" else method), ids, allowed)

    def nearest(self, path: str) -> str:
        """Return the path that was most likely meant, "" where none is alike."""
        from difflib import get_close_matches  # noqa: PLC0415 - few calls are wrong

        known = ["/".join(one) for one in self._templates]
        return next(iter(get_close_matches(path[:200], known, n=1, cutoff=0.6)), "")


def _matches(template: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    return len(template) == len(parts) and all(
        bool(part) if name[0] == "{" else name == part for name, part in zip(template, parts, strict=True)
    )
