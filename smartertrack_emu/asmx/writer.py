"""Python values to XML by XmlSerializer's rules: one writing function a type, made once.

Null strings, classes, arrays and byte[] are left out; a null Nullable is `xsi:nil`; value types are always there.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from math import isinf, isnan
from typing import Any

from .datetimes import write_datetime
from .spyne_compat import (
    Array,
    Boolean,
    ByteArray,
    ComplexModelBase,
    DateTime,
    Double,
    Integer16,
    Integer32,
    Integer64,
    Unicode,
)

Write = Callable[[Any], str]

DECLARATIONS = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
"""The two namespaces that .NET declares on every document's root."""

_INTEGERS = (Integer16, Integer32, Integer64)
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""


def escape(text: str) -> str:
    """Escape text for an element as XmlTextWriter does; what XML 1.0 cannot hold becomes U+FFFD."""
    if not text.isprintable():
        text = FORBIDDEN.sub("\ufffd", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def write_double(value: float) -> str:
    """.NET's round-trip format: 15 digits where they suffice, else 17."""
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "INF" if value > 0 else "-INF"
    short = f"{value:.15G}"
    return short if float(short) == value else f"{value:.17G}"


def _write_boolean(value: bool) -> str:  # noqa: FBT001 - it is the value written
    return "true" if value else "false"


def _write_bytes(value: bytes) -> str:
    return b64encode(value).decode("ascii")


_SCALARS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (Integer16, "%d".__mod__),
    (Integer32, "%d".__mod__),
    (Integer64, "%d".__mod__),
    (Boolean, _write_boolean),
    (Double, write_double),
    (DateTime, write_datetime),
    (ByteArray, _write_bytes),
    (Unicode, escape),
)


def _content_writer(model: Any) -> Write:
    """Return the function that writes what stands between a type's tags."""
    if issubclass(model, Array):
        ((name, item),) = model._type_info.items()  # noqa: SLF001 - Spyne's name for a model's members
        write_item = _element_writer(name, item, null=f'<{name} xsi:nil="true" />')
        return lambda values: "".join(map(write_item, values))
    if issubclass(model, ComplexModelBase):
        return _members_writer(model)
    for scalar, write in _SCALARS:
        if issubclass(model, scalar):
            return write
    return lambda member: escape(member.value)


def _members_writer(model: Any) -> Write:
    """Make one expression of all members, as `dataclasses` makes `__init__`: a list of tickets is thousands of them."""
    scope: dict[str, Any] = {}
    parts: list[str] = []
    for name, kind in model._type_info.items():  # noqa: SLF001 - Spyne's name for a model's members
        if not name.isidentifier():
            raise ValueError(f"{name!r} cannot be a member's name")
        if issubclass(kind, _INTEGERS) and not kind.Attributes.nillable:
            parts.append(f"<{name}>{{value.{name}:d}}</{name}>")
        else:
            scope[f"write_{name}"] = member_writer(name, kind)
            parts.append(f"{{write_{name}(value.{name})}}")
    write: Write = eval(f"lambda value: f'{''.join(parts)}'", scope)  # noqa: S307 - of declared names alone, checked above
    return write


def member_writer(name: str, model: Any) -> Write:
    """Return the function that writes a member with its tags, or what stands for its absence."""
    nullable = model.Attributes.min_occurs and model.Attributes.nillable
    return _element_writer(name, model, null=f'<{name} xsi:nil="true" />' if nullable else "")


def _element_writer(name: str, model: Any, *, null: str) -> Write:
    if issubclass(model, Boolean):
        words = {True: f"<{name}>true</{name}>", False: f"<{name}>false</{name}>", None: null}
        return words.__getitem__
    content = _content_writer(model)
    start, end, empty = f"<{name}>", f"</{name}>", f"<{name} />"

    def write(value: Any) -> str:
        if value is None:
            return null
        inside = content(value)
        return start + inside + end if inside else empty

    return write


def root_writer(name: str, model: Any, namespace: str) -> Write:
    """Return the function that writes a document's root element, as HTTP GET and POST answer it."""
    content = _content_writer(model)
    # A bare value's root declares no more than its own namespace.
    declarations = f" {DECLARATIONS}" if issubclass(model, ComplexModelBase) else ""
    opening = f'<{name}{declarations} xmlns="{namespace}"'

    def write(value: Any) -> str:
        if value is None:
            return f'<{name} {DECLARATIONS} xsi:nil="true" xmlns="{namespace}" />'
        inside = content(value)
        return f"{opening}>{inside}</{name}>" if inside else f"{opening} />"

    return write


_TOKEN = re.compile(r"<[^>]*>|[^<]+")


def indent(document: str) -> str:
    """Put each element on a line of its own, two spaces a level, as XmlTextWriter's Formatting.Indented does."""
    lines: list[str] = []
    level = 0
    tokens = _TOKEN.findall(document)
    inline = False
    for token in tokens:
        if not token.startswith("<"):
            lines[-1] += token
            inline = True
        elif token.startswith("</"):
            level -= 1
            if inline:
                lines[-1] += token
            else:
                lines.append("  " * level + token)
            inline = False
        else:
            lines.append("  " * level + token)
            if not token.endswith("/>"):
                level += 1
            inline = False
    return "\n".join(lines)
