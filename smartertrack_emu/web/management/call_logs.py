"""A call log's page, which telephone programs open: /CallLogs/ID, for whoever may see the call log.

The recordings are listed for all of them; administrators get links to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import NamedTuple
from urllib.parse import quote

from flask import Blueprint, render_template, request

from smartertrack_emu.desk.desk import Session
from smartertrack_emu.domain.calllogs import call_logs, recordings
from smartertrack_emu.domain.calllogs.call_logs import ShownCallLog
from smartertrack_emu.domain.calllogs.recordings import StoredRecording
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.web.login import require_user
from smartertrack_emu.web.visit import desk

pages = Blueprint("call_logs", __name__)

_LONGEST_DESCRIPTION = 100_000


class _Found(NamedTuple):
    shown: ShownCallLog
    recorded: Sequence[StoredRecording]
    zone: tzinfo
    opens_recordings: bool


# A call log was at the second address before it had a page.
@pages.get("/CallLogs/<id:call_log_id>")
@pages.get("/Recordings/<id:call_log_id>")
def call_log(call_log_id: int) -> str:
    """Return a call log's page."""
    caller = require_user("Call logs are for agents")
    found = desk().call(caller, lambda session, actor: _read(session, actor, call_log_id), about=request.path)
    return render_template(
        "management/call_log.html",
        call_log=found.shown.call_log,
        shown=found.shown,
        description=found.shown.call_log.description[:_LONGEST_DESCRIPTION],
        recorded=found.recorded,
        zone=found.zone,
        opens_recordings=found.opens_recordings,
        quote=lambda name: quote(name, safe=""),
    )


def _read(session: Session, actor: Principal, call_log_id: int) -> _Found:
    actor.require(Right.CALL_LOGS_VIEW, "Reading a call log")
    try:
        shown = call_logs.get_with_names(session, actor, call_log_id)
    except NotFound:
        raise NotFound("There is no such call log.") from None
    recorded = recordings.of_call_log(session, call_log_id)
    return _Found(shown, recorded, installation.time_zone_to_show(session), actor.is_administrator)
