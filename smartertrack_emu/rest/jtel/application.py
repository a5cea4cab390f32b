"""The WSGI application of the jtel dialect: who calls, which operation, what was sent, what is answered.

Refused in this order: 401, 404 of a path that is not there (without a body), 405, 413, 415, 400, 404, 409. A call that
may change something, or brings a body, is asked for its token before: who has none never waits for the write lock, and
nothing of theirs is read.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from smartertrack_emu.desk.around import Called, StruckError
from smartertrack_emu.desk.desk import Desk, Session
from smartertrack_emu.domain.clients import clients
from smartertrack_emu.domain.clients.clients import Reach
from smartertrack_emu.domain.errors import HelpdeskError
from smartertrack_emu.rest.answering import Reply, send
from smartertrack_emu.rest.declaring import Operation
from smartertrack_emu.rest.reading import read_body, read_query, read_value, read_values
from smartertrack_emu.rest.refusals import RefusedError
from smartertrack_emu.rest.routing import Found, Router

from . import acd, dialler
from .call import Call
from .errors import of_refusal
from .packing import refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

NAME = "jtel"
MOST_BODY = 1024 * 1024
"""Bytes of a body."""

OPERATIONS = (*acd.OPERATIONS, *dialler.OPERATIONS)

_PATH = re.compile(r"/rest/v1\.0/([^/]*)/(.*)", re.DOTALL)
_CLIENT = re.compile(r"-?[0-9]{1,10}", re.ASCII)
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_LONGEST_SECRET = 64 * 1024
_BROKEN = "The call could not be answered. The error has been logged"


class JtelApplication:
    """Answers everything under /rest/."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._router = Router(OPERATIONS)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        environ["asmx.service"] = environ["asmx.protocol"] = NAME
        found = _BEARER.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
        token = found[1] if found else ""
        struck: StruckError | None = None
        try:
            reply = self._answer(environ, token)
        except StruckError as strike:
            struck, reply = strike, _struck(strike, self._called(environ))
        except HelpdeskError as error:
            reply = of_refusal(error, self._called(environ))
        except Exception:
            logger.exception("%s failed", environ.get("asmx.called", NAME))
            reply = refused(500, _BROKEN)
        return send(NAME, reply, environ, start_response, secret=token[:_LONGEST_SECRET], struck=struck)

    def _called(self, environ: WSGIEnvironment) -> Operation | None:
        return next((one for one in OPERATIONS if one.name == environ.get("asmx.called")), None)

    def _answer(self, environ: WSGIEnvironment, token: str) -> Reply:
        method = environ["REQUEST_METHOD"]
        path = _path_of(environ)
        found = self._router.find(method, path[1]) if path is not None else Found(None, {}, ())
        operation = found.operation
        if path is None:
            raise _nowhere(f"{environ.get('PATH_INFO', '')[:200]} is not below /rest/v1.0/ and a client's id.")
        client_id = int(path[0]) if _CLIENT.fullmatch(path[0]) else None

        def enter(session: Session) -> Reach:
            return clients.enter(session, client_id, token)

        if operation is None or operation.takes_body or operation.writes:
            self._desk.read(enter, about=NAME)
        if operation is None:
            raise self._not_answered(method, path[1], found)
        environ["asmx.called"] = operation.name
        environ["asmx.operation"] = f"{NAME}.{operation.name}"
        given, values, mistake = _inputs(operation, environ, found.ids)

        def work(session: Session) -> Reply:
            reach = enter(session)
            if mistake is not None:
                raise mistake
            reply: Reply = operation.function(Call(session, reach), values)
            return reply

        def about() -> Called:
            return Called(NAME, operation.name, None, given, is_soap=False)

        if operation.writes and mistake is None:
            return self._desk.write(work, about=about)
        return self._desk.read(work, about=about)

    def _not_answered(self, method: str, path: str, found: Found) -> RefusedError:
        if found.methods:
            allowed = ", ".join(found.methods)
            return RefusedError(405, f"{method[:20]} is not answered here", headers=(("Allow", allowed),))
        nearest = self._router.nearest(path)
        hint = f"There is no endpoint {path[:200]}"
        return _nowhere(f"{hint}; the nearest is {nearest}." if nearest else f"{hint}.")


def _path_of(environ: WSGIEnvironment) -> tuple[str, str] | None:
    """Return what stands for the client in a path, and what follows; None for another path."""
    found = _PATH.fullmatch(environ.get("PATH_INFO", ""))
    return (found[1], found[2]) if found else None


def _nowhere(hint: str) -> RefusedError:
    return RefusedError(404, "", hint=hint)


def _inputs(
    operation: Operation, environ: WSGIEnvironment, ids: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any], RefusedError | None]:
    """Return what was given by its names, the values that it comes to, and what is wrong with it, if anything."""
    given: dict[str, Any] = {}
    values: dict[str, Any] = {}
    try:
        body = read_body(environ, MOST_BODY) if operation.takes_body else {}
        given.update(body)
        query = read_query(environ)
        given.update(query)
        for one in operation.parameters:
            if one.place == "path":
                values[one.name] = read_value(one, ids[one.name])
        values.update(read_values(operation.query, query))
        values.update(read_values(operation.body, body))
    except RefusedError as mistake:
        return given, values, mistake
    return given, values, None


def _struck(struck: StruckError, operation: Operation | None) -> Reply:
    """Return the answer of a struck call, which may go over the wire in part only, or not at all."""
    effect = struck.effect
    if effect.kind == "result":
        return refused(effect.status, str(struck))
    if isinstance(struck.lost, Reply):
        return struck.lost
    if isinstance(struck.lost, HelpdeskError):
        return of_refusal(struck.lost, operation)
    return refused(500, str(struck))
