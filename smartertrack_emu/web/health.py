"""/healthz: whether the database answers and has the newest revision. Cheap, and without Flask: watchers ask often."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from smartertrack_emu import gateway
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.store import migrate
from smartertrack_emu.store.failures import DriverError, reason_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

PATH = "/healthz"

_OK, _UNAVAILABLE = "200 OK", "503 Service Unavailable"


def answer(desk: Desk, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request: 200 while all is well, else 503."""
    if not gateway.only_reads(environ):
        return gateway.refuse_method(environ, start_response)
    status, found = _look(desk)
    body = json.dumps(found).encode() + b"\n"
    return gateway.answer(environ, start_response, status, body, content_type="application/json")


def _look(desk: Desk) -> tuple[str, dict[str, str]]:
    try:
        current = migrate.is_current(desk.engine)
    except DriverError as error:
        logger.warning("health: database: %s", reason_of(error))
        return _UNAVAILABLE, {"status": "unavailable", "database": "does not answer"}
    if not current:
        return _UNAVAILABLE, {"status": "unavailable", "database": "is not migrated"}
    return _OK, {"status": "ok", "database": desk.engine.dialect.name}
