"""Faults that a test injects into calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from .changes import Change
from .control import Control, EmulatorError

__tracebackhide__ = True  # pytest shows the line of the test

Kind: TypeAlias = Literal["soap-fault", "result", "http", "latency", "drop", "truncate", "garbage"]


class SetFault(Change):
    """A fault that was set, and is taken away by `remove`, or by the end of a `with` block."""

    def __init__(self, control: Control, fault: Mapping[str, Any]) -> None:
        """Set the fault."""
        self._control = control
        made = control.post("faults", body=fault)
        self.id: int = made["id"]
        self._hits: int = made["hits"]

    @property
    def hits(self) -> int:
        """How many calls it struck: so far, or until it was taken away."""
        if self.is_set:
            self._hits = self._control.get("faults", self.id)["hits"]
        return self._hits

    def remove(self) -> None:
        """Take it away; one that somebody else has taken away already is no error."""
        if not self.is_set:
            return
        try:
            _ = self.hits
            self._control.delete("faults", self.id)
        except EmulatorError as error:
            if error.status != 404:
                raise
        self.is_set = False

    undo = remove


def fault_of(
    *,
    kind: Kind,
    match: Mapping[str, Any],
    effect: Mapping[str, Any],
    rest: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a fault as the control API takes it; what is None is left out."""
    return {
        "match": _given(match),
        "effect": {"kind": kind, **_given(effect)},
        **_given(rest),
    }


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
