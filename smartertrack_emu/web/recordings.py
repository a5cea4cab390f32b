"""Recordings of calls, for administrators to read back: /Recordings/CALL_LOG/RECORDING, a file name may follow.

Administrators log in with their user name and password (HTTP Basic) or with a handshake of their telephone program
(`?handshake=TOKEN`, once). A call log's page lists what there is (`call_logs`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.calllogs import recordings
from smartertrack_emu.domain.errors import LoginFailed, NotFound, PermissionDenied
from smartertrack_emu.store.unit_of_work import reading

from . import login
from .responses import Response, text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_PRIVATE = ("Cache-Control", "private, no-store")


def page(desk: Desk, environ: WSGIEnvironment, call_log_id: int, recording_id: int) -> Response:
    """Return one recording; 401, 403 or 404 with a sentence."""
    try:
        if not login.required(desk, environ, "Recordings are for administrators").is_administrator:
            return text(403, "Recordings are for administrators alone.")
        return _recording(desk, call_log_id, recording_id)
    except LoginFailed as error:
        return login.ask(str(error), "SmarterTrack recordings")
    except PermissionDenied as error:
        return text(403, str(error))
    except (NotFound, FileNotFoundError):
        return text(404, "There is no such recording.")


def _recording(desk: Desk, call_log_id: int, recording_id: int) -> Response:
    with reading(desk.engine) as session:
        found = recordings.find(session, call_log_id, recording_id)
        name, length = found.name, found.received_length
        content = files.open_content(desk.attachments, found)
    disposition = ("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name, safe='')}")
    return Response(200, "application/octet-stream", content, [disposition, _PRIVATE], length=length)
