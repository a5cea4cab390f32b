"""Reading what a request says: JSON without ambiguity, and the keys of its address."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, NoReturn

from flask import Request
from pydantic import ValidationError

from .models import Model
from .problems import Mistake, Problem, mistakes_in

MOST_JSON = 8 * 1024 * 1024
"""Bytes of a JSON body: read it takes several times as much."""

# What XML cannot hold no service could ever show, and halves of surrogate pairs and NUL no database can store.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BAD_TEXT = "holds a character that cannot be stored."


def read_body(request: Request) -> Any:
    """Return a request's JSON, an empty object where there is none; Problem where it cannot be read."""
    check_encoding(request)
    length = request.content_length
    if not length:
        return {}
    if request.mimetype != "application/json":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body must be JSON: Content-Type: application/json.")
    if length > MOST_JSON:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is longer than {MOST_JSON} bytes.")
    return read_json(request.get_data(cache=False))


def check_encoding(request: Request) -> None:
    """Raise Problem for a compressed body: what it would become has no bound."""
    if request.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Compressed bodies are not read here.")


def read_json(data: bytes) -> Any:
    """Return what JSON in UTF-8 says; Problem (400) for what is none, or could be read in two ways."""
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=lambda name: _refuse(f"{name} is no number in JSON."),
            parse_float=_float,
        )
    except UnicodeDecodeError:
        _refuse("The body is not UTF-8.")
    except RecursionError:
        _refuse("The body is nested too deeply.")
    except json.JSONDecodeError as error:
        _refuse(f"The body is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.")
    except ValueError:
        _refuse("The body holds a number with too many digits.")


def _refuse(detail: str) -> NoReturn:
    raise Problem(HTTPStatus.BAD_REQUEST, detail)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        _refuse(f"The member {json.dumps(twice[:100])} is given twice.")
    return members


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        _refuse(f"{text[:40]} is too large for a number.")
    return value


def validated(model: type[Model], given: Any, place: str) -> tuple[Model | None, list[Mistake]]:
    """Return what was given in the "body" or the "query" as a model, or what is wrong with it."""
    mistakes = [Mistake(where, _BAD_TEXT) for where in _bad_texts(given, place)]
    if mistakes:
        return None, mistakes
    try:
        return model.model_validate(given), []
    except ValidationError as error:
        return None, list(mistakes_in(error, place))


def _bad_texts(value: Any, where: str) -> Iterator[str]:
    """Find texts that cannot be stored."""
    if isinstance(value, str):
        if _FORBIDDEN.search(value):
            yield where
    elif isinstance(value, dict):
        for name, inner in value.items():
            shown = _FORBIDDEN.sub("\ufffd", name)
            if shown != name:
                yield f"{where}.{shown}"
            yield from _bad_texts(inner, f"{where}.{shown}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _bad_texts(inner, f"{where}.{place}")


def read_query(request: Request, many: Iterable[str]) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the keys of a request's address, those of `many` as lists, and which of the others are given twice."""
    repeatable = frozenset(many)
    given: dict[str, Any] = {}
    mistakes = []
    for name, values in request.args.lists():
        if name in repeatable:
            given[name] = values
        else:
            given[name] = values[0]
            if len(values) > 1:
                mistakes.append(Mistake(f"query.{name}", "is given more than once."))
    return given, mistakes
