"""Reminders whose moment has come, raised for all users at once: what nobody has asked for yet gets its row.

Whoever asks raises their own beforehand (`raising`); each is there once, for a row is unique for the user, the thing
and the moment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.domain.tasks.models import Task
from smartertrack_emu.domain.tasks.watching import TO_BE_DONE
from smartertrack_emu.domain.tickets.models import Ticket

from .models import Reminder, ReminderCategory
from .raising import follow_up_sentence


def tasks_to_remind(session: Session, but: Collection[int], *, limit: int) -> Sequence[int]:
    """Return the ids of tasks whose reminder is due and was not raised by this, but for those given."""
    due = select(Task.id).where(Task.remind_at <= clock.now(), ~Task.is_reminded, TO_BE_DONE, Task.id.not_in(but))
    return session.scalars(due.order_by(Task.remind_at).limit(limit)).all()


def follow_ups_to_remind(session: Session, but: Collection[int], *, limit: int) -> Sequence[int]:
    """Return the ids of tickets that an agent has to follow up now and is not reminded of, but for those given."""
    is_there = exists().where(
        Reminder.user_id == Ticket.agent_id,
        Reminder.ticket_id == Ticket.id,
        Reminder.occurred_at == Ticket.follow_up_at,
    )
    due = select(Ticket.id).where(Ticket.follow_up_at <= clock.now(), Ticket.follow_up_at.is_not(None))
    due = due.where(~Ticket.is_deleted, Ticket.agent_id != QUEUE_ID, ~is_there, Ticket.id.not_in(but))
    return session.scalars(due.order_by(Ticket.follow_up_at).limit(limit)).all()


def remind_of_task(session: Session, task_id: int) -> bool:
    """Raise a task's reminder for its agent; False where nothing was to be raised."""
    task = session.scalar(select(Task).where(Task.id == task_id, TO_BE_DONE).with_for_update(of=Task))
    if task is None or task.is_reminded or task.remind_at is None or task.remind_at > clock.now():
        return False
    task.is_reminded = True
    session.flush()
    if task.agent_id is None:
        return False
    said = {"subject": task.subject, "body": task.description}
    return _raise(
        session, task.agent_id, task.remind_at, {"category": ReminderCategory.TASK, "task_id": task_id, **said}
    )


def remind_of_follow_up(session: Session, ticket_id: int) -> bool:
    """Raise the reminder of a ticket's follow-up for its agent; False where nothing was to be raised."""
    ticket = session.scalar(select(Ticket).where(Ticket.id == ticket_id).with_for_update(of=Ticket))
    if ticket is None or ticket.is_deleted or ticket.follow_up_at is None or ticket.follow_up_at > clock.now():
        return False
    said = {"subject": ticket.subject, "body": follow_up_sentence(ticket.number)}
    values = {"category": ReminderCategory.FOLLOW_UP, "ticket_id": ticket_id, **said}
    return _raise(session, ticket.agent_id, ticket.follow_up_at, values)


def _raise(session: Session, user_id: int, at: datetime, values: dict[str, Any]) -> bool:
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(Reminder)
    row = {"user_id": user_id, "occurred_at": at, "raised_at": at, **values}
    made = session.execute(insert.values(row).on_conflict_do_nothing().returning(Reminder.id)).first()
    return made is not None
