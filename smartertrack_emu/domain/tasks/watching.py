"""What time does to tasks: they start, they fall due, and completed ones are deleted after a while.

Each date is told once (documented: IsStarted and IsDue are seen in the product's tables); a changed date is told again.
Nothing is told of tasks that are completed, rejected or deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tasks import TaskDue, TaskStarted
from smartertrack_emu.domain.people.users import SYSTEM

from . import tasks
from .models import TO_DO, Task, TaskStatus

TO_BE_DONE = text(TO_DO)
"""The condition that a task is neither deleted nor completed nor rejected, word for word that of the indexes."""

_COMPLETED = text("deleted_at IS NULL AND status = 7")


def to_start(session: Session, but: Collection[int], *, limit: int) -> Sequence[int]:
    """Return the ids of tasks whose start was reached and not told yet, but for those given."""
    return session.scalars(_reached(Task.starts_at, Task.is_started, but, limit)).all()


def to_be_due(session: Session, but: Collection[int], *, limit: int) -> Sequence[int]:
    """Return the ids of tasks whose end was reached and not told yet, but for those given."""
    return session.scalars(_reached(Task.due_at, Task.is_due, but, limit)).all()


def start(session: Session, task_id: int) -> bool:
    """Tell that a task's start was reached; False where nothing is to be told any more."""
    task = _open(session, task_id)
    if task is None or task.is_started or task.starts_at is None or task.starts_at > clock.now():
        return False
    task.is_started = True
    session.flush()
    publish(session, SYSTEM, TaskStarted(task_id))
    return True


def fall_due(session: Session, task_id: int) -> bool:
    """Tell that a task's end was reached; False where nothing is to be told any more."""
    task = _open(session, task_id)
    if task is None or task.is_due or task.due_at is None or task.due_at > clock.now():
        return False
    task.is_due = True
    session.flush()
    publish(session, SYSTEM, TaskDue(task_id))
    return True


def completed(session: Session, but: Collection[int], *, days: int, limit: int) -> Sequence[int]:
    """Return the ids of completed tasks that nobody has changed for so many days, but for those given."""
    statement = select(Task.id).where(_COMPLETED, Task.modified_at < clock.now() - timedelta(days=days))
    return session.scalars(statement.where(Task.id.not_in(but)).order_by(Task.modified_at).limit(limit)).all()


def delete_completed(session: Session, task_id: int) -> None:
    """Mark a completed task as deleted, as System; NotFound."""
    tasks.delete(session, SYSTEM, task_id)


def _reached(
    moment: InstrumentedAttribute[Any], is_told: InstrumentedAttribute[bool], but: Collection[int], limit: int
) -> Select[int]:
    found = select(Task.id).where(moment <= clock.now(), ~is_told, TO_BE_DONE, Task.id.not_in(but))
    return found.order_by(moment).limit(limit)


def _open(session: Session, task_id: int) -> Task | None:
    task = session.scalar(select(Task).where(Task.id == task_id).with_for_update())
    is_done = task is None or task.deleted_at is not None or task.status in (TaskStatus.COMPLETED, TaskStatus.REJECTED)
    return None if is_done else task
