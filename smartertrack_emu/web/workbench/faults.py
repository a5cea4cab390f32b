"""/_emu/faults: break calls on purpose. What is set, some faults at a click, and any fault by a form."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from smartertrack_emu.web import visit

from . import room
from .asking import Answered, ask

pages = room.blueprint("faults")

KINDS = {
    "http": "HTTP status: no answer of the service's",
    "result": "Result=false, with a code and a message",
    "soap-fault": "SOAP fault",
    "latency": "Latency: the call is held up",
    "drop": "Drop: the connection closes without a byte",
    "truncate": "Truncate: the answer breaks off",
    "garbage": "Garbage: 200 with random bytes",
}
PRESETS: dict[str, tuple[str, dict[str, Any]]] = {
    "next-503": (
        "The next call gets 503",
        {"effect": {"kind": "http", "status": 503, "message": "Down for maintenance."}, "times": 1},
    ),
    "half-503": (
        "Half of the calls get 503",
        {"effect": {"kind": "http", "status": 503, "message": "Down for maintenance."}, "probability": 0.5},
    ),
    "slow": ("All calls take 3 seconds", {"effect": {"kind": "latency", "milliseconds": 3000}}),
    "next-drop": ("The next connection drops", {"effect": {"kind": "drop"}, "times": 1}),
    "lost-answer": (
        "The next call is done, its answer lost",
        {"effect": {"kind": "drop"}, "times": 1, "when": "after"},
    ),
    "next-garbage": ("The next answer is garbage", {"effect": {"kind": "garbage", "bytes": 500}, "times": 1}),
}

_WHOLE = {"status", "times", "after", "code", "bytes"}
_PARTS = {"milliseconds", "jitter", "probability"}
_EFFECT = ("status", "code", "message", "milliseconds", "jitter", "bytes")


@pages.get("/_emu/faults")
def faults() -> Response:
    """Show the faults that are set, and the form; the address may fill it in."""
    return _show()


@pages.post("/_emu/faults")
def inject() -> Response:
    """Set a fault."""
    preset = PRESETS.get(request.form.get("preset", ""))
    body = preset[1] if preset else _body()
    answer = ask("POST", "/faults", body)
    return room.after("/_emu/faults", "injected") if answer.is_ok else _show(answer)


@pages.post("/_emu/faults/delete")
def delete() -> Response:
    """Take one fault away, or all."""
    fault = request.form.get("fault", "")
    answer = ask("DELETE", f"/faults/{fault}" if fault.isascii() and fault.isdigit() else "/faults")
    return room.after("/_emu/faults", "deleted") if answer.is_ok else _show(answer)


def _body() -> dict[str, Any]:
    given = {name: value.strip() for name, value in request.form.items() if value.strip()}
    match: dict[str, Any] = {name: given[name] for name in ("service", "operation", "user") if name in given}
    if "argument" in given:
        match["argument"] = {given["argument"]: given.get("value", "")}
    effect: dict[str, Any] = {"kind": given.get("kind", "")}
    effect |= {name: _value(name, given[name]) for name in _EFFECT if name in given}
    body: dict[str, Any] = {"match": match, "effect": effect}
    body |= {name: _value(name, given[name]) for name in ("times", "after", "probability", "when") if name in given}
    return body


def _value(name: str, text: str) -> int | float | str:
    """Return a number where one is meant and can be read; the control API says what is wrong with all else."""
    try:
        if name in _WHOLE:
            return int(text)
        return float(text) if name in _PARTS else text
    except ValueError:
        return text


def _show(refused: Answered | None = None) -> Response:
    listed = ask("GET", "/faults", query={"limit": 100}).content
    return room.page(
        "faults",
        refused=refused,
        items=listed["items"],
        total=listed["total"],
        filled=request.form if refused is not None else request.args,
        kinds=KINDS,
        presets=PRESETS,
        services=[service.name for service in visit.services()],
        operations=sorted({name for service in visit.services() for name in service.operations}),
        done=request.args.get("done", ""),
    )
