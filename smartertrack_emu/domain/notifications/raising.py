"""What raises reminders: tasks whose time has come, and follow-ups of tickets that are due.

There is no clock that rings: the reminders of a user are raised when he, or somebody for him, asks for them, and those
that no longer hold, as the task is completed, say, or the follow-up moved, are dismissed. Each is raised once: its
source is the thing and the time it was set to, so that another time raises another one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.tasks.models import Task, TaskStatus
from smartertrack_emu.domain.tickets.models import Ticket

from .models import Reminder, ReminderCategory


def bring_up_to_date(session: Session, user_id: int) -> None:
    """Raise the user's reminders that are due and have not been raised; dismiss those that no longer hold."""
    now = clock.now()
    due = _of_tasks(session, user_id, now) | _of_follow_ups(session, user_id, now)
    known = session.execute(
        select(Reminder.id, Reminder.source, Reminder.dismissed_at).where(
            Reminder.user_id == user_id,
            Reminder.source.is_not(None),
            or_(Reminder.dismissed_at.is_(None), Reminder.source.in_(list(due))),
        )
    ).all()
    if stale := [row.id for row in known if row.dismissed_at is None and row.source not in due]:
        session.execute(
            update(Reminder).where(Reminder.id.in_(stale)).values(dismissed_at=now),
            execution_options={"synchronize_session": False},
        )
    raised = {row.source for row in known}
    fresh = [{"user_id": user_id, "raised_at": now, **row} for source, row in due.items() if source not in raised]
    if fresh:
        # Two calls may find the same ones due: one raises them, the other leaves them as they are.
        insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.execute(insert(Reminder).on_conflict_do_nothing(index_elements=["user_id", "source"]), fresh)


def _of_tasks(session: Session, user_id: int, now: datetime) -> dict[str, dict[str, Any]]:
    """Return the reminders of tasks whose time has come, neither completed nor deleted, by their sources."""
    rows = session.execute(
        select(Task.id, Task.subject, Task.description, Task.remind_at)
        .where(
            Task.agent_id == user_id,
            Task.remind_at <= now,
            Task.deleted_at.is_(None),
            Task.status != TaskStatus.COMPLETED,
        )
        .order_by(Task.remind_at, Task.id)
    )
    return {
        (source := _source("task", row.id, row.remind_at)): {
            "category": ReminderCategory.TASK,
            "subject": row.subject,
            "body": row.description,
            "source": source,
            "occurred_at": row.remind_at,
        }
        for row in rows
    }


def _of_follow_ups(session: Session, user_id: int, now: datetime) -> dict[str, dict[str, Any]]:
    """Return the reminders of his tickets' follow-ups that are due, by their sources."""
    rows = session.execute(
        select(Ticket.id, Ticket.number, Ticket.subject, Ticket.follow_up_at)
        .where(Ticket.agent_id == user_id, Ticket.follow_up_at <= now, Ticket.is_deleted.is_(False))
        .order_by(Ticket.follow_up_at, Ticket.id)
    )
    return {
        (source := _source("followup", row.id, row.follow_up_at)): {
            "category": ReminderCategory.FOLLOW_UP,
            "subject": row.subject,
            "body": f"Ticket {row.number} is to be followed up.",
            "source": source,
            "occurred_at": row.follow_up_at,
        }
        for row in rows
    }


def _source(kind: str, item_id: int, at: datetime) -> str:
    return f"{kind}:{item_id}@{at.astimezone(UTC).isoformat()}"
