"""Reading what a request says, within bounds: its query, its body, and the values that an operation declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from smartertrack_emu.strict_json import BAD_TEXT, FORBIDDEN, NotJsonError, read_json

from .declaring import Parameter
from .refusals import RefusedError, bad

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_MOST_FIELDS = 200
"""Parameters of a query: far more than any operation has."""

_LARGEST = 2**63 - 1
_MOST_ID = 2**31 - 1
NO_ID = 0
"""What an id is that no item can have."""

_MOST_DIGITS = 30
"""Of a number that is read at all; those of 64 bits have fewer."""

_INTEGER = re.compile(r"-?[0-9]+", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?", re.ASCII)
_FLAGS = {"true": True, "false": False}
_JSON = "application/json"


def read_query(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the parameters of a request's query; RefusedError for what is no UTF-8, too many, or given twice."""
    query = environ.get("QUERY_STRING", "")
    if not query:
        return {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError:
        raise bad("The query is not UTF-8") from None
    except ValueError:
        raise bad(f"The query has more than {_MOST_FIELDS} parameters") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise bad(f"{twice[:100]} is given more than once")
    return given


def read_body(environ: WSGIEnvironment, most: int) -> Any:
    """Return a request's JSON object, an empty one where there is no body.

    RefusedError: 413 for more bytes than `most`, 415 for another type, 400 for what is no JSON object in UTF-8. The
    beginning of the body is noted for whoever keeps what was sent.
    """
    length = _length_of(environ)
    if length > most:
        raise RefusedError(413, f"The body is longer than {most} bytes")
    if not length:
        return {}
    if environ.get("HTTP_CONTENT_ENCODING", "identity").lower() not in ("", "identity"):
        raise RefusedError(415, "Compressed bodies are not read here")
    data = environ["wsgi.input"].read(length)
    if "asmx.keep" in environ:  # somebody around us wants to see the beginning of what was sent
        environ["asmx.body"] = data[: environ["asmx.keep"]]
        environ["asmx.length"] = len(data)
    given = environ.get("CONTENT_TYPE", "")
    if given.partition(";")[0].strip().lower() != _JSON:
        raise RefusedError(415, "The body must be JSON: Content-Type: application/json")
    if len(data) < length:
        raise bad("The body is shorter than its Content-Length")
    try:
        body = read_json(data)
    except NotJsonError as error:
        raise bad(str(error).rstrip(".")) from None
    if not isinstance(body, dict):
        raise bad("The body must be a JSON object")
    return body


def _length_of(environ: WSGIEnvironment) -> int:
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = -1
    if length < 0:
        raise bad("The Content-Length is not a number")
    return length


def read_values(parameters: Sequence[Parameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given of the parameters, by their names, as their types say.

    RefusedError names the first mistake. null is as good as left out; what is left out has its default. Whatever else
    was given is ignored.
    """
    return {one.name: read_value(one, given.get(one.name)) for one in parameters}


def read_value(parameter: Parameter, value: Any) -> Any:
    """Return a value as its parameter's type says; RefusedError."""
    name = parameter.name
    if value is None:
        if parameter.required:
            raise bad(f"{name} is required")
        return parameter.default
    read = _READERS[parameter.type](parameter, value)
    if parameter.required and read == "":
        raise bad(f"{name} is required")
    return read


def _as_id(parameter: Parameter, value: int | str) -> int:
    number = int(value) if isinstance(value, int) or len(value) <= _MOST_DIGITS else NO_ID
    _, most = parameter.range or (1, _MOST_ID)
    return number if 0 < number <= most else NO_ID


def _integer(parameter: Parameter, value: Any) -> int:
    if isinstance(value, bool) or not (
        isinstance(value, int) or (isinstance(value, str) and _INTEGER.fullmatch(value))
    ):
        raise bad(f"{parameter.name} must be an integer")
    if parameter.is_id:
        return _as_id(parameter, value)
    number = int(value) if isinstance(value, int) or len(value) <= _MOST_DIGITS else _LARGEST + 1
    least, most = parameter.range or (-_LARGEST - 1, _LARGEST)
    if not least <= number <= most:
        raise bad(f"{parameter.name} is out of range")
    return number


def _number(parameter: Parameter, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad(f"{parameter.name} must be a number")
    try:
        return float(value)
    except OverflowError:
        raise bad(f"{parameter.name} is out of range") from None


def _flag(parameter: Parameter, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = _FLAGS | {"1": True, "0": False} if parameter.place == "query" else _FLAGS
    if not isinstance(value, str) or value.lower() not in known:
        raise bad(f"{parameter.name} must be true or false")
    return known[value.lower()]


def _text(parameter: Parameter, value: Any) -> str:
    if not isinstance(value, str):
        raise bad(f"{parameter.name} must be a string")
    if FORBIDDEN.search(value):
        raise bad(f"{parameter.name} {BAD_TEXT}".rstrip("."))
    if parameter.longest is not None and len(value) > parameter.longest:
        raise bad(f"{parameter.name} is longer than {parameter.longest} characters")
    return value


def _moment(parameter: Parameter, value: Any) -> datetime:
    """Read a date without a zone."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise bad(f"{parameter.name} must be a date and time as 2031-02-28T23:59:00")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise bad(f"{parameter.name} is no date that there is") from None


def _items(parameter: Parameter, value: Any) -> Iterable[Any]:
    if not isinstance(value, list):
        raise bad(f"{parameter.name} must be a list")
    return value


def _texts(parameter: Parameter, value: Any) -> list[str]:
    return [_text(parameter, one) for one in _items(parameter, value)]


def _ids(parameter: Parameter, value: Any) -> list[int]:
    return [_integer(parameter, one) for one in _items(parameter, value)]


_READERS: Mapping[str, Any] = {
    "Integer": _integer,
    "Number": _number,
    "Boolean": _flag,
    "String": _text,
    "DateTime": _moment,
    "String[]": _texts,
    "Integer[]": _ids,
}
