"""Errors as pages in the layout that all pages have, or as one sentence for clients that do not ask for HTML.

HelpdeskError    what the desk refuses, by its class
HTTPException    what Flask refuses: no such page, a method, a form that is too long
Exception        an error of ours, which is logged
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from smartertrack_emu.domain.errors import (
    AlreadyExists,
    BadValue,
    HelpdeskError,
    LoginFailed,
    NotFound,
    NotPossible,
    PermissionDenied,
    ProviderRefused,
    SwitchedOff,
    TooBusy,
    Unavailable,
)

from .visit import wants_page

logger = logging.getLogger(__name__)

REALM = "SmarterTrack"
"""One for all pages: who has logged in for one need not do so again for the next."""

_BUSY_SECONDS = 5
_BROKEN = "The page could not be made. The error has been logged."

# The first class that an error belongs to counts.
_STATUS: tuple[tuple[type[HelpdeskError], HTTPStatus], ...] = (
    (LoginFailed, HTTPStatus.UNAUTHORIZED),
    (PermissionDenied, HTTPStatus.FORBIDDEN),
    (SwitchedOff, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (BadValue, HTTPStatus.BAD_REQUEST),
    (AlreadyExists, HTTPStatus.CONFLICT),
    (NotPossible, HTTPStatus.CONFLICT),
    (ProviderRefused, HTTPStatus.BAD_GATEWAY),
    (TooBusy, HTTPStatus.TOO_MANY_REQUESTS),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (HelpdeskError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
_HEADERS = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": f'Basic realm="{REALM}", charset="UTF-8"'},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": str(_BUSY_SECONDS)},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(_BUSY_SECONDS)},
}
_TITLES = {
    HTTPStatus.BAD_REQUEST: "This address or form cannot be read",
    HTTPStatus.UNAUTHORIZED: "Please log in",
    HTTPStatus.FORBIDDEN: "You may not see this page",
    HTTPStatus.NOT_FOUND: "Page not found",
    HTTPStatus.METHOD_NOT_ALLOWED: "This page cannot be used so",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That was too much",
    HTTPStatus.TOO_MANY_REQUESTS: "Too busy at the moment",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not available at the moment",
}
_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is no such page. The services are listed at /Services2.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "What was sent is longer than this page takes.",
}


def show_as_pages(app: Flask) -> None:
    """Have an application answer every error so."""
    app.register_error_handler(HelpdeskError, _of_desk)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_ours)


def error_page(status: HTTPStatus, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error with its sentence, as a page or as plain text."""
    if wants_page():
        content = render_template("error.html", title=_TITLES.get(status, status.phrase), sentence=sentence)
        response = Response(content, status, content_type="text/html; charset=utf-8")
    else:
        response = Response(f"{sentence}\n", status, content_type="text/plain; charset=utf-8")
    response.headers.update(_HEADERS.get(status, {}))
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "private, no-store"
    response.vary.update(("Accept", "Authorization", "Cookie"))
    return response


def _of_desk(error: HelpdeskError) -> Response:
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    return error_page(status, str(error))


def _of_http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if isinstance(error, MethodNotAllowed):
        methods = sorted(error.valid_methods or ())
        answered = " and ".join(method for method in methods if method != "HEAD")
        return error_page(status, f"Only {answered} is answered here.", {"Allow": ", ".join(methods)})
    said = error.description if error.description != type(error).description else None
    return error_page(status, said or _SENTENCES.get(status) or f"{status.phrase}.")


def _of_ours(error: Exception) -> Response:
    logger.error("%s failed", request.path, exc_info=error)
    return error_page(HTTPStatus.INTERNAL_SERVER_ERROR, _BROKEN)
