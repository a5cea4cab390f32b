"""/_emu/events/rules: what is done when something happens; make a rule, switch it, delete it, try an action again."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request

from . import room
from .asking import Answered, ask

pages = room.blueprint("rules")

PATH = "/_emu/events/rules"
EXAMPLE = {
    "name": "Tell of new tickets",
    "type": 502000,
    "conditions": {"priority": {"any_of": ["High", "Urgent"]}},
    "actions": [{"kind": "webhook", "url": "http://127.0.0.1:8080/events"}, {"kind": "log", "text": "#TICKET_NUMBER#"}],
}
_SHOWN = 20


@pages.get(PATH)
def rules() -> Response:
    """Show the rules, and what their last actions came to."""
    return _show()


@pages.post(PATH)
def add() -> Response:
    """Make a rule of the JSON that was typed."""
    try:
        body: Any = json.loads(request.form.get("rule", ""))
    except ValueError:
        return _show(_unreadable())
    return _after(ask("POST", "/event-rules", body), "made")


@pages.post(f"{PATH}/<int:rule_id>")
def change(rule_id: int) -> Response:
    """Switch a rule on or off, or delete it."""
    action = request.form.get("action", "")
    if action == "delete":
        return _after(ask("DELETE", f"/event-rules/{rule_id}"), "deleted")
    return _after(ask("PATCH", f"/event-rules/{rule_id}", {"enabled": action == "enable"}), "changed")


@pages.post(f"{PATH}/actions/<int:action_id>")
def retry(action_id: int) -> Response:
    """Try a failed action again."""
    return _after(ask("POST", f"/event-actions/{action_id}/retry"), "retried")


def _unreadable() -> Answered:
    detail = b'{"detail": "The rule is no JSON.", "errors": [{"where": "rule", "what": "must be a JSON object."}]}'
    return Answered(422, "application/problem+json", detail)


def _after(answer: Answered, word: str) -> Response:
    return room.go_to(PATH, done=word) if answer.is_ok else _show(answer)


def _show(refused: Answered | None = None) -> Response:
    listed = ask("GET", "/event-rules", query={"limit": 200}).content
    actions = ask("GET", "/event-actions", query={"limit": _SHOWN}).content
    titles = {one["type"]: one["title"] for one in ask("GET", "/event-types").content["items"]}
    return room.page(
        "rules",
        refused=refused,
        items=listed["items"],
        total=listed["total"],
        actions=actions["items"],
        titles=titles,
        names={one["id"]: one["name"] for one in listed["items"]},
        example=json.dumps(EXAMPLE, indent=2),
        example_rule=EXAMPLE,
        done=request.args.get("done", ""),
    )
