"""/_emu/snapshots: keep the data as it is, bring it back, carry it elsewhere; reset it to the seed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from flask import Response, request

from smartertrack_emu.web import session
from smartertrack_emu.web.visit import desk

from . import room
from .asking import Answered, ask

pages = room.blueprint("snapshots")

_ENDINGS = re.compile(r"(\.tar)?\.t?gz\Z", re.IGNORECASE)
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 64
_ROOM_FOR_FORM = 64 * 1024


def _longest() -> int:
    """Return the bytes of a snapshot that may be sent by the form, with the form around it."""
    return desk().max_attachment + _ROOM_FOR_FORM


@pages.get("/_emu/snapshots")
def snapshots() -> Response:
    """Show the snapshots."""
    return _show()


@pages.post("/_emu/snapshots")
def take() -> Response:
    """Take a snapshot."""
    return _after(ask("PUT", f"/snapshots/{_named()}"), "taken")


@pages.post("/_emu/snapshots/restore")
def restore() -> Response:
    """Bring a snapshot back."""
    return _after(ask("POST", f"/snapshots/{_named()}/restore"), "restored")


@pages.post("/_emu/snapshots/delete")
def delete() -> Response:
    """Forget a snapshot."""
    return _after(ask("DELETE", f"/snapshots/{_named()}"), "deleted")


@pages.post("/_emu/snapshots/import")
@session.takes(_longest)
def take_in() -> Response:
    """Keep a snapshot that comes from elsewhere, under the name of its file."""
    file = request.files.get("file")
    name = _NO_NAME.sub("-", _ENDINGS.sub("", file.filename or "") if file else "").strip("-._")[:_LONGEST_NAME]
    if file is None or not name:
        return _show(_missing_file())
    answer = ask("POST", f"/snapshots/{name}/import", file=file.stream, content_type="application/gzip")
    return _after(answer, "imported")


@pages.post("/_emu/snapshots/reset")
def reset() -> Response:
    """Put all back to the seed."""
    return _after(ask("POST", "/reset", {"to": "seed"}), "reset")


def _named() -> str:
    """Return the name that a form gives, as it stands in a path; the control API says what is wrong with it."""
    return quote(request.form.get("name", "").strip(), safe="") or "%20"


def _missing_file() -> Answered:
    detail = b'{"detail": "Choose the file of a snapshot.", "errors": [{"where": "file", "what": "is required."}]}'
    return Answered(422, "application/problem+json", detail)


def _after(answer: Answered, word: str) -> Response:
    return room.after("/_emu/snapshots", word) if answer.is_ok else _show(answer)


def _show(refused: Answered | None = None) -> Response:
    found = ask("GET", "/snapshots", query={"limit": 100})
    listed: Any = found.content if found.is_ok else {"items": [], "total": 0}
    server = ask("GET", "/server").content or {}
    return room.page(
        "snapshots",
        refused=refused or (None if found.is_ok else found),
        items=[{**item, "moment": room.moment_of(item["created_at"])} for item in listed["items"]],
        total=listed["total"],
        has_seed=server.get("control", {}).get("seed", False),
        counts=server.get("counts", {}),
        asks_reset=request.args.get("ask") == "reset",
        zone=room.zone(),
        done=request.args.get("done", ""),
    )
