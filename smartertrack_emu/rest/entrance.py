"""Where calls of a dialect come in. It is made when the first one does: nothing of it may be imported here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from smartertrack_emu import gateway
from smartertrack_emu.desk.desk import Desk

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

JTEL = "/rest/"
"""What the paths of the jtel dialect begin with."""


class RestEntrance:
    """The WSGI callable that answers a dialect's paths; all else goes to `otherwise`.

    `make` None: the dialect is switched off, and each of its paths is answered with 404.
    """

    def __init__(self, prefix: str, make: Callable[[], WSGIApplication] | None, otherwise: WSGIApplication) -> None:
        self._prefix = prefix
        self._dialect = None if make is None else gateway.Late(make)
        self._otherwise = otherwise

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if not environ.get("PATH_INFO", "").startswith(self._prefix):
            return self._otherwise(environ, start_response)
        if self._dialect is not None:
            return self._dialect(environ, start_response)
        start_response("404 Not Found", [("Content-Length", "0"), ("X-Content-Type-Options", "nosniff")])
        return [b""]


def make_jtel(desk: Desk) -> WSGIApplication:
    """Return the application of the jtel dialect."""
    from .jtel.application import JtelApplication  # noqa: PLC0415 - see the module's first line

    return JtelApplication(desk)
