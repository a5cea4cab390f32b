"""Recordings of calls, for administrators to read back.

    /Recordings/CALL_LOG               what there is, with links
    /Recordings/CALL_LOG/RECORDING     the recording itself, a file name may follow

An administrator logs in with his user name and password (HTTP Basic) or with a handshake of his telephone program
(`?handshake=TOKEN`, once).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from sqlalchemy import select

from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.errors import LoginFailed, NotFound, PermissionDenied
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.people.models import BuiltInRole, UserRole
from smartertrack_emu.domain.voip import handshakes, recordings
from smartertrack_emu.services.helpdesk import Helpdesk
from smartertrack_emu.store.unit_of_work import reading, writing

from .responses import Response, html, text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_CHALLENGE = ("WWW-Authenticate", 'Basic realm="SmarterTrack recordings", charset="UTF-8"')
_PRIVATE = ("Cache-Control", "private, no-store")


def page(helpdesk: Helpdesk, environ: WSGIEnvironment, call_log: str, recording: str | None) -> Response:
    """Return a call log's list of recordings, or one recording; 401, 403 or 404 with a sentence."""
    try:
        _require_administrator(helpdesk, environ)
        if recording is None:
            return _list(helpdesk, int(call_log))
        return _recording(helpdesk, int(call_log), int(recording))
    except LoginFailed as error:
        return text(401, str(error), headers=[_CHALLENGE])
    except PermissionDenied as error:
        return text(403, str(error))
    except (NotFound, FileNotFoundError):
        return text(404, "There is no such recording.")


def _require_administrator(helpdesk: Helpdesk, environ: WSGIEnvironment) -> None:
    tokens = parse_qs(environ.get("QUERY_STRING", "")[:2000]).get("handshake")
    allowed = _by_handshake(helpdesk, tokens[0]) if tokens else _by_password(helpdesk, environ)
    if not allowed:
        raise PermissionDenied("Recordings are for administrators alone.")


def _by_password(helpdesk: Helpdesk, environ: WSGIEnvironment) -> bool:
    kind, _, encoded = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode() if kind.lower() == "basic" else ""
    except ValueError:
        decoded = ""
    username, separator, password = decoded.partition(":")
    if not separator:
        raise LoginFailed("Recordings are for administrators: give a user name and a password.")
    with reading(helpdesk.engine) as session:
        return helpdesk.accounts.log_in(session, username, password).principal.is_administrator


def _by_handshake(helpdesk: Helpdesk, token: str) -> bool:
    with writing(helpdesk.engine) as session:
        user_id = handshakes.redeem(session, token)
        held = select(UserRole.role_id).where(UserRole.user_id == user_id)
        return session.scalar(held.where(UserRole.role_id == BuiltInRole.SYSTEM_ADMINISTRATOR)) is not None


def _recording(helpdesk: Helpdesk, call_log_id: int, recording_id: int) -> Response:
    with reading(helpdesk.engine) as session:
        found = recordings.find(session, call_log_id, recording_id)
        name, length = found.name, found.received_length
        content = files.open_content(helpdesk.attachments, found)
    disposition = ("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name, safe='')}")
    return Response(200, "application/octet-stream", content, [disposition, _PRIVATE], length=length)


def _list(helpdesk: Helpdesk, call_log_id: int) -> Response:
    with reading(helpdesk.engine) as session:
        found = recordings.of_call_log(session, call_log_id)
    rows = [
        f'<li><a href="/Recordings/{call_log_id}/{one.id}/{quote(one.name, safe="")}">{encode(one.name)}</a>'
        f" {one.length} bytes, {encode(one.sender_name)}, {one.stored_at:%Y-%m-%d %H:%M:%S} UTC</li>"
        for one in found
    ]
    title = f"Recordings of call log {call_log_id}"
    body = f"<ul>{''.join(rows)}</ul>" if rows else "<p>There are none.</p>"
    response = html(f'<!DOCTYPE html><html lang="en"><title>{title}</title><h1>{title}</h1>{body}</html>\n')
    response.headers.append(_PRIVATE)
    return response
