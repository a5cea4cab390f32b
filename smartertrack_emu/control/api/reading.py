"""Reading what a request says: JSON without ambiguity, and the keys of its address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from flask import Request
from pydantic import ValidationError

from smartertrack_emu import strict_json
from smartertrack_emu.strict_json import BAD_TEXT, FORBIDDEN, NotJsonError

from .models import Model
from .problems import Mistake, Problem, mistakes_in

MOST_JSON = 8 * 1024 * 1024
"""Bytes of a JSON body: read it takes several times as much."""


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
        return strict_json.read_json(data)
    except NotJsonError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, str(error)) from None


def validated(model: type[Model], given: Any, place: str) -> tuple[Model | None, list[Mistake]]:
    """Return what was given in the "body" or the "query" as a model, or what is wrong with it."""
    mistakes = [Mistake(where, BAD_TEXT) for where in _bad_texts(given, place)]
    if mistakes:
        return None, mistakes
    try:
        return model.model_validate(given), []
    except ValidationError as error:
        return None, list(mistakes_in(error, place))


def _bad_texts(value: Any, where: str) -> Iterator[str]:
    """Find texts that cannot be stored."""
    if isinstance(value, str):
        if FORBIDDEN.search(value):
            yield where
    elif isinstance(value, dict):
        for name, inner in value.items():
            shown = FORBIDDEN.sub("\ufffd", name)
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
