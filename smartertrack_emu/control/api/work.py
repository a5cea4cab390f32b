"""Comments on tasks, and time spent on calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain.calllogs import call_logs, time_logs
from smartertrack_emu.domain.people import receiving, users
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.tasks import notes, tasks
from smartertrack_emu.domain.timelogs import categories

from .declaring import Call, Routes
from .models import Model, Moment
from .references import Made, named_by

routes = Routes("The desk: tasks and calls")


class Comment(Model):
    """What a user, given by their user name, says of a task."""

    example: ClassVar[Mapping[str, Any]] = {"by": "alice", "text": "Done by Friday."}

    by: str
    text: str = Field(max_length=1_000_000)


class NewTimeLog(Model):
    """Time that an agent spent, by their user name, in a category, by its name. Dates left out are now."""

    example: ClassVar[Mapping[str, Any]] = {
        "agent": "alice",
        "category": "Phone",
        "subject": "Called back",
        "start": "2031-02-28T09:00:00Z",
        "end": "2031-02-28T09:30:00Z",
        "billable": True,
    }

    agent: str
    category: str
    subject: str = Field(default="", max_length=4_000)
    start: Moment | None = None
    end: Moment | None = None
    billable: bool = False


def _find_task(call: Call, task_id: int) -> None:
    call.read(lambda session, actor: tasks.get(session, actor, task_id))


def _find_call_log(call: Call, call_log_id: int) -> None:
    call.read(lambda session, actor: call_logs.get(session, actor, call_log_id))


@routes.post("/tasks/{task_id}/comments", status=201, finds=_find_task)
def add_task_comment(call: Call, task_id: int, body: Comment) -> Made:
    """Add a comment to a task."""

    def work(session: Session, actor: Principal) -> Made:
        tasks.get(session, actor, task_id)
        with named_by("by"):
            by = users.find_by_username(session, body.by)
        return Made(id=notes.add(session, actor, task_id, by, body.text))

    return call.write(work)


@routes.post(
    "/call-logs/{call_log_id}/time-logs",
    status=201,
    errors={409: "The call log is deleted."},
    fields={"started_at": "start", "ended_at": "end"},
    finds=_find_call_log,
)
def add_call_log_time_log(call: Call, call_log_id: int, body: NewTimeLog) -> Made:
    """Log time that was spent on a call."""

    def work(session: Session, actor: Principal) -> Made:
        call_logs.get(session, actor, call_log_id)
        with named_by("agent"):
            agent_id = receiving.agent_named(session, body.agent)
        with named_by("category"):
            category_id = categories.category_named(session, body.category)
        made = time_logs.add(
            session,
            actor,
            call_log_id,
            subject=body.subject,
            agent_id=agent_id,
            category_id=category_id,
            started_at=body.start,
            ended_at=body.end,
            is_billable=body.billable,
        )
        return Made(id=made)

    return call.write(work)
