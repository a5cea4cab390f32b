"""What raises reminders: tasks whose time has come, and follow-ups of tickets that are due.

A reminder is raised at the moment it fell due, whoever asked when. A row for it is written when somebody first asks or
by task-watcher (`watching`), whichever comes first, so that it has an id and can be snoozed and dismissed; all else
that is said of it follows from the task or the ticket as it is at the moment. So the reminder of a task that was
completed or moved is not there, and is there again, as it was, when the task is given back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Insert, and_, bindparam, exists, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.tasks.models import Task, TaskStatus
from smartertrack_emu.domain.tickets.models import Ticket

from .models import Reminder, ReminderCategory

reminders, tasks, tickets = Reminder.__table__.c, Task.__table__.c, Ticket.__table__.c

_TO_BE_DONE = and_(tasks.deleted_at.is_(None), tasks.status != TaskStatus.COMPLETED)
_FOLLOW_UP: ColumnElement[str] = literal("Ticket ") + tickets.number + literal(" is to be followed up.")


def follow_up_sentence(number: str) -> str:
    """Return what the reminder of a ticket's follow-up says."""
    return f"Ticket {number} is to be followed up."


_COLUMNS = ("user_id", "category", "subject", "body", "occurred_at", "raised_at")
_USER, _NOW = bindparam("user", type_=tasks.agent_id.type), bindparam("now", type_=tasks.remind_at.type)

_DUE_TASKS = select(
    tasks.agent_id,
    literal(ReminderCategory.TASK, reminders.category.type),
    tasks.subject,
    tasks.description,
    tasks.remind_at,
    tasks.remind_at,
    tasks.id,
).where(
    tasks.agent_id == _USER,
    tasks.remind_at <= _NOW,
    _TO_BE_DONE,
    ~exists().where(
        reminders.user_id == _USER, reminders.task_id == tasks.id, reminders.occurred_at == tasks.remind_at
    ),
)
# In the order in which several tickets are locked, for a row that refers to a ticket locks it too.
_DUE_FOLLOW_UPS = (
    select(
        tickets.agent_id,
        literal(ReminderCategory.FOLLOW_UP, reminders.category.type),
        tickets.subject,
        _FOLLOW_UP,
        tickets.follow_up_at,
        tickets.follow_up_at,
        tickets.id,
    )
    .where(
        tickets.agent_id == _USER,
        tickets.follow_up_at <= _NOW,
        ~tickets.is_deleted,
        ~exists().where(
            reminders.user_id == _USER,
            reminders.ticket_id == tickets.id,
            reminders.occurred_at == tickets.follow_up_at,
        ),
    )
    .order_by(tickets.id)
)


def _statements(dialect: Any) -> tuple[Insert, Insert]:
    # Two calls may find the same ones due: one writes them, the other leaves them as they are.
    insert = dialect.insert(Reminder.__table__)
    of_tasks = insert.from_select([*_COLUMNS, "task_id"], _DUE_TASKS).on_conflict_do_nothing()
    return of_tasks, insert.from_select([*_COLUMNS, "ticket_id"], _DUE_FOLLOW_UPS).on_conflict_do_nothing()


_RAISE = {"sqlite": _statements(sqlite), "postgresql": _statements(postgresql)}


def raise_due(session: Session, user_id: int) -> None:
    """Write the rows of a user's reminders that have fallen due and have none."""
    for statement in _RAISE[session.get_bind().dialect.name]:
        session.execute(statement, {"user": user_id, "now": clock.now()})


def holds() -> ColumnElement[bool]:
    """Return the condition that a reminder's task or follow-up is still the user's, and due at its moment."""
    task = exists().where(
        tasks.id == reminders.task_id,
        tasks.agent_id == reminders.user_id,
        tasks.remind_at == reminders.occurred_at,
        _TO_BE_DONE,
    )
    follow_up = exists().where(
        tickets.id == reminders.ticket_id,
        tickets.agent_id == reminders.user_id,
        tickets.follow_up_at == reminders.occurred_at,
        ~tickets.is_deleted,
    )
    of_nothing = and_(reminders.task_id.is_(None), reminders.ticket_id.is_(None))
    return or_(of_nothing, task.correlate(Reminder.__table__), follow_up.correlate(Reminder.__table__))
