"""How long the texts may be that an operation takes: ours, so that no call needs much more memory than it sends.

A message's body and a note in HTML are stored as they come and may fill a request. Other texts are encoded, folded or
cut into words, which makes several of each character.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from smartertrack_emu.asmx.declare import Operation
from smartertrack_emu.domain.errors import BadValue

LONGEST = 256 * 1024
"""Characters of a text."""

_AS_LONG_AS_A_REQUEST = frozenset({"body"})
_IN_HTML = frozenset({"AddTicketNoteHtml", "AddTicketNoteHtmlWithDate"})


def refuse_too_long(operation: Operation, values: Iterable[Any]) -> None:
    """Raise BadValue, which names the input, for a text that is too long; `values` are those after the credentials."""
    for parameter, value in zip(operation.parameters[2:], values, strict=True):
        if type(value) is str:
            if len(value) > LONGEST and operation.name not in _IN_HTML:
                _refuse(parameter.name)
        elif type(value) not in _SHORT:
            _look_into(parameter.name, value)


_SHORT = frozenset({int, bool, float, type(None), bytes})


def _look_into(name: str, value: Any) -> None:
    """Look at the texts of an array or a structure."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            _refuse(name)
    elif isinstance(value, list):
        for item in value:
            _look_into(name, item)
    elif is_dataclass(value):
        for field in fields(value):
            _look_into(field.name, getattr(value, field.name))


def _refuse(name: str) -> None:
    if name not in _AS_LONG_AS_A_REQUEST:
        raise BadValue(f"{name} is longer than {LONGEST} characters.")
