"""The outbox: events that wait for the rules, and the actions that come of them.

    entries(session, …)         events that wait, in the order of their ids
    apply_rules(session, id)    one action row for each rule that an event meets and each of its actions
    due(session, …)             actions whose time has come
    mark_done(session, id)      and so on: what became of one

All of it is ours. What is done and its mark stand in one transaction, so a killed process loses nothing and repeats
nothing but calls to other systems, which are told the same key each time.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.orm import Session, aliased

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotFound, NotPossible
from smartertrack_emu.domain.kinds import ItemKind

from .actions import CALLS
from .conditions import hold
from .models import ActionState, Event, EventAction, EventRule, OutboxEntry

logger = logging.getLogger("smartertrack_emu.log.errors")

MOST_DEPTH: Final = 5
"""How many causes may stand behind an event whose actions are done."""

MOST_OF_ITEM: Final = 10
"""Events of one item that one rule acts on within a minute."""

MOST_IN_ALL: Final = 1_000
"""Events that one rule acts on within a minute."""

RETRY_SECONDS: Final = (60, 300, 900, 3600, 3600, 3600)
"""After how long a call to another system that failed is repeated, each time; then it has failed for good."""

WINDOW: Final = 500
"""Actions that are looked at together."""

_WORD_WAITING: Final[ColumnElement[Any]] = literal_column(f"'{ActionState.WAITING}'")
"""Written out, so that the indexes of those that wait are used."""

_MINUTE: Final = timedelta(minutes=1)
_TOO_DEEP: Final = f"Caused by actions more than {MOST_DEPTH} times in a row."
_TOO_OFTEN: Final = f"The rule has acted on this item {MOST_OF_ITEM} times within a minute."
_TOO_MANY: Final = f"The rule has acted {MOST_IN_ALL:,} times within a minute."


class DueAction(NamedTuple):
    """An action that is due. `told`: all arguments of its event."""

    id: int
    event_id: int
    rule_id: int
    position: int
    kind: str
    action: Mapping[str, Any]
    item_kind: ItemKind | None
    item_id: int | None
    attempts: int
    depth: int
    told: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What another system tells repetitions by: `EVENT-RULE-INDEX`."""
        return f"{self.event_id}-{self.rule_id}-{self.position}"


# From events to actions


def entries(session: Session, left: Collection[int] = ()) -> Sequence[int]:
    """Return events that wait for the rules, but for those left out; `WINDOW` at the most."""
    statement = select(OutboxEntry.event_id).where(OutboxEntry.event_id.not_in(sorted(left)))
    return list(session.scalars(statement.order_by(OutboxEntry.event_id).limit(WINDOW)))


def apply_rules(session: Session, event_id: int) -> bool:
    """Write the actions that an event comes to, by the rules as they are now; False where it waited no more."""
    taken = delete(OutboxEntry).where(OutboxEntry.event_id == event_id).returning(OutboxEntry.event_id)
    if session.scalar(taken) is None:
        return False
    event = session.execute(
        select(Event.event_id, Event.told, Event.depth, Event.item_kind, Event.item_id, Event.happened_at).where(
            Event.id == event_id
        )
    ).one()
    told = json.loads(event.told or "{}")
    rules = session.execute(
        select(EventRule.id, EventRule.name, EventRule.conditions, EventRule.actions)
        .where(EventRule.event_id == event.event_id, EventRule.enabled)
        .order_by(EventRule.id)
    )
    now = clock.now()
    for rule_id, name, conditions, actions in rules.all():
        if not hold(json.loads(conditions), told):
            continue
        reason = _TOO_DEEP if (event.depth or 0) > MOST_DEPTH else _limit(session, rule_id, name, event)
        state = ActionState.SKIPPED if reason else ActionState.WAITING
        rows = [
            {
                "event_id": event_id,
                "rule_id": rule_id,
                "position": position,
                "kind": action["kind"],
                "action": json.dumps(action),
                "item_kind": event.item_kind,
                "item_id": event.item_id,
                "event_at": event.happened_at,
                "state": state,
                "reason": reason,
                "next_attempt_at": None if reason else now,
                "done_at": now if reason else None,
            }
            for position, action in enumerate(json.loads(actions))
        ]
        session.execute(insert(EventAction), rows)
    return True


def _limit(session: Session, rule_id: int, name: str, event: Any) -> str:
    """Return why a rule may not act on an event, "" where it may; the first time within a minute it is logged."""
    since = event.happened_at - _MINUTE
    of_rule = (EventAction.rule_id == rule_id, EventAction.event_at > since, EventAction.event_at <= event.happened_at)
    acting = (*of_rule, EventAction.state != ActionState.SKIPPED)
    events = func.count(EventAction.event_id.distinct())
    reason = ""
    if event.item_id is not None:
        of_item = (EventAction.item_kind == event.item_kind, EventAction.item_id == event.item_id)
        if (session.scalar(select(events).where(*acting, *of_item)) or 0) >= MOST_OF_ITEM:
            reason = _TOO_OFTEN
    if not reason and (session.scalar(select(events).where(*acting)) or 0) >= MOST_IN_ALL:
        reason = _TOO_MANY
    if reason and not session.scalar(select(exists().where(*of_rule, EventAction.reason == reason))):
        logger.error("event rule %d, %s, is held back: %s", rule_id, name, reason)
    return reason


# Doing them


def due(session: Session, now: datetime, left: Collection[int] = (), *, calls: bool = False) -> list[DueAction]:
    """Return actions at the desk that are due, or calls to other systems, but for those left out.

    They are those due longest, `WINDOW` at the most, in the order of their ids. What comes after a call about the same
    item waits until that has been tried; a call also waits for the desk's actions before it, and for those calls of the
    same rule that failed. An event about no item is an item of its own here.
    """
    earlier, failing = aliased(EventAction), aliased(EventAction)
    is_held_back = exists().where(
        failing.state == _WORD_WAITING,
        failing.item_kind == earlier.item_kind,
        failing.item_id == earlier.item_id,
        failing.rule_id == earlier.rule_id,
        failing.kind.in_(CALLS),
        failing.attempts > 0,
        failing.id < earlier.id,
    )
    is_untried_call = and_(earlier.kind.in_(CALLS), earlier.attempts == 0, ~is_held_back)
    holds_back: ColumnElement[bool] = is_untried_call
    if calls:
        is_of_rule = and_(earlier.kind.in_(CALLS), earlier.rule_id == EventAction.rule_id)
        holds_back = or_(is_untried_call, is_of_rule, earlier.kind.not_in(CALLS))
    comes_before = (earlier.state == _WORD_WAITING, earlier.id < EventAction.id, holds_back)
    of_item = (earlier.item_kind == EventAction.item_kind, earlier.item_id == EventAction.item_id)
    of_event = (earlier.event_id == EventAction.event_id, EventAction.item_id.is_(None))
    return _read(
        session,
        EventAction.state == _WORD_WAITING,
        EventAction.next_attempt_at <= now,
        EventAction.id.not_in(sorted(left)),
        EventAction.kind.in_(CALLS) if calls else EventAction.kind.not_in(CALLS),
        ~exists().where(*comes_before, *of_item),
        ~exists().where(*comes_before, *of_event),
    )


def still_waiting(session: Session, ids: Collection[int]) -> list[int]:
    """Return those of some actions that still wait, in order."""
    statement = select(EventAction.id).where(EventAction.id.in_(sorted(ids)), EventAction.state == ActionState.WAITING)
    return list(session.scalars(statement.order_by(EventAction.id)))


def take(session: Session, action_id: int) -> DueAction | None:
    """Return an action that still waits, its row locked until the transaction ends; None where it does not."""
    statement = select(EventAction.id).where(EventAction.id == action_id, EventAction.state == ActionState.WAITING)
    if session.scalar(statement.with_for_update(of=EventAction)) is None:
        return None
    return _read(session, EventAction.id == action_id)[0]


def _read(session: Session, *conditions: ColumnElement[bool]) -> list[DueAction]:
    rows = session.execute(
        select(
            EventAction.id,
            EventAction.event_id,
            EventAction.rule_id,
            EventAction.position,
            EventAction.kind,
            EventAction.action,
            EventAction.item_kind,
            EventAction.item_id,
            EventAction.attempts,
            func.coalesce(Event.depth, 0),
            Event.told,
        )
        .join(Event, Event.id == EventAction.event_id)
        .where(*conditions)
        .order_by(EventAction.next_attempt_at, EventAction.id)
        .limit(WINDOW)
    )
    found = [DueAction(*row[:5], json.loads(row.action), *row[6:10], json.loads(row.told or "{}")) for row in rows]
    return sorted(found, key=lambda one: one.id)


def why_not(session: Session, action: DueAction) -> str:
    """Return why an action that is due is not to be done, "" where it is: it was done often enough."""
    done = (
        EventAction.rule_id == action.rule_id,
        EventAction.position == action.position,
        EventAction.state == ActionState.DONE,
        EventAction.id != action.id,
    )
    if action.action.get("once_per_item") and action.item_id is not None:
        of_item = (EventAction.item_kind == action.item_kind, EventAction.item_id == action.item_id)
        if session.scalar(select(exists().where(*done, *of_item))):
            return "It is done once for each item, and was."
    seconds = action.action.get("at_most_every_seconds", 0)
    if seconds:
        now = clock.now()
        since = (EventAction.done_at > now - timedelta(seconds=seconds), EventAction.done_at <= now)
        if session.scalar(select(exists().where(*done, *since))):
            return f"It is done at most every {seconds} seconds."
    return ""


def mark_done(session: Session, action: DueAction) -> None:
    """Note that an action was done."""
    _end(session, action, ActionState.DONE, "")


def mark_skipped(session: Session, action: DueAction, reason: str) -> None:
    """Note that an action is not to be done, and why."""
    _end(session, action, ActionState.SKIPPED, reason)


def mark_failed(session: Session, action: DueAction, reason: str) -> None:
    """Note that an action failed for good, and why; it can be retried by hand."""
    _end(session, action, ActionState.FAILED, reason)
    logger.error("event action %d, %s of rule %d, failed: %s", action.id, action.kind, action.rule_id, reason)


def mark_refused(session: Session, action: DueAction, reason: str) -> None:
    """Note that another system did not answer as it should: the call is repeated later, or has failed for good."""
    if action.attempts >= len(RETRY_SECONDS):
        mark_failed(session, action, reason)
        return
    again = clock.now() + timedelta(seconds=RETRY_SECONDS[action.attempts])
    _change(session, action.id, attempts=action.attempts + 1, reason=reason, next_attempt_at=again)


def _end(session: Session, action: DueAction, state: ActionState, reason: str) -> None:
    attempts = action.attempts + (state is not ActionState.SKIPPED)
    _change(
        session, action.id, state=state, attempts=attempts, reason=reason, next_attempt_at=None, done_at=clock.now()
    )


def _change(session: Session, action_id: int, **values: Any) -> None:
    session.execute(
        update(EventAction)
        .where(EventAction.id == action_id, EventAction.state == ActionState.WAITING)
        .values(**values),
        execution_options={"synchronize_session": False},
    )


# For people


class ActionDetails(NamedTuple):
    """An action as it is shown."""

    id: int
    event_id: int
    rule_id: int
    position: int
    kind: str
    item_kind: ItemKind | None
    item_id: int | None
    state: ActionState
    attempts: int
    reason: str
    next_attempt_at: datetime | None
    done_at: datetime | None


_DETAILS = (
    EventAction.id,
    EventAction.event_id,
    EventAction.rule_id,
    EventAction.position,
    EventAction.kind,
    EventAction.item_kind,
    EventAction.item_id,
    EventAction.state,
    EventAction.attempts,
    EventAction.reason,
    EventAction.next_attempt_at,
    EventAction.done_at,
)


def page(
    session: Session,
    *,
    rule: int | None = None,
    event: int | None = None,
    about: tuple[ItemKind, int] | None = None,
    state: ActionState | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[list[ActionDetails], int]:
    """Return actions, oldest first, and how many there are: of a rule, an event, an item, in a state."""
    conditions: list[ColumnElement[bool]] = []
    if rule is not None:
        conditions.append(EventAction.rule_id == rule)
    if event is not None:
        conditions.append(EventAction.event_id == event)
    if about is not None:
        conditions += (EventAction.item_kind == about[0], EventAction.item_id == about[1])
    if state is not None:
        conditions.append(EventAction.state == state)
    rows: Any = session.execute(
        select(*_DETAILS).where(*conditions).order_by(EventAction.id).limit(limit).offset(offset)
    )
    total = session.scalar(select(func.count()).select_from(EventAction).where(*conditions)) or 0
    return [ActionDetails(*row) for row in rows], total


def get(session: Session, action_id: int) -> ActionDetails:
    """Return an action; NotFound."""
    row: Any = session.execute(select(*_DETAILS).where(EventAction.id == action_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no event action {action_id}.")
    return ActionDetails(*row)


def retry(session: Session, action_id: int) -> ActionDetails:
    """Let an action that failed, or waits for its next attempt, be due at once; NotFound, NotPossible for others."""
    found = get(session, action_id)
    if found.state not in (ActionState.FAILED, ActionState.WAITING):
        raise NotPossible(f"The event action {action_id} is {found.state}.")
    session.execute(
        update(EventAction)
        .where(EventAction.id == action_id)
        .values(state=ActionState.WAITING, attempts=0, next_attempt_at=clock.now(), done_at=None),
        execution_options={"synchronize_session": False},
    )
    return get(session, action_id)


def forget_rule(session: Session, rule_id: int) -> None:
    """Skip what waits of a rule that is no more."""
    session.execute(
        update(EventAction)
        .where(EventAction.rule_id == rule_id, EventAction.state == ActionState.WAITING)
        .values(state=ActionState.SKIPPED, reason="The rule was deleted.", next_attempt_at=None, done_at=clock.now()),
        execution_options={"synchronize_session": False},
    )


def has_ended(session: Session, before: datetime) -> bool:
    """Say whether there are marks that `forget_ended` would remove."""
    return session.scalar(_ended(before).limit(1)) is not None


def forget_ended(session: Session, before: datetime, *, most: int = WINDOW) -> int:
    """Remove marks of actions that ended before a moment, and return how many; none that `once_per_item` needs."""
    ids = list(session.scalars(_ended(before).limit(most)))
    if ids:
        session.execute(
            delete(EventAction).where(EventAction.id.in_(ids)), execution_options={"synchronize_session": False}
        )
    return len(ids)


def _ended(before: datetime) -> Select[int]:
    needed = EventAction.action.contains('"once_per_item": true') & (EventAction.state == ActionState.DONE)
    ended = select(EventAction.id).where(EventAction.done_at < before, ~needed)
    return ended.order_by(EventAction.done_at, EventAction.id)
