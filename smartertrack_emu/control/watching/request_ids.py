"""Request ids: one ties a call's log line, its journal entry, its trace and its answer together.

A caller may choose the id of their request in `X-Request-Id`, which goes into the log and back to them. So only what is
short and plain is taken; any other request gets an id of ours.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-Id"
REQUEST_ID = "smartertrack_emu.request_id"
"""Where a request's environment has its id."""

_is_sound = re.compile(r"[A-Za-z0-9._-]{1,64}").fullmatch


def give_ids(application: WSGIApplication) -> WSGIApplication:
    """Return the application with an id given to each request, and to its answer as a header.

    It is to be called in the process that answers: the ids of two processes never meet.
    """
    prefix, numbers = f"{os.urandom(6).hex()}-", count(1)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID")
        own = given if given is not None and _is_sound(given) else f"{prefix}{next(numbers)}"
        environ[REQUEST_ID] = own
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"][:9].lower() == "/services":
            environ["asmx.headers"] = [(HEADER, own)]  # for a call it costs less than a function around its answer
            return application(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            return start_response(status, [*headers, (HEADER, own)], *rest)

        return application(environ, start)

    return answer
