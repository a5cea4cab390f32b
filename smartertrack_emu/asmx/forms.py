"""HTTP GET and HTTP POST of forms: /svcX.asmx/Operation?name=value, as .NET reads and answers them.

Only operations whose parameters are all scalars (or arrays of them, a byte[] too) can be called so; values are parsed
by Convert, not by XmlConvert: a boolean is True or False in any case, a date may be written the American way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any, get_args, get_origin

from .datetimes import read_datetime
from .declare import LOCAL, Int16, Int64, Operation, Parameter
from .dispatch import Content, Endpoint, OperationEndpoint, Reply
from .faults import SoapFault
from .limits import LimitExceededError
from .urlencoded import Bytes, Texts, collect
from .writer import FORBIDDEN, indent, root_writer

_PLAIN = "text/plain; charset=utf-8"
_XML = "text/xml; charset=utf-8"
_MOST_DIGITS = 19
_ECHO = 1000
"""Characters of a bad value that a refusal repeats."""


class _BadFormError(Exception):
    """A form that cannot be read; the sentence is .NET's."""


def _integer(least: int, most: int, name: str) -> Callable[[str], int]:
    def convert(text: str) -> int:
        match = re.fullmatch(r"\s*+([+-]?)0*+([0-9]*+)\s*+", text)
        if match is None or not re.search(r"[0-9]", text):
            message = "Input string was not in a correct format."
            raise ValueError(message)
        value = int(match[1] + (match[2] or "0")) if len(match[2]) <= _MOST_DIGITS else most + 1
        if not least <= value <= most:
            message = f"Value was either too large or too small for an {name}."
            raise ValueError(message)
        return value

    return convert


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in ("true", "false"):
        message = "String was not recognized as a valid Boolean."
        raise ValueError(message)
    return word == "true"


def _double(text: str) -> float:
    if re.fullmatch(r"\s*+[+-]?(?:[0-9][0-9,]*+\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?\s*+", text[:400]) is None:
        named = {"Infinity": "inf", "-Infinity": "-inf", "NaN": "nan"}.get(text.strip())
        if named is None:
            message = "Input string was not in a correct format."
            raise ValueError(message)
        return float(named)
    return float(text[:400].replace(",", ""))


_US_DATE = re.compile(
    r"\s*(\d{1,2})/(\d{1,2})/(\d{4})(?:\s+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?\s*(AM|PM)?)?\s*",
    re.ASCII | re.IGNORECASE,
)
_ISO_MINUTES = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d(?:\.\d+)?))?([Zz]|[+-]\d\d:\d\d)?\s*", re.ASCII
)
_LONGEST_DATE = 100
_NOON = 12


def _american(*parts: str | None) -> datetime:
    """Put the parts of a US date together; ValueError for a time that is none."""
    month, day, year, hour, minute, second = (int(part or 0) for part in parts[:6])
    half = (parts[7] or "").upper()
    if half and not 1 <= hour <= _NOON:
        message = f"no hour of half a day: {hour}"
        raise ValueError(message)
    hour = hour % _NOON + (_NOON if half == "PM" else 0) if half else hour
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - kind Unspecified


def _datetime(text: str) -> datetime:
    """Read the forms of DateTime.Parse that clients send: ISO 8601 (a space for T, no seconds) and the US form."""
    text = text.strip()
    american = _US_DATE.fullmatch(text) if len(text) <= _LONGEST_DATE else None
    try:
        if american is not None:
            return _american(*american.groups())
        iso = _ISO_MINUTES.fullmatch(text) if len(text) <= _LONGEST_DATE else None
        if iso is not None:
            value = read_datetime(f"{iso[1]}T{iso[2]}:{iso[3] or '00'}{iso[4] or ''}")
        else:
            value = read_datetime(text)
    except ValueError:
        message = "String was not recognized as a valid DateTime."
        raise ValueError(message) from None
    # DateTime.Parse turns a zone into local time, where XmlConvert keeps UTC.
    return value.replace(tzinfo=LOCAL) if value.tzinfo is UTC else value


_CONVERT: dict[Any, tuple[str, Callable[[str], Any]]] = {
    str: ("System.String", str),
    int: ("System.Int32", _integer(-(2**31), 2**31 - 1, "Int32")),
    Int16: ("System.Int16", _integer(-(2**15), 2**15 - 1, "Int16")),
    Int64: ("System.Int64", _integer(-(2**63), 2**63 - 1, "Int64")),
    bool: ("System.Boolean", _boolean),
    float: ("System.Double", _double),
    datetime: ("System.DateTime", _datetime),
}


_BYTE = "System.Byte"
_byte = _integer(0, 255, "unsigned byte")


def _bare(annotation: Any) -> Any:
    """Return what an array holds or an optional text, array or byte[] is; else the annotation itself."""
    inner = [a for a in get_args(annotation) if a is not type(None)]
    if get_origin(annotation) is list:
        return _bare(inner[0])
    if len(inner) == 1 and type(None) in get_args(annotation):
        optional = inner[0]
        return _bare(optional) if optional in (str, bytes) or get_origin(optional) is list else annotation
    return annotation


def is_array(annotation: Any) -> bool:
    """Say whether a parameter takes its key repeated."""
    return _is_bytes(annotation) or any(get_origin(a) is list for a in (annotation, *get_args(annotation)))


def _is_bytes(annotation: Any) -> bool:
    return annotation is bytes or set(get_args(annotation)) == {bytes, type(None)}


def can_be_called(operation: Operation) -> bool:
    """Say whether forms can carry an operation's parameters, as the real server decides it."""
    return all(_is_bytes(p.annotation) or _bare(p.annotation) in _CONVERT for p in operation.parameters)


def _convert(parameter: Parameter, text: str) -> Any:
    name, convert = _CONVERT[_bare(parameter.annotation)]
    if FORBIDDEN.search(text):
        # .NET would take it; the answer could not repeat it, and few databases hold it.
        message = f"{parameter.name} holds a character that XML does not know."
        raise _BadFormError(message)
    try:
        return convert(text)
    except ValueError as error:
        raise _unconvertible(text, name, str(error)) from None


def _unconvertible(text: str, name: str, reason: str) -> _BadFormError:
    return _BadFormError(f"Cannot convert {text[:_ECHO]} to {name}.\nParameter name: type ---> {reason}")


def _arguments(operation: Operation, form: bytes) -> list[Any]:
    places = [Bytes(_byte) if _is_bytes(p.annotation) else Texts() for p in operation.parameters]
    collect(form, {p.name.lower(): place for p, place in zip(operation.parameters, places, strict=True)})
    return [_argument(parameter, place) for parameter, place in zip(operation.parameters, places, strict=True)]


def _argument(parameter: Parameter, place: Texts | Bytes) -> Any:
    is_given = place.is_given if isinstance(place, Bytes) else bool(place.values)
    if not is_given:
        message = f"Missing parameter: {parameter.name}."
        raise _BadFormError(message)
    if isinstance(place, Bytes):
        if place.bad is not None:
            text, reason = place.bad
            raise _unconvertible(text, _BYTE, reason)
        return bytes(place.values)
    if is_array(parameter.annotation):
        return [_convert(parameter, text) for text in place.values]
    # A key given twice is one value with a comma, as ASP.NET's collections have it.
    return _convert(parameter, ",".join(place.values))


def _target(endpoint: Endpoint, name: str) -> OperationEndpoint:
    target = endpoint.operations.get(name)
    if target is None or not can_be_called(target.operation):
        known = next((n for n in endpoint.operations if n.lower() == name.lower() and n != name), None)
        hint = f" Method names are case-sensitive: it is {known}." if known else ""
        message = f"{name} Web Service method name is not valid.{hint}"
        raise _BadFormError(message)
    return target


def call(endpoint: Endpoint, name: str, form: Content, environ: dict[str, Any]) -> Reply:
    """Answer a call by HTTP GET or POST; errors are 500 text/plain, one sentence."""
    if not endpoint.takes_forms:
        ending = escape(name, quote=False)
        sentence = f"Request format is unrecognized for URL unexpectedly ending in '/{ending}'.\n"
        return Reply(500, _PLAIN, sentence.encode(), name)
    try:
        target = _target(endpoint, name)
        arguments = _arguments(target.operation, form.data)
        form.let_go()
        result = target.invoke(arguments, environ)
    except (_BadFormError, LimitExceededError) as error:
        return _refused(str(error), name)
    except SoapFault as fault:
        # Here the sentence stands alone: the words before it are SOAP's.
        return _refused(fault.message.removeprefix("Server was unable to process request. ---> "), name)
    return Reply(200, _XML, _document(target, result), name)


def _refused(sentence: str, name: str) -> Reply:
    return Reply(500, _PLAIN, f"{escape(sentence)}\n".encode(), name)


def _document(target: OperationEndpoint, result: object) -> bytes:
    model = target.result_model
    if model is None:
        return b""
    write = root_writer(model.get_type_name(), model, target.namespace)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{indent(write(result))}'.encode()
