"""Where every request comes in that is no service's: health is answered at once, pages are made when first asked for.

Flask and Jinja2 take a while to import, and a server that only ever answers calls needs neither. So nothing that
imports them may be imported here at the top.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from smartertrack_emu import gateway
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
        self._site = gateway.Late(partial(_make, desk, services, takes_forms=takes_forms, whole=whole))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO") == health.PATH:
            return health.answer(self._desk, environ, start_response)
        try:
            return self._site(environ, start_response)
        except Exception:
            logger.exception("%s failed", environ.get("PATH_INFO", ""))
            return gateway.answer(environ, start_response, "500 Internal Server Error", _BROKEN)


def _make(
    desk: Desk, services: Sequence[Service], *, takes_forms: bool, whole: WSGIApplication | None
) -> WSGIApplication:
    from .site import make_site  # noqa: PLC0415 - see the module's first lines

    return make_site(desk, services, takes_forms=takes_forms, whole=whole)
