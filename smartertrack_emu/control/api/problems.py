"""What is refused, as application/problem+json (RFC 9457): one class, one function that answers, one map of errors.

raise Problem(409, "There is no seed file.")
raise Problem(422, "…", [Mistake("body.seconds", "must be greater than 0.")])
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Response
from pydantic import ValidationError

from smartertrack_emu.domain.errors import BadValue, HelpdeskError
from smartertrack_emu.statuses import status_of

MEDIA_TYPE = "application/problem+json"
REALM = "SmarterTrack"
_BUSY_SECONDS = 5
_SHOULD = re.compile(r"\A\w+ should")
"""How pydantic's sentences begin: `Input should be`, `String should have`."""

_HEADERS = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": f'Basic realm="{REALM}", charset="UTF-8"'},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(_BUSY_SECONDS)},
}


class Mistake(NamedTuple):
    """A value that is wrong: where it stands ("body.seconds", "query.limit", "path.name") and what is wrong with it."""

    where: str
    what: str


class Problem(Exception):  # noqa: N818 - RFC 9457's own word
    """A call is refused with an HTTP status and a sentence; `mistakes`: each value that is wrong."""

    def __init__(
        self,
        status: int,
        detail: str,
        mistakes: Sequence[Mistake] = (),
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = HTTPStatus(status)
        self.detail = detail
        self.mistakes = mistakes
        self.headers = headers or {}


def as_json(problem: Problem) -> dict[str, Any]:
    """Return the members of a problem."""
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": int(problem.status),
        "detail": problem.detail,
    }
    if problem.mistakes:
        members["errors"] = [mistake._asdict() for mistake in problem.mistakes]
    return members


def answer(problem: Problem) -> Response:
    """Return the answer that says what the problem is."""
    content = json.dumps(as_json(problem), ensure_ascii=False)
    response = Response(content, problem.status, content_type=MEDIA_TYPE)
    response.headers.update(_HEADERS.get(problem.status, {}))
    response.headers.update(problem.headers)
    return response


def of_mistakes(mistakes: Sequence[Mistake]) -> Problem:
    """Return the problem that values are wrong."""
    first = mistakes[0]
    detail = f"{first.where} {first.what}" if len(mistakes) == 1 else f"{len(mistakes)} values are wrong."
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, mistakes)


def of_refusal(error: HelpdeskError, members: Mapping[str, str], *, elsewhere: str) -> Problem:
    """Return the problem that the desk's refusal is.

    `members`: where each of the domain's fields stands in the request; what is in none of them stands `elsewhere`.
    """
    status = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, BadValue) else status_of(error)
    sentence = error.said(lambda field: members.get(field, field).rpartition(".")[2])
    if not isinstance(error, BadValue):
        return Problem(status, sentence)
    where = next((members[field] for field in error.fields if field in members), elsewhere)
    return Problem(status, sentence, [Mistake(where, sentence)])


def mistakes_in(error: ValidationError, place: str) -> Iterable[Mistake]:
    """Return what pydantic found wrong with the "body" or the "query"."""
    for found in error.errors(include_url=False):
        # Of a key that may be given several times nobody sees which one is the first.
        path = found["loc"][:1] if place == "query" else found["loc"]
        where = ".".join((place, *map(str, path)))
        yield Mistake(where, _what(found["type"], found["msg"], found.get("ctx") or {}))


def _what(kind: str, message: str, context: Mapping[str, Any]) -> str:
    if kind == "missing":
        return "is required."
    if kind == "extra_forbidden":
        return "is not known here."
    if kind == "value_error":
        return f"{context['error']}."
    if kind == "literal_error":
        return f"must be {context['expected']}."
    if kind in ("model_type", "dict_type"):
        return "must be an object."
    return _SHOULD.sub("must", message) + "."
