"""Where requests of the control API come in. It is made when the first one does.

Flask takes a while to import, and a server that only ever answers calls does not need it. So nothing that imports it
may be imported here at the top.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from smartertrack_emu import gateway

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
        self._otherwise = otherwise
        self._is_on = emulator.settings.control
        self._application = gateway.Late(partial(_make, emulator))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if not _is_within(path.lower(), _ALL):  # as pages match
            return self._otherwise(environ, start_response)
        if not self._is_on:
            return gateway.answer(environ, start_response, "404 Not Found", _NOTHING)
        if not _is_within(path, PREFIX):
            return self._otherwise(environ, start_response)
        return self._application(environ, start_response)


def _make(emulator: Emulator) -> WSGIApplication:
    from .application import make_application  # noqa: PLC0415 - see the module's first lines

    return make_application(emulator)


def _is_within(path: str, folder: str) -> bool:
    return path.startswith(folder) and path[len(folder) : len(folder) + 1] in ("", "/")
