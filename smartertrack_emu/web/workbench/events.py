"""/_emu/events: what happened in the helpdesk, newest first, and how often each kind of event did."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from . import room
from .asking import ask

pages = room.blueprint("events")


@pages.get("/_emu/events")
def events() -> Response:
    """Show the events."""
    wanted = {name: request.args.get(name, "").strip() for name in ("type", "about")}
    total_of = ask("GET", "/events", query={**wanted, "limit": 1})
    kinds = ask("GET", "/event-types")
    total = total_of.content["total"] if total_of.is_ok else 0
    # The control API has the oldest first; a page shows the newest.
    skipped = min(room.number("offset"), total)
    end = total - skipped
    start = max(0, end - room.PAGE)
    found = ask("GET", "/events", query={**wanted, "limit": max(1, end - start), "offset": start})
    items = found.content["items"][::-1] if found.is_ok and end > start else []
    return room.page(
        "events",
        refused=None if found.is_ok or found.status == HTTPStatus.NOT_FOUND else found,
        is_told=found.status != HTTPStatus.NOT_FOUND,
        items=[{**item, "moment": room.moment_of(item["at"])} for item in items],
        total=total,
        offset=skipped,
        size=room.PAGE,
        kinds=kinds.content["items"] if kinds.is_ok else [],
        wanted=wanted,
        zone=room.zone(),
    )
