"""XML to Python values by XmlSerializer's rules: one reading function a type, made once.

The rules are recorded (see the probes in tests/asmx): unknown elements and wrong letter case are ignored, the first of
duplicates counts, order does not matter, and only a value that cannot be read is an error.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from lxml.etree import _Element as Element

from .datetimes import read_datetime
from .declare import Operation
from .limits import MOST_TEXT, LimitExceededError
from .spyne_compat import (
    Array,
    Boolean,
    ByteArray,
    ComplexModelBase,
    DateTime,
    Double,
    EnumBase,
    Integer16,
    Integer32,
    Integer64,
    Unicode,
)

Read = Callable[[Element], Any]

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = f"{{{XSI}}}nil"
_NULL = f"{{{XSI}}}null"

_BAD_NUMBER = "Input string was not in a correct format."
_XML_SPACE = " \t\r\n"
_INTEGER = re.compile(r"[\t-\r ]*+(?P<sign>[+-]?)0*+(?P<digits>[0-9]*+)[\t-\r ]*+\Z")
_DOUBLE = re.compile(r"[\t-\r ]*+[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?[\t-\r ]*+\Z")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*+={0,2}\Z")
_DIGITS_AT_ONCE = 1 << 20
"""Characters of base64 that are decoded at a time: a file may be as long as a request."""

_MOST_DIGITS = 19
_DOUBLE_DIGITS = 1000
_ECHO = 1000
"""Characters of a bad value that a fault repeats."""


class UnreadableValueError(Exception):
    """A value that cannot be read: the element, what .NET says of it, and whether it had not been read past."""

    def __init__(self, element: Element, message: str, *, at_start: bool = False) -> None:
        super().__init__(message)
        self.element = element
        self.message = message
        self.at_start = at_start


class MalformedContentError(Exception):
    """Content that .NET's XML reader itself rejects: answered with an empty 400."""


def _text(element: Element) -> str:
    """Return an element's text; a child, a comment or a processing instruction inside is malformed, as in .NET."""
    text = _any_text(element)
    if len(text) > MOST_TEXT:
        raise LimitExceededError(f"A text of the request has more than {MOST_TEXT} characters.")
    return text


def _any_text(element: Element) -> str:
    """Return an element's text, however long it is."""
    if len(element):
        raise MalformedContentError
    return element.text or ""


def _integer(name: str, bits: int) -> Read:
    least, most = -(1 << bits - 1), (1 << bits - 1) - 1

    def read(element: Element) -> int:
        match = _INTEGER.match(text := _text(element))
        if match is None or not (match["digits"] or "0" in text):
            raise UnreadableValueError(element, _BAD_NUMBER)
        digits = match["digits"] or "0"
        value = int(match["sign"] + digits) if len(digits) <= _MOST_DIGITS else most + 1
        if not least <= value <= most:
            raise UnreadableValueError(element, f"Value was either too large or too small for an {name}.")
        return value

    return read


def _read_boolean(element: Element) -> bool:
    text = _text(element)
    try:
        return _boolean(text)
    except ValueError as error:
        raise UnreadableValueError(element, str(error)) from None


def _boolean(text: str) -> bool:
    word = text.strip(_XML_SPACE)
    if word in ("true", "1"):
        return True
    if word in ("false", "0"):
        return False
    message = f"The string '{word[:_ECHO]}' is not a valid Boolean value."
    raise ValueError(message)


def _read_double(element: Element) -> float:
    text = _text(element)
    word = text.strip(_XML_SPACE)
    named = {"INF": "inf", "-INF": "-inf", "NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}.get(word)
    if named is not None:
        return float(named)
    if len(text) > _DOUBLE_DIGITS or _DOUBLE.match(text) is None:
        raise UnreadableValueError(element, _BAD_NUMBER)
    value = float(word)
    if value in (float("inf"), float("-inf")):
        raise UnreadableValueError(element, "Value was either too large or too small for a Double.")
    return value


def _read_datetime(element: Element) -> Any:
    text = _text(element)
    try:
        return read_datetime(text)
    except ValueError:
        raise UnreadableValueError(element, f"The string '{text[:_ECHO]}' is not a valid AllXsd value.") from None


def _read_bytes(element: Element) -> bytes:
    text = _any_text(element)
    content = BytesIO()
    rest = b""
    for at in range(0, len(text), _DIGITS_AT_ONCE):
        digits = rest + text[at : at + _DIGITS_AT_ONCE].encode("ascii", "replace").translate(None, b" \t\r\n")
        whole = len(digits) // 4 * 4 - 4  # the last four may be padded, or belong to the end
        rest = digits[max(whole, 0) :]
        if whole > 0:
            content.write(_decoded(digits[:whole], padded=False))
    content.write(_decoded(rest, padded=True))
    return content.getvalue()


def _decoded(digits: bytes, *, padded: bool) -> bytes:
    """Decode base64 like .NET's decoder: padding may be missing, bits beyond the last byte are dropped."""
    if _BASE64.match(digits) is None or (not padded and digits.endswith(b"=")):
        raise MalformedContentError
    digits = digits.rstrip(b"=")
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def _enumeration(model: Any) -> Read:
    members = {member.value: member for member in model.python_class}
    name = model.get_type_name()

    def read(element: Element) -> Any:
        text = _text(element)
        try:
            return members[text]
        except KeyError:
            message = f"Instance validation error: '{text[:_ECHO]}' is not a valid value for {name}."
            raise UnreadableValueError(element, message) from None

    return read


def _is_nil(element: Element) -> bool:
    flag = element.get(_NIL) or element.get(_NULL)
    if flag is None:
        return False
    try:
        return _boolean(flag)
    except ValueError as error:
        raise UnreadableValueError(element, str(error), at_start=True) from None


def _or_none(read: Read) -> Read:
    def read_nullable(element: Element) -> Any:
        # The attributes are looked at only where there are some: most elements have none.
        return None if element.attrib and _is_nil(element) else read(element)

    return read_nullable


def _structure(model: Any, namespace: str) -> Read:
    cls = model.python_class
    members = _members(model, namespace)

    def read(element: Element) -> Any:
        values: dict[str, Any] = {}
        for child in element:
            member = members.get(child.tag)  # a comment's tag is a function
            if member is not None and member[0] not in values:
                values[member[0]] = member[1](child)
        return cls(**values)

    return read


def _members(model: Any, namespace: str) -> dict[str, tuple[str, Read]]:
    return {f"{{{namespace}}}{name}": (name, reader_of(kind, namespace)) for name, kind in model._type_info.items()}  # noqa: SLF001 - Spyne's name for a model's members


def _array(model: Any, namespace: str) -> Read:
    ((name, item),) = model._type_info.items()  # noqa: SLF001 - Spyne's name for a model's members
    tag = f"{{{namespace}}}{name}"
    read_item = reader_of(item, namespace)
    if item.Attributes.nillable:
        read_item = _or_none(read_item)

    def read(element: Element) -> list[Any]:
        return [read_item(child) for child in element if child.tag == tag]

    return _or_none(read)


_SCALARS: tuple[tuple[Any, Read], ...] = (
    (Integer16, _integer("Int16", 16)),
    (Integer32, _integer("Int32", 32)),
    (Integer64, _integer("Int64", 64)),
    (Boolean, _read_boolean),
    (Double, _read_double),
    (DateTime, _read_datetime),
    (ByteArray, _read_bytes),
    (Unicode, _text),
)


def reader_of(model: Any, namespace: str) -> Read:
    """Return the function that reads an element of a Spyne type."""
    if issubclass(model, Array):
        return _array(model, namespace)
    if issubclass(model, EnumBase):
        read = _enumeration(model)
    elif issubclass(model, ComplexModelBase):
        return _structure(model, namespace)
    else:
        read = next(read for scalar, read in _SCALARS if issubclass(model, scalar))
    # Nullable<T> alone looks at xsi:nil; an int or a string with it reads its text, as recorded.
    return _or_none(read) if model.Attributes.min_occurs and model.Attributes.nillable else read


class MessageReader:
    """Reads the parameters of one operation from the elements of a Body."""

    def __init__(self, operation: Operation, model: Any, namespace: str) -> None:
        self._tag = f"{{{namespace}}}{operation.name}"
        self._defaults = [parameter.default for parameter in operation.parameters]
        self._fresh = [i for i, parameter in enumerate(operation.parameters) if parameter.default == []]
        self._members = {
            f"{{{namespace}}}{name}": (index, reader_of(kind, namespace))
            for index, (name, kind) in enumerate(model._type_info.items())  # noqa: SLF001 - Spyne's name for a model's members
        }

    def read(self, body: Element) -> list[Any]:
        """Return all parameters in wire order; UnreadableValueError, MalformedContentError, LimitExceededError."""
        values = self._defaults.copy()
        for index in self._fresh:
            values[index] = []
        for element in body:
            if element.tag == self._tag:
                self._read_into(values, element)
        return values

    def _read_into(self, values: list[Any], element: Element) -> None:
        seen = set()
        for child in element:
            member = self._members.get(child.tag)  # a comment's tag is a function
            if member is None:
                continue
            index, read = member
            if index in seen:
                continue
            seen.add(index)
            value = read(child)
            if value is not None or self._defaults[index] is None:
                values[index] = value
