"""The section about rules for events: each with its type, conditions and actions, and what these name."""

from __future__ import annotations

import json
from typing import Any

from smartertrack_emu.domain.across.event_rules import type_of
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events import actions, conditions
from smartertrack_emu.domain.events.declaring import EventType
from smartertrack_emu.domain.events.models import EventRule
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.domain.structure.models import Installation

from .catalogue import placed
from .errors import quoted
from .format import EventRuleEntry, SeedDocument
from .plan import Plan


def plan_event_rules(plan: Plan, document: SeedDocument) -> None:
    """Plan rules for events, when everything that they can name is known."""
    for entry, place in placed(document.event_rules, "event_rules"):
        _plan_rule(plan, entry, place)
    installation = plan.session.get(Installation, 1)
    if document.event_rules and installation is not None:
        # Every process looks anew which types of events the rules name.
        plan.changes.append((installation, {"epoch": installation.epoch + 1}))


def _plan_rule(plan: Plan, entry: EventRuleEntry, place: str) -> None:
    try:
        declared = type_of(entry.type)
        conditions.check(declared, entry.conditions)
        done = [actions.read(declared, number, action) for number, action in enumerate(entry.actions)]
    except BadValue as error:
        (field,) = error.fields
        plan.problems.add(f"{place}.{field}", error.said(lambda _: "").lstrip(": ").rstrip("."))
        return
    if not 0 < len(done) <= actions.MOST:
        plan.problems.add(f"{place}.actions", f"needs 1 to {actions.MOST}")
    for name in conditions.custom_fields(entry.conditions):
        field_row = plan.fields.find(name, f"{place}.conditions")
        if field_row is not None and field_row.is_global:
            plan.problems.add(f"{place}.conditions", f"{quoted(name)} is global: of departments and users")
    for number, action in enumerate(done):
        _check(plan, declared, action, f"{place}.actions[{number}]")
    rule = EventRule(
        id=plan.ids.of(entry),
        name=entry.name,
        event_id=entry.type,
        conditions=json.dumps(entry.conditions),
        actions=json.dumps(done),
        enabled=entry.enabled,
        created_at=plan.now,
    )
    plan.rows.append(rule)


def _check(plan: Plan, declared: EventType, action: dict[str, Any], place: str) -> None:
    """Note a problem for each user, group and status that an action names and that is not there."""
    from smartertrack_emu.domain.across.event_actions import check_status  # noqa: PLC0415 - few files have rules

    if action["kind"] == "reminder" and action["user"] != "agent":
        plan.user(action["user"], f"{place}.user")
    elif action["kind"] == "transfer":
        if action["group"].strip():
            plan.groups.find(action["group"], f"{place}.group")
        if action["agent"].strip():
            user = plan.user(action["agent"], f"{place}.agent")
            if user is not None and user.id != QUEUE_ID:
                plan.agent(user.id, f"{place}.agent")
    elif action["kind"] == "status":
        try:
            check_status(declared, action)
        except BadValue as error:
            plan.problems.add(f"{place}.status", str(error).rstrip("."))
