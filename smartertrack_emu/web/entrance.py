"""Where every request comes in that is no service's: health is answered at once, pages are made when first asked for.

Flask and Jinja2 take a while to import, and a server that only ever answers calls needs neither. So nothing that
imports them may be imported here at the top.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from smartertrack_emu.asmx.declare import Service
from smartertrack_emu.desk.desk import Desk

from . import health

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

_BROKEN = b"The page could not be made. The error has been logged.\n"


class Entrance:
    """The WSGI callable for all that is no call of a service; see `site.make_site`."""

    def __init__(
        self,
        desk: Desk,
        services: Sequence[Service],
        *,
        takes_forms: bool = True,
        whole: WSGIApplication | None = None,
    ) -> None:
        """`whole`: the server with its services and its control API, for pages that make calls of it."""
        self._desk = desk
        self._services = services
        self._takes_forms = takes_forms
        self._whole = whole
        self._site: WSGIApplication | None = None
        self._making = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO") == health.PATH:
            return health.answer(self._desk, environ, start_response)
        try:
            return (self._site or self._made())(environ, start_response)
        except Exception:
            logger.exception("%s failed", environ.get("PATH_INFO", ""))
            return _answer_broken(environ, start_response)

    def _made(self) -> WSGIApplication:
        """Return the site, made by the first who asks; the others wait for it."""
        with self._making:
            if self._site is None:
                from .site import make_site  # noqa: PLC0415 - see the module's first lines

                self._site = make_site(self._desk, self._services, takes_forms=self._takes_forms, whole=self._whole)
            return self._site


def _answer_broken(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(_BROKEN))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response("500 Internal Server Error", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else _BROKEN]
