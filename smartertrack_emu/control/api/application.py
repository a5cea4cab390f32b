"""The Flask application of the control API: made of the calls that are declared, and what holds for all of them."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import BaseConverter

from smartertrack_emu.desk.outcomes import explained
from smartertrack_emu.domain.errors import HelpdeskError
from smartertrack_emu.store.failures import DriverError

from . import problems
from .declaring import Answer, Call, Media, Route, Routes
from .emulator import Emulator
from .entrance import PREFIX
from .models import MOST_ID
from .openapi import describe
from .problems import Problem
from .reading import check_encoding, read_body, read_query, validated
from .sections import SECTIONS
from .who import who

logger = logging.getLogger(__name__)

_BROKEN = "An unexpected error occurred. It has been logged."
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
EMULATOR = "emulator"
"""Where the application's extensions hold the server it is about."""

DOCUMENT = "openapi"
"""Where they hold the OpenAPI document."""


def _up_to(most: int) -> str:
    """Return the pattern of the numbers from 1 to `most`, written without leading zeros."""
    digits = str(most)
    patterns = [f"[1-9][0-9]{{0,{len(digits) - 2}}}"]
    for place, digit in enumerate(digits):
        lowest = 0 if place else 1
        if int(digit) > lowest:
            patterns.append(f"{digits[:place]}[{lowest}-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}")
    return "|".join([*patterns, digits])


class _Id(BaseConverter):
    """A number that a row may have. The pattern says it all: a number refused later would be answered 405, not 404."""

    regex = _up_to(MOST_ID)

    def to_python(self, value: str) -> int:
        return int(value)


def make_application(emulator: Emulator, sections: Sequence[Routes] = SECTIONS) -> Flask:
    """Return the WSGI application of everything under /_emu/api."""
    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.url_map.converters["id"] = _Id
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    routes = [route for section in sections for route in section.all]
    app.extensions[EMULATOR] = emulator
    app.extensions[DOCUMENT] = describe(routes)
    app.before_request(partial(_enter, emulator))
    app.after_request(_add_headers)
    app.register_error_handler(Problem, problems.answer)
    app.register_error_handler(HelpdeskError, _answer_refusal)
    app.register_error_handler(DriverError, _answer_failure)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_broken)
    for route in routes:
        app.add_url_rule(_rule(route), route.name, _view(route), methods=[route.method], strict_slashes=True)
    return app


def _rule(route: Route) -> str:
    """Return a path as Flask writes it."""
    kinds = {name: "id" if kind is int else "string" for name, kind in route.parameters.items()}
    return PREFIX + re.sub(r"\{(\w+)\}", lambda found: f"<{kinds[found[1]]}:{found[1]}>", route.path)


def _enter(emulator: Emulator) -> None:
    """Find out who calls, before all else: nobody else learns which paths there are."""
    caller, actor = who(request, emulator.desk)
    g.call = Call(emulator, caller, actor, about=f"control: {request.endpoint or request.path}")


def _view(route: Route) -> Callable[..., Response]:
    def view(**path: Any) -> Response:
        g.route = route
        call: Call = replace(g.call, about=f"control: {route.name}")
        try:
            inputs = _inputs(route)
        except Problem:
            if route.finds is not None:
                route.finds(call, **path)
            raise
        return _response(route, route.function(call, **path, **inputs))

    return view


def _inputs(route: Route) -> dict[str, Any]:
    """Return `query` and `body` as far as a function takes them; Problem where what was sent is wrong."""
    inputs: dict[str, Any] = {}
    body: Any = None
    if route.takes_body:
        body = _raw_body(route.body) if isinstance(route.body, Media) else read_body(request)
    given, mistakes = read_query(request, route.repeatable)
    inputs["query"], found = validated(route.query, given, "query")
    mistakes += found
    if route.takes_body and not isinstance(route.body, Media):
        inputs["body"], found = validated(route.body, body, "body")
        mistakes += found
    else:
        inputs["body"] = body
    if mistakes:
        raise problems.of_mistakes(mistakes)
    return {name: value for name, value in inputs.items() if name in route.inputs}


def _raw_body(media: Media) -> bytes:
    check_encoding(request)
    if not media.any_type and request.mimetype != media.type:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body must be {media.type}, as Content-Type says.")
    return request.get_data(cache=False)


def _response(route: Route, made: Any) -> Response:
    status, headers = route.status, {}
    if isinstance(made, Answer):
        status, headers, made = made.status or status, dict(made.headers), made.content
    if isinstance(made, Response):
        return made
    if made is None:
        response = Response(status=status)
        del response.headers["Content-Type"]
    else:
        content = json.dumps(made.model_dump(mode="json", by_alias=True), ensure_ascii=False)
        response = Response(content, status, content_type="application/json")
    response.headers.update(headers)
    return response


def _answer_refusal(error: HelpdeskError) -> Response:
    route: Route | None = g.get("route")
    if route is None:
        return problems.answer(problems.of_refusal(error, {}, elsewhere="query"))
    return problems.answer(problems.of_refusal(error, route.members, elsewhere="body" if route.takes_body else "query"))


def _answer_failure(error: DriverError) -> Response:
    """Answer that the database failed in what does not go through the desk: what stands beside the data."""
    return _answer_refusal(explained(error, f"control: {request.endpoint}"))


def _answer_http(error: HTTPException) -> Response:
    if isinstance(error, MethodNotAllowed):
        methods = sorted(error.valid_methods or ())
        problem = Problem(405, f"{request.method} is not answered here.", headers={"Allow": ", ".join(methods)})
    elif error.code == HTTPStatus.NOT_FOUND:
        problem = Problem(404, f"There is nothing at this path; {PREFIX}/docs lists what there is.")
    else:
        problem = Problem(error.code or 500, error.description or "The request cannot be answered.")
    return problems.answer(problem)


def _answer_broken(error: Exception) -> Response:
    logger.error("%s failed", request.path, exc_info=error)
    return problems.answer(Problem(500, _BROKEN))


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
