"""Rules for events: made, changed, deleted; and whether what they name is there.

Conditions and actions are documented as the product has them; how they are written is ours (`events.conditions`,
`events.actions`). With each change all processes look again which types are named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.customfields.models import CustomField
from smartertrack_emu.domain.errors import BadValue, HelpdeskError, NotFound
from smartertrack_emu.domain.events import actions, conditions, outbox
from smartertrack_emu.domain.events.catalogue import event_types
from smartertrack_emu.domain.events.declaring import TYPES, EventType
from smartertrack_emu.domain.events.models import EventRule
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.structure.emulation import begin_epoch
from smartertrack_emu.domain.text import key

from . import event_actions

MOST = 1_000
"""Rules that there can be."""


class Rule(NamedTuple):
    """A rule: `type` is the number of the events it is for."""

    id: int
    name: str
    type: int
    conditions: dict[str, Any]
    actions: list[dict[str, Any]]
    enabled: bool


def page(session: Session, *, limit: int, offset: int = 0) -> tuple[list[Rule], int]:
    """Return rules, the oldest first, and how many there are."""
    rows = session.scalars(select(EventRule).order_by(EventRule.id).limit(limit).offset(offset))
    return [_rule(row) for row in rows], session.scalar(select(func.count()).select_from(EventRule)) or 0


def get(session: Session, rule_id: int) -> Rule:
    """Return a rule; NotFound."""
    return _rule(_find(session, rule_id))


def create(session: Session, values: Mapping[str, Any], *, check_url: Callable[[str], object] = lambda _: None) -> Rule:
    """Make a rule of name, type, conditions, actions and enabled; BadValue.

    `check_url` raises BadValue for a webhook's address that must not be called.
    """
    begin_epoch(session)  # which also keeps others from making rules at the same time
    if (session.scalar(select(func.count()).select_from(EventRule)) or 0) >= MOST:
        raise BadValue("name", f": there are {MOST} rules already, and no more can be made.")
    row = EventRule(enabled=values.get("enabled", True), **checked(session, values, check_url))
    session.add(row)
    session.flush()
    return _rule(row)


def change(
    session: Session, rule_id: int, changes: Mapping[str, Any], *, check_url: Callable[[str], object] = lambda _: None
) -> Rule:
    """Change a rule, by the names of `create`; NotFound, BadValue."""
    begin_epoch(session)
    row = _find(session, rule_id)
    values = {**_rule(row)._asdict(), **changes}
    for name, value in checked(session, values, check_url).items():
        setattr(row, name, value)
    row.enabled = values["enabled"]
    session.flush()
    return _rule(row)


def delete(session: Session, rule_id: int) -> None:
    """Delete a rule; what waits of it is skipped. NotFound."""
    begin_epoch(session)
    session.delete(_find(session, rule_id))
    outbox.forget_rule(session, rule_id)
    session.flush()


def checked(
    session: Session, values: Mapping[str, Any], check_url: Callable[[str], object] = lambda _: None
) -> dict[str, Any]:
    """Return the columns of a rule, but `enabled`; BadValue."""
    naming.name(values["name"], "name")
    declared = type_of(values["type"])
    conditions.check(declared, values["conditions"])
    for field in conditions.custom_fields(values["conditions"]):
        is_there = (CustomField.display_name_key == key(field), ~CustomField.is_global)
        if session.scalar(select(CustomField.id).where(*is_there)) is None:
            raise BadValue("conditions", f": tickets have no custom field {shown(field)}.")
    return {
        "name": values["name"],
        "event_id": declared.number,
        "conditions": json.dumps(values["conditions"]),
        "actions": json.dumps(_actions(session, declared, values["actions"], check_url)),
    }


def type_of(number: int) -> EventType:
    """Return the type of event that a rule is for; BadValue for one that no rule can be for."""
    event_types()  # all are known then
    if number not in TYPES or not TYPES[number].is_documented:
        raise BadValue("type", f": {number} is no type of event that a rule can be for.")
    return TYPES[number]


def _actions(
    session: Session, declared: EventType, given: Sequence[Mapping[str, Any]], check_url: Callable[[str], object]
) -> list[dict[str, Any]]:
    if not 0 < len(given) <= actions.MOST:
        raise BadValue("actions", f": a rule needs 1 to {actions.MOST}.")
    read = [actions.read(declared, place, one) for place, one in enumerate(given)]
    for place, action in enumerate(read):
        try:
            if action["kind"] == "webhook":
                check_url(action["url"])
            event_actions.check(session, declared, action)
        except HelpdeskError as error:
            raise BadValue("actions", f": action {place + 1}: {error}") from None
    return read


def _find(session: Session, rule_id: int) -> EventRule:
    row = session.get(EventRule, rule_id)
    if row is None:
        raise NotFound(f"There is no event rule {rule_id}.")
    return row


def _rule(row: EventRule) -> Rule:
    return Rule(row.id, row.name, row.event_id, json.loads(row.conditions), json.loads(row.actions), row.enabled)
