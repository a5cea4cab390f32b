"""What a request brings with it: the desk it comes to, the parameters of its address, what it accepts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, unquote_to_bytes

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest

from smartertrack_emu.asmx.declare import Service
from smartertrack_emu.desk.desk import Desk

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_DESK, _SERVICES, _TAKES_FORMS, _WHOLE = "desk", "services", "takes_forms", "whole"
_LONGEST_QUERY = 8_000
_MOST_PARAMETERS = 50
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def bring(
    app: Flask, desk: Desk, services: Sequence[Service], *, takes_forms: bool, whole: WSGIApplication | None = None
) -> None:
    """Have the pages find the desk, the services, and the server as a whole."""
    app.extensions[_DESK] = desk
    app.extensions[_SERVICES] = services
    app.extensions[_TAKES_FORMS] = takes_forms
    app.extensions[_WHOLE] = whole


def desk() -> Desk:
    """Return the desk that this request comes to."""
    return cast("Desk", current_app.extensions[_DESK])


def services() -> Sequence[Service]:
    """Return the services that stand beside the pages."""
    return cast("Sequence[Service]", current_app.extensions[_SERVICES])


def takes_forms() -> bool:
    """Say whether the services' operations may be called by HTTP GET and HTTP POST."""
    return bool(current_app.extensions[_TAKES_FORMS])


def whole() -> WSGIApplication | None:
    """Return the server as a whole, for a page that makes a call of it; None where the pages stand alone."""
    return cast("WSGIApplication | None", current_app.extensions[_WHOLE])


def check_address() -> None:
    """Refuse an address that is too long or is not text: BadRequest with a sentence."""
    query = request.query_string
    if len(query) > _LONGEST_QUERY or query.count(b"&") >= _MOST_PARAMETERS:
        message = (
            f"The address is too long: what follows its question mark has {_LONGEST_QUERY} characters and "
            f"{_MOST_PARAMETERS} parameters at most."
        )
        raise BadRequest(message)
    try:
        request.environ.get("PATH_INFO", "").encode("latin-1").decode()
        unquote_to_bytes(query.replace(b"+", b" ")).decode()
    except UnicodeError:
        raise BadRequest(_UNREADABLE) from None
    if _BROKEN_ESCAPE.search(query):
        raise BadRequest(_UNREADABLE)


_UNREADABLE = "The address cannot be read: it holds an escape that stands for no character."


def parameters() -> dict[str, str]:
    """Return the parameters of the address by their names in small letters, the first of each."""
    return {name.lower(): value for name, value in reversed(list(request.args.items(multi=True)))}


def wants_page() -> bool:
    """Say whether the client is one for people, which asks for HTML by name; others read sentences."""
    return "text/html" in request.headers.get("Accept", "").lower()


def is_only_asking() -> bool:
    """Say whether this request must change nothing and use nothing up, as HEAD must not."""
    return request.method == "HEAD"


def prefixed(path: str) -> str:
    """Return one of our paths as the browser asks for it, which may reach us below a path of somebody else's."""
    root = request.environ.get("SCRIPT_NAME", "").rstrip("/")
    return quote(root, safe="/;=,", encoding="latin1") + path
