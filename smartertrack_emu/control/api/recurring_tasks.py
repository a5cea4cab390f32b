"""Tasks that recur."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.kinds import Priority
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.users import find_by_username
from smartertrack_emu.domain.tasks import recurring
from smartertrack_emu.domain.tasks.models import RecurrenceKind, RecurringTask, TaskStatus, Weekday

from .declaring import Answer, Call, Routes
from .entrance import PREFIX
from .models import Changes, Listing, Model, Moment, Paging
from .references import named_by

routes = Routes("The desk: recurring tasks")

_FIELDS = {"agent_id": "agent"}
_MOST_INTERVAL = 1_000
_MOST_MINUTES = 525_600
_LONGEST_SUBJECT, _LONGEST = 4_000, 1_000_000

_DAYS = tuple(day.name.lower() for day in Weekday)


def _word(value: object) -> object:
    return value.strip().lower().replace("_", " ").replace("-", " ") if isinstance(value, str) else value


Kind = Literal["daily", "weekly", "monthly", "yearly"]
Day = Annotated[
    Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], BeforeValidator(_word)
]
PriorityWord = Annotated[Literal["low", "normal", "high", "urgent"], BeforeValidator(_word)]
StatusWord = Annotated[
    Literal["under consideration", "in progress", "on hold", "in review", "completed", "rejected", "approved"],
    BeforeValidator(_word),
]
Subject = Annotated[str, Field(max_length=_LONGEST_SUBJECT)]
Description = Annotated[str, Field(max_length=_LONGEST)]
Interval = Annotated[int, Field(ge=1, le=_MOST_INTERVAL)]
Days = Annotated[list[Day], Field(max_length=7)]
Minutes = Annotated[int, Field(ge=0, le=_MOST_MINUTES)]


class NewRecurringTask(Model):
    """A task that is to recur. `days`: of a weekly one; without them the day of the week of `starts_at`.

    `starts_at` left out is now, `next_at` the first date from now on. `agent`: a user name, null for nobody. The tasks
    it makes are due `due_minutes` after their start; null: never.
    """

    example: ClassVar[Mapping[str, Any]] = {
        "subject": "Check the backups",
        "agent": "alice",
        "kind": "weekly",
        "days": ["monday", "thursday"],
        "starts_at": "2031-03-03T09:00:00Z",
        "due_minutes": 120,
    }

    subject: Subject
    description: Description = ""
    agent: str | None = None
    priority: PriorityWord = "normal"
    status: StatusWord = "in progress"
    kind: Kind
    interval: Interval = 1
    days: Days = Field(default_factory=list)
    starts_at: Moment | None = None
    due_minutes: Minutes | None = None
    next_at: Moment | None = None
    enabled: bool = True


class RecurringTaskChanges(Changes):
    """What is to change; what is left out stays. Another pattern begins from now on."""

    example: ClassVar[Mapping[str, Any]] = {"enabled": False}

    subject: Subject = ""
    description: Description = ""
    agent: str | None = None
    priority: PriorityWord = "normal"
    status: StatusWord = "in progress"
    kind: Kind = "daily"
    interval: Interval = 1
    days: Days = Field(default_factory=list)
    starts_at: Moment = Field(default_factory=clock.now)
    due_minutes: Minutes | None = None
    next_at: Moment = Field(default_factory=clock.now)
    enabled: bool = True


class RecurringTaskShown(Model):
    """A task that recurs. `next_at`: when the next one is made; null where no date is left."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "subject": "Check the backups",
        "description": "",
        "agent": "alice",
        "priority": "normal",
        "status": "in progress",
        "kind": "weekly",
        "interval": 1,
        "days": ["monday", "thursday"],
        "starts_at": "2031-03-03T09:00:00Z",
        "due_minutes": 120,
        "next_at": "2031-03-03T09:00:00Z",
        "enabled": True,
    }

    id: int
    subject: str
    description: str
    agent: str | None
    priority: str
    status: str
    kind: Kind
    interval: int
    days: list[str]
    starts_at: Moment
    due_minutes: int | None
    next_at: Moment | None
    enabled: bool


def _find(call: Call, recurring_id: int) -> None:
    call.read(lambda session, actor: recurring.get(session, recurring_id))  # noqa: ARG005 - all work gets one


@routes.get("/recurring-tasks")
def list_recurring_tasks(call: Call, query: Paging) -> Listing[RecurringTaskShown]:
    """List the tasks that recur, the oldest first."""

    def work(session: Session, actor: Principal) -> Listing[RecurringTaskShown]:
        del actor
        found, total = recurring.page(session, limit=query.limit, offset=query.offset)
        return Listing[RecurringTaskShown](items=[_shown(session, row) for row in found], total=total)

    return call.read(work)


@routes.post("/recurring-tasks", status=201, fields=_FIELDS)
def add_recurring_task(call: Call, body: NewRecurringTask) -> Answer[RecurringTaskShown]:
    """Let a task recur."""
    given = body.model_dump()
    if given["starts_at"] is None:
        given["starts_at"] = clock.now()
    if given["next_at"] is None:
        del given["next_at"]

    def work(session: Session, actor: Principal) -> RecurringTaskShown:
        del actor
        return _shown(session, recurring.create(session, _columns(session, given)))

    made = call.write(work)
    return Answer(made, headers={"Location": f"{PREFIX}/recurring-tasks/{made.id}"})


@routes.get("/recurring-tasks/{recurring_id}", finds=_find)
def get_recurring_task(call: Call, recurring_id: int) -> RecurringTaskShown:
    """Return a task that recurs."""
    return call.read(lambda session, actor: _shown(session, recurring.get(session, recurring_id)))  # noqa: ARG005 - the same


@routes.patch("/recurring-tasks/{recurring_id}", fields=_FIELDS, finds=_find)
def change_recurring_task(call: Call, recurring_id: int, body: RecurringTaskChanges) -> RecurringTaskShown:
    """Change a task that recurs."""
    given = body.model_dump(exclude_unset=True)

    def work(session: Session, actor: Principal) -> RecurringTaskShown:
        del actor
        recurring.get(session, recurring_id)
        return _shown(session, recurring.change(session, recurring_id, _columns(session, given)))

    return call.write(work)


@routes.delete("/recurring-tasks/{recurring_id}", finds=_find)
def delete_recurring_task(call: Call, recurring_id: int) -> None:
    """Let a task recur no more; those it has made stay."""
    call.write(lambda session, actor: recurring.delete(session, recurring_id))  # noqa: ARG005 - the same


def _columns(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    columns = dict(given)
    if "agent" in columns:
        name = columns.pop("agent")
        with named_by("agent"):
            columns["agent_id"] = None if name is None else find_by_username(session, name).id
    if "enabled" in columns:
        columns["is_enabled"] = columns.pop("enabled")
    for name, members in (("priority", Priority), ("status", TaskStatus)):
        if name in columns:
            columns[name] = members[columns[name].upper().replace(" ", "_")]
    if "kind" in columns:
        columns["kind"] = RecurrenceKind(columns["kind"])
    if "days" in columns:
        columns["days"] = ",".join(str(day) for day, name in enumerate(_DAYS) if name in columns["days"])
    return columns


def _shown(session: Session, row: RecurringTask) -> RecurringTaskShown:
    agent = None if row.agent_id is None else session.get(User, row.agent_id)
    return RecurringTaskShown(
        id=row.id,
        subject=row.subject,
        description=row.description,
        agent=None if agent is None else agent.username,
        priority=row.priority.name.lower(),
        status=row.status.name.lower().replace("_", " "),
        kind=row.kind.value,
        interval=row.interval,
        days=[_DAYS[int(day)] for day in row.days.split(",") if day],
        starts_at=row.starts_at,
        due_minutes=row.due_minutes,
        next_at=row.next_at,
        enabled=row.is_enabled,
    )
