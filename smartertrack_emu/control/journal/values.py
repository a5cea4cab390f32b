"""Values that cannot be read: which element's it is, and what form it should have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.etree import _Element as Element

from .declared import Input, Kind
from .request import children

FORMS: dict[Kind, str] = {
    "text": "a text",
    "short": "a whole number from -32768 to 32767, such as 17",
    "int": "a whole number from -2147483648 to 2147483647, such as 17",
    "long": "a whole number from -2^63 to 2^63-1, such as 17",
    "boolean": "true, false, 1 or 0, in lower case",
    "double": "a number with a point and no thousands separators, such as 1.5",
    "date": "a date and time as XML Schema has it, such as 2031-02-28T23:59:00 or 2031-02-28T23:59:00Z",
    "base64": "Base64 (A-Z, a-z, 0-9, + and /, padded with =)",
    "enumeration": "one of its words",
    "list": "a list",
    "structure": "elements",
}
_FORM_FORMS: dict[str, tuple[Kind, str]] = {
    "System.Int16": ("short", FORMS["short"]),
    "System.Int32": ("int", FORMS["int"]),
    "System.Int64": ("long", FORMS["long"]),
    "System.Boolean": ("boolean", "True or False"),
    "System.Double": ("double", FORMS["double"]),
    "System.DateTime": ("date", "a date and time such as 2031-02-28T23:59:00 or 2/28/2031 11:59 PM"),
    "System.Byte": ("base64", "a number from 0 to 255, the parameter repeated for each byte"),
}
_BITS: dict[Kind, int] = {"short": 16, "int": 32, "long": 64}
_DATE = re.compile(r"\s*-?\d{4,}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?)?)?(Z|[+-]\d\d:\d\d)?\s*", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]*={0,2}\s*")


def form_of(one: Input) -> str:
    """Return what form a value should have, in words."""
    return f"one of {', '.join(one.words[:12])}" if one.kind == "enumeration" else FORMS[one.kind]


def form_of_net(name: str) -> tuple[Kind, str]:
    """Return what .NET's type is here and what form a parameter of it should have."""
    return _FORM_FORMS.get(name, ("text", FORMS["text"]))


def is_readable(one: Input, text: str) -> bool:  # noqa: PLR0911 - one a kind
    """Say whether a text looks like a value of an input, roughly."""
    word = text.strip()
    kind = one.kind
    if kind in _BITS:
        bits = _BITS[kind]
        return bool(re.fullmatch(r"[+-]?[0-9]{1,25}", word)) and -(1 << bits - 1) <= int(word) < 1 << bits - 1
    if kind == "boolean":
        return word in ("true", "false", "1", "0")
    if kind == "double":
        return bool(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?|-?INF|NaN|-?Infinity", word, re.ASCII))
    if kind == "date":
        return bool(_DATE.fullmatch(text))
    if kind == "base64":
        return bool(_BASE64.fullmatch(text))
    if kind == "enumeration":
        return text in one.words
    return True


def unreadable(elements: Element | None, inputs: Sequence[Input], namespace: str) -> Iterator[tuple[Element, Input]]:
    """Give the elements whose values cannot be read, each with the input that it is."""
    seen = set()
    by_tag = {f"{{{namespace}}}{one.name}": one for one in inputs}
    for element in children(elements):
        one = by_tag.get(str(element.tag))
        if one is None or one.name in seen:
            continue
        if one.kind == "list":
            (item,) = one.members
            for child in children(element):
                if child.tag == f"{{{namespace}}}{item.name}":
                    yield from _unreadable_of(child, item, namespace)
        else:
            seen.add(one.name)
            yield from _unreadable_of(element, one, namespace)


def _unreadable_of(element: Element, one: Input, namespace: str) -> Iterator[tuple[Element, Input]]:
    if one.kind in ("structure", "list"):
        yield from unreadable(element, one.members, namespace)
    elif len(element) or not is_readable(one, element.text or ""):
        yield element, one
