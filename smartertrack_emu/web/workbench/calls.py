"""/_emu/ and /_emu/calls/ID: what was called, newest first, and one call with what went over the wire."""

from __future__ import annotations

import codecs
import json
from typing import Any
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

from flask import Response, request
from werkzeug.exceptions import NotFound

from smartertrack_emu.web import headers, visit

from . import room
from .asking import Answered, DroppedError, ask, send
from .showing import shown

pages = room.blueprint("calls")

FILTERS = ("service", "operation", "user", "outcome", "code", "text")
OUTCOMES = ("ok", "refused", "fault", "http")

_MASK = "****"
_DROPPED = "dropped"


@pages.get("/_emu")
def calls() -> Response:
    """Show the calls of late; a script adds those that come."""
    headers.allow_connections()
    wanted = {name: request.args.get(name, "").strip() for name in FILTERS}
    offset = room.number("offset")
    found = ask("GET", "/journal", query={**wanted, "limit": room.PAGE, "offset": offset})
    return _list(found, wanted, offset)


@pages.post("/_emu/calls")
def clear() -> Response:
    """Forget all calls."""
    ask("DELETE", "/journal")
    return room.after("/_emu/", "cleared")


def _list(found: Answered, wanted: dict[str, str], offset: int) -> Response:
    listed: Any = found.content if found.is_ok else {"items": [], "total": 0}
    items = [{**item, "moment": room.moment_of(item["at"])} for item in listed["items"]]
    return room.page(
        "calls",
        refused=None if found.is_ok else found,
        items=items,
        total=listed["total"],
        offset=offset,
        size=room.PAGE,
        wanted=wanted,
        is_filtered=offset > 0 or any(wanted.values()),
        keeps=bool(items) or _keeps_calls(),
        services=[service.name for service in visit.services()],
        operations=sorted({name for service in visit.services() for name in service.operations}),
        outcomes=OUTCOMES,
        zone=room.zone(),
        done=request.args.get("done", ""),
    )


def _keeps_calls() -> bool:
    """Say whether there is a journal at all."""
    server = ask("GET", "/server").content or {}
    return bool(server.get("control", {}).get("journal_calls", 0))


@pages.get("/_emu/calls/<id:call_id>")
def call(call_id: int) -> Response:
    """Show one call."""
    return _one(call_id)


def _one(call_id: int, *, wrong: str = "") -> Response:
    found = ask("GET", f"/journal/{call_id}")
    if not found.is_ok:
        raise NotFound(f"There is no call {call_id} in the journal: it keeps the last ones only.")
    one = found.content
    command = ask("GET", f"/journal/{call_id}/curl")
    sides = {
        side: {
            **one[side],
            "shown": shown(one[side]["body"], _header(one[side]["headers"], "Content-Type")),
        }
        for side in ("request", "response")
    }
    response = room.page(
        "call",
        one=one,
        moment=room.moment_of(one["at"]),
        zone=room.zone(),
        sides=sides,
        command_line=command.body.decode().strip() if command.is_ok else "",
        has_secret=_MASK in one["request"]["body"] + one["request"]["path"],
        wrong=wrong,
        sent=request.args.get("sent", ""),
        match={
            name: value
            for name in ("service", "operation", "user")
            if (value := one[name]) is not None and (name != "user" or value)
        },
    )
    if wrong:
        response.status_code = 422
    return response


@pages.post("/_emu/calls/<id:call_id>/again")
def send_again(call_id: int) -> Response:
    """Send a call again, with the password that was masked."""
    found = ask("GET", f"/journal/{call_id}")
    if not found.is_ok:
        raise NotFound(f"There is no call {call_id} in the journal: it keeps the last ones only.")
    sent = found.content["request"]
    password = request.form.get("password", "")
    if sent["truncated"]:
        return _one(call_id, wrong="Not all of the request was kept, so it cannot be sent again.")
    if _MASK in sent["body"] + sent["path"] and not password:
        return _one(call_id, wrong="Give the password: the journal does not hold it.")
    content_type = _header(sent["headers"], "Content-Type")
    path = sent["path"].replace(_MASK, quote_plus(password))
    body = sent["body"].replace(_MASK, _as_in(content_type, password)).encode(_charset(content_type), "replace")
    try:
        status = str(send(sent["method"], path, sent["headers"], body).status)
    except DroppedError:
        status = _DROPPED
    return room.go_to(f"/_emu/calls/{call_id}", sent=status)


def _as_in(content_type: str, password: str) -> str:
    """Return a password as it is written in a body of a media type."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return quote_plus(password)
    if kind.endswith("json"):
        return json.dumps(password)[1:-1]
    return escape(password, {'"': "&quot;"})


def _charset(content_type: str) -> str:
    _, _, name = content_type.lower().partition("charset=")
    try:
        return codecs.lookup(name.partition(";")[0].strip(" \"'")).name
    except LookupError:
        return "utf-8"


def _header(found: list[list[str]], name: str) -> str:
    return next((value for one, value in found if one.lower() == name.lower()), "")
