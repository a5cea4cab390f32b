"""What goes over the wire as an answer, and what the journal, the metrics and the faults are told of a call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from smartertrack_emu.desk.around import OUTCOME, Outcome, StruckError
from smartertrack_emu.desk.effects import changed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_HEADERS = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `sentence`: an error's, `hint`: what the journal may say of it; empty for what was done."""

    status: int
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    sentence: str = ""
    hint: str = ""


def status_line(status: int) -> str:
    """Return the line of an HTTP status, one without a name too."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Status"


def hint_of(struck: StruckError) -> str:
    """Return what the journal says of a call that a fault has struck."""
    return f"Fault {struck.effect.fault_id} was injected: {struck.effect.kind}."


def send(
    dialect: str,
    reply: Reply,
    environ: WSGIEnvironment,
    start_response: StartResponse,
    *,
    secret: str,
    struck: StruckError | None = None,
) -> Iterable[bytes]:
    """Send an answer, and say what became of the call. `secret`: what the caller proved themselves by.

    A dropped connection is dropped here.
    """
    status = status_line(reply.status)
    length = str(len(reply.body))
    headers = [*_HEADERS, *reply.headers, ("Content-Type", reply.content_type), ("Content-Length", length)]
    if not reply.body:
        headers = [one for one in headers if one[0] != "Content-Type"]
    body = [reply.body]
    is_ok = reply.status < 300
    environ[OUTCOME] = Outcome(
        None, reply.status, ok=is_ok, message=reply.sentence, secret=secret, hint=reply.hint, dialect=dialect
    )
    if struck is not None:
        environ[OUTCOME] = Outcome(
            None, reply.status, ok=False, message=str(struck), secret=secret, hint=hint_of(struck), dialect=dialect
        )
        effect = replace(struck.effect, content_type=reply.content_type)
        status, headers, body = changed(effect, status, headers, body, environ)
    environ["asmx.status"] = status
    start_response(status, headers)
    return [b""] if environ["REQUEST_METHOD"] == "HEAD" else body
