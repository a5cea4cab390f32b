"""Asking a WSGI callable without a server: for what HTTP clients do not let through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from wsgiref.util import setup_testing_defaults

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(application: WSGIApplication, path: str, method: str = "GET", **environ: str) -> Answer:
    """Ask once; `environ` stands over the ordinary one."""
    asked: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": method, **environ}
    setup_testing_defaults(asked)
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
        started.append((status, headers))
        return lambda _: None

    body = application(asked, start_response)
    try:
        content = b"".join(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    ((status, headers),) = started
    return Answer(int(status[:3]), dict(headers), content)
