"""Tasks: creating, finding, changing and deleting them.

Changes of a task are given by the names of its attributes; `item` stands for the one ticket, chat or call log that it
is about, which a new one replaces.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock, items
from smartertrack_emu.domain.errors import BadValue, NotPossible, PermissionDenied
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tasks import TaskCreated, TaskDeleted, TaskModified
from smartertrack_emu.domain.events.words import kept
from smartertrack_emu.domain.kinds import REFERENCES, WORDS, ItemKind, Priority
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.agents import check_agent
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right

from .models import EstimateUnit, Task, TaskStatus
from .visibility import no_task, of_item, visible_to


class TaskDetails(NamedTuple):
    """A task as it is read."""

    id: int
    subject: str
    description: str
    priority: Priority
    status: TaskStatus
    agent_id: int | None
    ticket_id: int | None
    chat_id: int | None
    call_log_id: int | None
    starts_at: datetime | None
    due_at: datetime | None
    reminder_minutes: int | None
    original_estimate: int | None
    original_estimate_unit: EstimateUnit | None
    remaining_estimate: int | None
    remaining_estimate_unit: EstimateUnit | None


_DETAILS = select(*(getattr(Task, name) for name in TaskDetails._fields))

_ESTIMATES = ("original_estimate", "remaining_estimate")


def create(session: Session, actor: Principal, attributes: Mapping[str, Any]) -> int:
    """Create a task, the actor's own unless `agent_id` says otherwise, and return its id.

    BadValue for an empty subject, an agent who is none, a due date before the start; NotFound for an unknown user;
    NotPossible for a deleted item.
    """
    given = {"agent_id": actor.id, "subject": "", **_columns(attributes)}
    _add_units(given, {})
    _check(session, given, given.get("starts_at"), given.get("due_at"))
    now = clock.now()
    task = Task(created_at=now, modified_at=now, created_by_id=actor.id, **given)
    session.add(task)
    session.flush()
    publish(session, actor, TaskCreated(task.id))
    return task.id


def update(session: Session, actor: Principal, task_id: int, changes: Mapping[str, Any]) -> None:
    """Change attributes of a task; NotFound, and as `create`. PermissionDenied for dates without the right to them."""
    task = _open_to_change(session, actor, task_id)
    given = _columns(changes)
    _add_units(given, {name: getattr(task, f"{name}_unit") for name in _ESTIMATES})
    changed = {name: value for name, value in given.items() if getattr(task, name) != value}
    if not actor.may(Right.TASKS_CHANGE_DATES) and not changed.keys().isdisjoint({"starts_at", "due_at"}):
        raise PermissionDenied(
            "{starts_at} and {due_at} need a permission that your roles do not have.", fields=("starts_at", "due_at")
        )
    _check(session, changed, changed.get("starts_at", task.starts_at), changed.get("due_at", task.due_at))
    if not changed:
        return
    before = {name: kept(getattr(task, name)) for name in changed}
    for name, value in changed.items():
        setattr(task, name, value)
    task.modified_at = clock.now()
    session.flush()
    after = {name: kept(value) for name, value in changed.items()}
    publish(session, actor, TaskModified(task_id, before, after))


def delete(session: Session, actor: Principal, task_id: int) -> None:
    """Delete a task; NotFound, also for one that is deleted."""
    task = _open_to_change(session, actor, task_id)
    task.deleted_at = clock.now()
    session.flush()
    publish(session, actor, TaskDeleted(task_id))


def get(session: Session, actor: Principal, task_id: int) -> TaskDetails:
    """Return a task; NotFound."""
    row = session.execute(_DETAILS.where(Task.id == task_id, *visible_to(actor))).one_or_none()
    if row is None:
        raise no_task(task_id)
    return TaskDetails(*row)


def list_of_item(session: Session, actor: Principal, kind: ItemKind, item_id: int) -> list[TaskDetails]:
    """Return the tasks of a ticket, chat or call log, oldest first; NotFound for one that the actor does not see."""
    item = items.by_id(session, actor, kind, item_id)
    rows = session.execute(_DETAILS.where(of_item(item), Task.deleted_at.is_(None)).order_by(Task.id))
    return [TaskDetails(*row) for row in rows]


def list_of_agent(session: Session, actor: Principal, agent_id: int) -> list[TaskDetails]:
    """Return those of an agent's tasks that the actor sees, oldest first; NotFound for an unknown user."""
    users.find(session, agent_id)
    rows = session.execute(_DETAILS.where(Task.agent_id == agent_id, *visible_to(actor)).order_by(Task.id))
    return [TaskDetails(*row) for row in rows]


def _open_to_change(session: Session, actor: Principal, task_id: int) -> Task:
    statement = select(Task).where(Task.id == task_id, *visible_to(actor))
    task = session.scalars(statement.with_for_update(of=Task)).one_or_none()
    if task is None:
        raise no_task(task_id)
    return task


def _columns(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns' values: an item is one of three columns, and the other two are empty."""
    columns = dict(attributes)
    if "item" in columns:
        item: items.Item | None = columns.pop("item")
        if item is not None and item.is_deleted:
            raise NotPossible(f"The {WORDS[item.kind]} {item.id} is deleted.")
        columns |= dict.fromkeys(REFERENCES.values())
        if item is not None:
            columns[REFERENCES[item.kind]] = item.id
    return columns


def _add_units(given: dict[str, Any], present: Mapping[str, EstimateUnit | None]) -> None:
    """An estimate given without its unit keeps the one it had, or is in minutes; no estimate has none."""
    for name in _ESTIMATES:
        if name in given:
            unit = given.get(f"{name}_unit") or present.get(name) or EstimateUnit.MINUTES
            given[f"{name}_unit"] = None if given[name] is None else unit


def _check(session: Session, given: Mapping[str, Any], start: datetime | None, due: datetime | None) -> None:
    if not given.get("subject", "x").strip():
        raise BadValue("subject", "is required.")
    if start is not None and due is not None and due < start:
        raise BadValue("due_at", "lies before {starts_at}.", fields=["starts_at"])
    for name in ("reminder_minutes", *_ESTIMATES):
        if (given.get(name) or 0) < 0:
            raise BadValue(name, "cannot be below 0.")
    if given.get("agent_id") is not None:
        check_agent(session, given["agent_id"])
