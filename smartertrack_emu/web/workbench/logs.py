"""/_emu/logs: the diagnostics. Its daily log files, its options, and the look at everything at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, request

from . import room
from .asking import Answered, ask

pages = room.blueprint("logs")

SWITCHES = {
    "short_query_log": "Log each statement, with placeholders",
    "full_query_log": "Log each statement, with its parameters",
    "lock_trace": "Log each wait for a lock",
    "cache_trace": "Log each look into a cache",
}
NUMBERS = {
    "heartbeat_seconds": "Heartbeat seconds",
    "whos_on_seconds": "Who's on seconds",
    "delete_logs_after_days": "Delete logs after days",
}
_SHOWN = 200
_TAIL = 200_000


@pages.get("/_emu/logs")
def logs() -> Response:
    """Show the log files, the options, and the end of a file that the address names."""
    return _show()


@pages.post("/_emu/logs/options")
def change_options() -> Response:
    """Change the options."""
    body: dict[str, Any] = {name: name in request.form for name in SWITCHES}
    body["error_email"] = request.form.get("error_email", "").strip()
    for name in NUMBERS:
        text = request.form.get(name, "").strip()
        body[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    answer = ask("PATCH", "/options", body)
    return room.go_to("/_emu/logs", done="saved") if answer.is_ok else _show(answer)


@pages.post("/_emu/logs/delete")
def delete() -> Response:
    """Remove a log file."""
    answer = ask("DELETE", f"/logs/{quote(request.form.get('name', ''), safe='') or '%20'}")
    return room.go_to("/_emu/logs", done="deleted") if answer.is_ok else _show(answer)


@pages.post("/_emu/logs/self-diagnostic")
def diagnose() -> Response:
    """Look at everything at once."""
    answer = ask("POST", "/self-diagnostic")
    return _show(None if answer.is_ok else answer, diagnosis=answer.content if answer.is_ok else None)


def _show(refused: Answered | None = None, *, diagnosis: Any = None) -> Response:
    listed = ask("GET", "/logs", query={"limit": _SHOWN}).content
    opened = request.args.get("file", "")
    found = ask("GET", f"/logs/{quote(opened, safe='')}") if opened else None
    is_there = found is not None and found.is_ok
    text = found.body[-_TAIL:].decode(errors="replace") if found is not None and is_there else ""
    return room.page(
        "logs",
        refused=refused or (found if found is not None and not is_there else None),
        items=listed["items"],
        total=listed["total"],
        options=ask("GET", "/options").content,
        switches=SWITCHES,
        numbers=NUMBERS,
        opened=opened if is_there else "",
        text=text,
        diagnosis=diagnosis,
        done=request.args.get("done", ""),
    )
