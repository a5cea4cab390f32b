"""Reminders of a user: those that are active, putting them off, dismissing them.

A reminder is active from the moment it was raised until it is dismissed, but not while it is snoozed, nor when what it
is about was done meanwhile. Every function first raises what has fallen due (`raising`): what nobody has asked for yet
is there like any other.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.html import to_text
from smartertrack_emu.domain.tasks.models import Task
from smartertrack_emu.domain.tickets.models import Ticket

from .models import Reminder, ReminderCategory
from .raising import holds, raise_due, reminders, tasks, tickets


class ReminderDetails(NamedTuple):
    """A reminder as it is read; `body` is plain text or HTML, as it came."""

    id: int
    user_id: int
    category: ReminderCategory
    subject: str
    body: str
    occurred_at: datetime
    raised_at: datetime
    snoozed_until: datetime | None


_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&#?\w+;")

_LONGEST_SPOKEN = 20_000
"""Characters of a subject that are read aloud."""

_DETAILS = (
    select(
        reminders.id,
        reminders.user_id,
        reminders.category,
        func.coalesce(tasks.subject, tickets.subject, reminders.subject),
        func.coalesce(tasks.description, reminders.body),
        reminders.occurred_at,
        reminders.raised_at,
        reminders.snoozed_until,
    )
    .select_from(Reminder.__table__)
    .outerjoin(Task.__table__, tasks.id == reminders.task_id)
    .outerjoin(Ticket.__table__, tickets.id == reminders.ticket_id)
)
_ORDER = (
    reminders.raised_at,
    func.coalesce(reminders.task_id, 0),
    func.coalesce(reminders.ticket_id, 0),
    reminders.id,
)


def active(session: Session, user_id: int) -> list[ReminderDetails]:
    """Return a user's active reminders, in the order in which they were raised."""
    raise_due(session, user_id)
    rows = session.execute(_DETAILS.where(*_active(user_id)).order_by(*_ORDER))
    return [ReminderDetails(*row) for row in rows]


def get(session: Session, user_id: int, reminder_id: int) -> ReminderDetails:
    """Return one of a user's reminders that was raised and is not dismissed, snoozed or not; NotFound."""
    raise_due(session, user_id)
    row = session.execute(_DETAILS.where(reminders.id == reminder_id, *_there(user_id))).one_or_none()
    if row is None:
        raise _no_reminder(reminder_id)
    return ReminderDetails(*row)


def count(session: Session, user_id: int, *, since: datetime | None = None) -> int:
    """Count a user's active reminders; with `since` those raised after that moment and up to now.

    The beginning does not belong to the time that is asked about, and the end does: a client that gives the moment of
    its last question as `since` is told of every reminder once.
    """
    raise_due(session, user_id)
    conditions = _active(user_id)
    if since is not None:
        conditions.append(reminders.raised_at > since)
    return session.scalar(select(func.count()).select_from(Reminder.__table__).where(*conditions)) or 0


def snooze(session: Session, user_id: int, reminder_id: int, seconds: int) -> None:
    """Put a reminder off from now on for a number of seconds; BadValue below one; NotFound as of `dismiss`."""
    if seconds < 1:
        raise BadValue("seconds", "must be at least 1.")
    _change(session, user_id, reminder_id, snoozed_until=clock.now() + timedelta(seconds=seconds))


def dismiss(session: Session, user_id: int, reminder_id: int) -> None:
    """Dismiss a reminder, snoozed or not; NotFound, also for one that is dismissed, or whose task is done or gone."""
    _change(session, user_id, reminder_id, dismissed_at=clock.now())


def dismiss_all(session: Session, user_id: int) -> None:
    """Dismiss a user's active reminders; those they snoozed come back at their time."""
    raise_due(session, user_id)
    session.execute(update(Reminder.__table__).where(*_active(user_id)).values(dismissed_at=clock.now()))


def spoken(subject: str) -> str:
    """Return a subject as plain text in one line, fit to be read aloud; of a very long one the beginning."""
    subject = subject[:_LONGEST_SPOKEN]
    text = to_text(subject) if _MARKUP.search(subject) else subject
    return " ".join(text.split())


def _active(user_id: int) -> list[ColumnElement[bool]]:
    is_awake = or_(reminders.snoozed_until.is_(None), reminders.snoozed_until <= clock.now())
    return [*_there(user_id), is_awake]


def _there(user_id: int) -> list[ColumnElement[bool]]:
    return [
        reminders.user_id == user_id,
        reminders.dismissed_at.is_(None),
        reminders.raised_at <= clock.now(),
        holds(),
    ]


def _change(session: Session, user_id: int, reminder_id: int, **values: datetime) -> None:
    raise_due(session, user_id)
    which = (reminders.id == reminder_id, *_there(user_id))
    changed = session.execute(update(Reminder.__table__).where(*which).values(**values).returning(reminders.id)).first()
    if changed is None:
        raise _no_reminder(reminder_id)


def _no_reminder(reminder_id: int) -> NotFound:
    return NotFound(f"There is no reminder {reminder_id}.")
