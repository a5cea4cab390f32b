"""Where requests of the control API come in. It is made when the first one does.

Flask takes a while to import, and a server that only ever answers calls does not need it. So nothing that imports it
may be imported here at the top.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .emulator import Emulator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/_emu/api"
_ALL = "/_emu"
_NOTHING = b"There is no such page. The services are listed at /Services2.\n"


class ControlEntrance:
    """The WSGI callable that answers /_emu/api; all else goes to `otherwise`.

    Where the setting `control` is off, all of /_emu is answered with 404.
    """

    def __init__(self, emulator: Emulator, otherwise: WSGIApplication) -> None:
        self._emulator = emulator
        self._otherwise = otherwise
        self._is_on = emulator.settings.control
        self._application: WSGIApplication | None = None
        self._making = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if not _is_within(path.lower(), _ALL):  # as pages match
            return self._otherwise(environ, start_response)
        if not self._is_on:
            return _answer_nothing(environ, start_response)
        if not _is_within(path, PREFIX):
            return self._otherwise(environ, start_response)
        return (self._application or self._made())(environ, start_response)

    def _made(self) -> WSGIApplication:
        """Return the application, made by the first who asks; the others wait for it."""
        with self._making:
            if self._application is None:
                from .application import make_application  # noqa: PLC0415 - see the module's first lines

                self._application = make_application(self._emulator)
            return self._application


def _is_within(path: str, folder: str) -> bool:
    return path.startswith(folder) and path[len(folder) : len(folder) + 1] in ("", "/")


def _answer_nothing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(_NOTHING))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response("404 Not Found", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else _NOTHING]
