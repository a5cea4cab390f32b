"""Reminders of a user: those that are active, putting them off, dismissing them.

A reminder is active until it is dismissed, but not while it is snoozed. What raises reminders is in `raising`.
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

from .models import Reminder, ReminderCategory


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

_DETAILS = select(*(getattr(Reminder, name) for name in ReminderDetails._fields))


def active(session: Session, user_id: int) -> list[ReminderDetails]:
    """Return a user's active reminders, in the order in which they were raised."""
    rows = session.execute(_DETAILS.where(*_active(user_id)).order_by(Reminder.raised_at, Reminder.id))
    return [ReminderDetails(*row) for row in rows]


def get(session: Session, user_id: int, reminder_id: int) -> ReminderDetails:
    """Return one of a user's reminders that is not dismissed, snoozed or not; NotFound."""
    row = session.execute(_DETAILS.where(*_there(user_id, reminder_id))).one_or_none()
    if row is None:
        raise _no_reminder(reminder_id)
    return ReminderDetails(*row)


def count(session: Session, user_id: int, *, since: datetime | None = None) -> int:
    """Count a user's active reminders; with `since` those raised since then."""
    conditions = _active(user_id)
    if since is not None:
        conditions.append(Reminder.raised_at >= since)
    return session.scalar(select(func.count()).select_from(Reminder).where(*conditions)) or 0


def snooze(session: Session, user_id: int, reminder_id: int, seconds: int) -> None:
    """Put a reminder off from now on for a number of seconds; BadValue below one, NotFound."""
    if seconds < 1:
        raise BadValue("snoozeSeconds must be at least 1.")
    _change(session, _there(user_id, reminder_id), reminder_id, snoozed_until=clock.now() + timedelta(seconds=seconds))


def dismiss(session: Session, user_id: int, reminder_id: int) -> None:
    """Dismiss a reminder, snoozed or not; NotFound, also for one that is dismissed."""
    _change(session, _there(user_id, reminder_id), reminder_id, dismissed_at=clock.now())


def dismiss_all(session: Session, user_id: int) -> None:
    """Dismiss a user's active reminders; those he snoozed come back at their time."""
    session.execute(
        update(Reminder).where(*_active(user_id)).values(dismissed_at=clock.now()),
        execution_options={"synchronize_session": False},
    )


def spoken(subject: str) -> str:
    """Return a subject as plain text in one line, fit to be read aloud; of a very long one the beginning."""
    subject = subject[:_LONGEST_SPOKEN]
    text = to_text(subject) if _MARKUP.search(subject) else subject
    return " ".join(text.split())


def _active(user_id: int) -> list[ColumnElement[bool]]:
    return [
        Reminder.user_id == user_id,
        Reminder.dismissed_at.is_(None),
        or_(Reminder.snoozed_until.is_(None), Reminder.snoozed_until <= clock.now()),
    ]


def _there(user_id: int, reminder_id: int) -> list[ColumnElement[bool]]:
    return [Reminder.id == reminder_id, Reminder.user_id == user_id, Reminder.dismissed_at.is_(None)]


def _change(session: Session, which: list[ColumnElement[bool]], reminder_id: int, **values: datetime) -> None:
    changed = session.execute(
        update(Reminder).where(*which).values(**values).returning(Reminder.id),
        execution_options={"synchronize_session": False},
    ).first()
    if changed is None:
        raise _no_reminder(reminder_id)


def _no_reminder(reminder_id: int) -> NotFound:
    return NotFound(f"There is no reminder {reminder_id}.")
