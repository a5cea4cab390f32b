"""Recordings of calls, for administrators to read back: /Recordings/CALL_LOG/RECORDING, a file name may follow.

A call log's page lists what there is (`management.call_logs`).
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.calllogs import recordings
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.web.login import require_user
from smartertrack_emu.web.visit import desk

from .sending import send

pages = Blueprint("recordings", __name__)


@pages.get("/Recordings/<id:call_log_id>/<id:recording_id>")
@pages.get("/Recordings/<id:call_log_id>/<id:recording_id>/<name:name>")
def recording(call_log_id: int, recording_id: int, name: str = "") -> Response:
    """Return one recording."""
    del name  # for the reader

    caller = require_user("Recordings are for administrators")
    try:
        found = desk().call(
            caller,
            lambda session, actor: recordings.find(session, actor, call_log_id, recording_id),
            about=request.path,
        )
        content = files.open_content(desk().attachments, found)
    except (NotFound, FileNotFoundError):
        raise NotFound("There is no such recording.") from None
    return send(content, found.name, found.received_length)
