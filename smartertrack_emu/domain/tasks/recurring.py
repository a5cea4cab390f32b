"""Tasks that recur: read and written, and the task that is made when one is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.people.agents import check_agent
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure import installation

from . import tasks
from .models import RecurringTask
from .recurrence import Pattern

_TIMING = {"kind", "interval", "days", "starts_at", "is_enabled"}
"""What another next date follows from."""


def page(session: Session, *, limit: int, offset: int) -> tuple[list[RecurringTask], int]:
    """Return a part of them, the oldest first, and how many there are."""
    there = RecurringTask.deleted_at.is_(None)
    total = session.scalar(select(func.count()).select_from(RecurringTask).where(there)) or 0
    rows = session.scalars(select(RecurringTask).where(there).order_by(RecurringTask.id).limit(limit).offset(offset))
    return list(rows), total


def get(session: Session, recurring_id: int) -> RecurringTask:
    """Return one; NotFound, also where it is deleted."""
    return _found(session, recurring_id, select(RecurringTask))


def create(session: Session, values: Mapping[str, Any]) -> RecurringTask:
    """Make one of values by the names of its columns; without `next_at`, its first date that lies not before now.

    BadValue for an empty subject, days without weeks, an agent who is none; NotFound for an unknown agent.
    """
    row = RecurringTask(**values)
    _check(session, row, values)
    if "next_at" not in values:
        row.next_at = _first(session, row)
    session.add(row)
    session.flush()
    return row


def change(session: Session, recurring_id: int, changes: Mapping[str, Any]) -> RecurringTask:
    """Change one; a new pattern begins from now on. NotFound, and as `create`."""
    row = _open(session, recurring_id)
    changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    _check(session, row, changed)
    if "next_at" not in changed and not _TIMING.isdisjoint(changed):
        row.next_at = _first(session, row)
    session.flush()
    return row


def delete(session: Session, recurring_id: int) -> None:
    """Mark one as deleted; the tasks that it has made stay. NotFound."""
    _open(session, recurring_id).deleted_at = clock.now()
    session.flush()


def due(session: Session, but: Collection[int], *, limit: int) -> Sequence[int]:
    """Return the ids of those whose next task is to be made now, but for those given."""
    return session.scalars(
        select(RecurringTask.id)
        .where(RecurringTask.next_at <= clock.now(), RecurringTask.is_enabled, RecurringTask.deleted_at.is_(None))
        .where(RecurringTask.id.not_in(but))
        .order_by(RecurringTask.next_at)
        .limit(limit)
    ).all()


def make_due(session: Session, recurring_id: int) -> int | None:
    """Make the task of a recurring one that is due: one, for its latest date; return the task's id.

    The next date lies beyond now. An agent who is none any more: the task is nobody's. None where it is not due.
    """
    row, now = _open(session, recurring_id), clock.now()
    if not row.is_enabled or row.next_at is None or row.next_at > now:
        return None
    zone, pattern = installation.time_zone(session), pattern_of(row)
    starts_at = max(row.next_at, pattern.last_until(now, zone) or row.next_at)
    due_at = None if row.due_minutes is None else _later(starts_at, row.due_minutes)
    made = tasks.create(
        session,
        SYSTEM,
        {
            "subject": row.subject,
            "description": row.description,
            "priority": row.priority,
            "status": row.status,
            "agent_id": row.agent_id if _is_agent(session, row.agent_id) else None,
            "starts_at": starts_at,
            "due_at": due_at,
        },
    )
    row.next_at = pattern.first_after(now, zone)
    session.flush()
    return made


def pattern_of(row: RecurringTask) -> Pattern:
    """Return the pattern of a recurring task."""
    return Pattern(row.kind, row.interval, row.starts_at, tuple(int(day) for day in row.days.split(",") if day))


def first_date(row: RecurringTask, now: datetime, session: Session) -> datetime | None:
    """Return the first date of a recurring task that does not lie before a moment."""
    return pattern_of(row).first_after(now - timedelta(microseconds=1), installation.time_zone(session))


def _first(session: Session, row: RecurringTask) -> datetime | None:
    return first_date(row, clock.now(), session)


def _later(moment: datetime, minutes: int) -> datetime | None:
    try:
        return moment + timedelta(minutes=minutes)
    except OverflowError:
        return None


def _is_agent(session: Session, agent_id: int | None) -> bool:
    try:
        if agent_id is not None:
            check_agent(session, agent_id)
    except (NotFound, BadValue):
        return False
    return True


def _open(session: Session, recurring_id: int) -> RecurringTask:
    """Return one, its row locked until the transaction ends; NotFound."""
    return _found(session, recurring_id, select(RecurringTask).with_for_update())


def _found(session: Session, recurring_id: int, statement: Select[RecurringTask]) -> RecurringTask:
    there = (RecurringTask.id == recurring_id, RecurringTask.deleted_at.is_(None))
    row = session.scalar(statement.where(*there))
    if row is None:
        raise NotFound(f"There is no recurring task {recurring_id}.")
    return row


def _check(session: Session, row: RecurringTask, given: Mapping[str, Any]) -> None:
    if not row.subject.strip():
        raise BadValue("subject", "is required.")
    if row.days and row.kind != "weekly":
        raise BadValue("days", "are of a weekly one alone.")
    if given.get("agent_id") is not None:
        check_agent(session, given["agent_id"])
