"""A call log's page, which telephone programs open: /CallLogs/ID, for whoever may see the call log.

Whoever opens it logs in with their user name and password (HTTP Basic) or with a handshake of their telephone program
(`?handshake=TOKEN`, once). The recordings are listed for all of them; administrators get links to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING
from urllib.parse import quote

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.calllogs import call_logs, recordings
from smartertrack_emu.domain.calllogs.call_logs import ShownCallLog
from smartertrack_emu.domain.calllogs.recordings import StoredRecording
from smartertrack_emu.domain.errors import LoginFailed, NotFound, PermissionDenied
from smartertrack_emu.domain.html import encode, from_plain
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.store.unit_of_work import reading

from . import login, moments
from .responses import Response, html, prefixed, text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_REALM = "SmarterTrack call logs"
_STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;"
    "padding:0 1rem}dt{font-weight:600}dd{margin:0 0 .5rem}"
)
_LONGEST_DESCRIPTION = 100_000


def page(desk: Desk, environ: WSGIEnvironment, call_log_id: int) -> Response:
    """Return a call log's page; 401, 403 or 404 with a sentence."""
    try:
        actor = login.required(desk, environ, "Call logs are for agents")
        actor.require(Right.CALL_LOGS_VIEW, "Reading a call log")
        with reading(desk.engine) as session:
            found = call_logs.get_with_names(session, actor, call_log_id)
            recorded = recordings.of_call_log(session, call_log_id)
            zone = installation.time_zone_to_show(session)
    except LoginFailed as error:
        return login.ask(str(error), _REALM)
    except PermissionDenied as error:
        return text(403, str(error))
    except NotFound:
        return text(404, "There is no such call log.")
    address = prefixed(environ, f"/Recordings/{call_log_id}/") if actor.is_administrator else None
    response = html(_page(found, recorded, zone, address), style=_STYLE)
    response.headers.append(("Cache-Control", "private, no-store"))
    return response


def _page(found: ShownCallLog, recorded: Sequence[StoredRecording], zone: tzinfo, address: str | None) -> str:
    """`address`: below which the recordings are, None where they are not for whoever reads the page."""
    call_log = found.call_log
    title = encode(call_log.subject)
    facts = {
        "Number": encode(call_log.number),
        "Call": "incoming" if call_log.is_incoming else "outgoing",
        "Agent": encode(found.agent),
        "Group": encode(found.group),
        "Customer": encode(call_log.customer_name),
        "Email": encode(call_log.email_address),
        "Phone": encode(call_log.phone_number),
        "Start": moments.shown(call_log.started_at, zone),
        "End": moments.shown(call_log.ended_at, zone),
        "Written down": moments.shown(call_log.created_at, zone),
        "Deleted": "" if call_log.deleted_at is None else moments.shown(call_log.deleted_at, zone),
        "Description": from_plain(call_log.description[:_LONGEST_DESCRIPTION]),
    }
    shown = "".join(f"<dt>{name}</dt><dd>{value}</dd>\n" for name, value in facts.items() if value)
    listed = "".join(_recording(one, zone, address) for one in recorded)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body><main><h1>{title}</h1>\n<dl>\n{shown}</dl>\n<h2>Recordings</h2>\n"
        f"{f'<ul>{listed}</ul>' if listed else '<p>There are none.</p>'}</main></body></html>\n"
    )


def _recording(one: StoredRecording, zone: tzinfo, address: str | None) -> str:
    name = encode(one.name)
    if address is not None:
        name = f'<a href="{encode(address)}{one.id}/{quote(one.name, safe="")}">{name}</a>'
    return f"<li>{name} {one.length} bytes, {encode(one.sender_name)}, {moments.shown(one.stored_at, zone)}</li>"
