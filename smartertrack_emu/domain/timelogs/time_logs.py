"""Time logs of tickets, chats and calls. Who may see the item is asked before: these functions are given its id."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.events.calllogs import CallLogTimeLogCreated
from smartertrack_emu.domain.events.chats import LiveChatTimeLogCreated
from smartertrack_emu.domain.events.declaring import HelpdeskEvent
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketTimeLogCreated
from smartertrack_emu.domain.kinds import REFERENCES, WORDS, ItemKind, counted
from smartertrack_emu.domain.people.agents import require_agent
from smartertrack_emu.domain.people.principal import Principal

from .models import TimeLog, TimeLogCategory

_EVENTS: dict[ItemKind, Callable[[int, int, int], HelpdeskEvent]] = {
    ItemKind.TICKET: TicketTimeLogCreated,
    ItemKind.CHAT: LiveChatTimeLogCreated,
    ItemKind.CALL_LOG: CallLogTimeLogCreated,
}


class TimeLogFacts(NamedTuple):
    """A time log with its category's name; of the three items it has one."""

    id: int
    ticket_id: int | None
    chat_id: int | None
    call_log_id: int | None
    agent_id: int
    category_id: int
    category_name: str
    subject: str
    description: str
    started_at: datetime
    ended_at: datetime
    is_billable: bool
    is_deleted: bool


def add(
    session: Session,
    actor: Principal,
    kind: ItemKind,
    item_id: int,
    *,
    category_id: int,
    agent_id: int = 0,
    subject: str = "",
    description: str = "",
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    is_billable: bool = False,
) -> int:
    """Log time spent on an item and return the log's id.

    Agent 0 is the actor; a date that is not given is the other one, and both are now (ours). NotFound for an unknown
    category or agent; BadValue for an end before the start.
    """
    if session.get(TimeLogCategory, category_id) is None:
        raise NotFound(f"There is no time log category {category_id}.")
    if agent_id and agent_id != actor.id:
        require_agent(session, agent_id)
    started_at = started_at or ended_at or clock.now()
    ended_at = ended_at or started_at
    if ended_at < started_at:
        raise BadValue("ended_at", ": a time log cannot end before its start.")
    time_log = TimeLog(
        category_id=category_id,
        agent_id=agent_id or actor.id,
        subject=subject,
        description=description,
        started_at=started_at,
        ended_at=ended_at,
        is_billable=is_billable,
        created_by_id=actor.id,
        **{REFERENCES[kind]: item_id},
    )
    session.add(time_log)
    session.flush()
    publish(session, actor, logged(kind, item_id, time_log))
    return time_log.id


def logged(kind: ItemKind, item_id: int, time_log: TimeLog) -> HelpdeskEvent:
    """Return what happens to an item with a new time log."""
    minutes = int((time_log.ended_at - time_log.started_at).total_seconds() // 60)
    return _EVENTS[kind](item_id, time_log.id, minutes)


def get(session: Session, kind: ItemKind, item_id: int, time_log_id: int) -> TimeLogFacts:
    """Return one time log of an item; NotFound, also for another item's."""
    row = session.execute(_facts(kind, item_id).where(TimeLog.id == time_log_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no time log {time_log_id} of {WORDS[kind]} {item_id}.")
    return TimeLogFacts(*row)


def listing(session: Session, kind: ItemKind, item_id: int) -> list[TimeLogFacts]:
    """Return an item's time logs by their start, deleted ones left out."""
    rows = session.execute(_facts(kind, item_id).where(~TimeLog.is_deleted).order_by(TimeLog.started_at, TimeLog.id))
    return [TimeLogFacts(*row) for row in rows]


def minutes(session: Session, kind: ItemKind, item_id: int) -> int:
    """Return the whole minutes logged on an item, the seconds of all its logs taken together."""
    spans = session.execute(select(TimeLog.started_at, TimeLog.ended_at).where(_of(kind, item_id), ~TimeLog.is_deleted))
    return counted(int(sum((end - start).total_seconds() for start, end in spans) // 60))


def _of(kind: ItemKind, item_id: int) -> ColumnElement[bool]:
    return TimeLog.__table__.c[REFERENCES[kind]] == item_id


def _facts(kind: ItemKind, item_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            TimeLog.id,
            TimeLog.ticket_id,
            TimeLog.chat_id,
            TimeLog.call_log_id,
            TimeLog.agent_id,
            TimeLog.category_id,
            TimeLogCategory.name,
            TimeLog.subject,
            TimeLog.description,
            TimeLog.started_at,
            TimeLog.ended_at,
            TimeLog.is_billable,
            TimeLog.is_deleted,
        )
        .join(TimeLogCategory, TimeLogCategory.id == TimeLog.category_id)
        .where(_of(kind, item_id))
    )
