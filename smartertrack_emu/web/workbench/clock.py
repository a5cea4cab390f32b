"""/_emu/clock: what time it is for the helpdesk; set it, move it on, let it be the machine's again. In UTC."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from . import room
from .asking import Answered, ask

pages = room.blueprint("clock")

_STEPS = (("a minute", 60), ("an hour", 3_600), ("a day", 86_400), ("a week", 604_800))


@pages.get("/_emu/clock")
def clock() -> Response:
    """Show the clock."""
    return _show()


@pages.post("/_emu/clock")
def set_clock() -> Response:
    """Set the clock."""
    body: dict[str, Any] = {"frozen": "frozen" in request.form}
    now = request.form.get("now", "").strip()
    if now:
        body["now"] = now if now.upper().endswith("Z") or "+" in now else f"{now}Z"
    return _after(ask("PUT", "/clock", body), "set")


@pages.post("/_emu/clock/advance")
def advance() -> Response:
    """Move the clock on."""
    text = (request.form.get("step") or request.form.get("seconds", "")).strip()
    try:
        seconds: float | str = float(text)
    except ValueError:
        seconds = text
    return _after(ask("POST", "/clock/advance", {"seconds": seconds}), "advanced")


@pages.post("/_emu/clock/machine")
def reset() -> Response:
    """Let the clock be the machine's again."""
    return _after(ask("DELETE", "/clock"), "machine")


def _after(answer: Answered, word: str) -> Response:
    return room.after("/_emu/clock", word) if answer.is_ok else _show(answer)


def _show(refused: Answered | None = None) -> Response:
    now = ask("GET", "/clock").content
    return room.page(
        "clock",
        refused=refused,
        clock=now,
        moment=room.moment_of(now["now"]),
        zone=room.zone(),
        steps=_STEPS,
        done=request.args.get("done", ""),
    )
