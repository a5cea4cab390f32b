"""Comments on tasks."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tasks import TaskCommentAdded
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.users import Found

from .models import Task, TaskNote
from .visibility import no_task, visible_to


def add(session: Session, actor: Principal, task_id: int, by: Found, text: str) -> int:
    """Add a comment, given as plain text, in a user's name and return its id; NotFound, BadValue for an empty text."""
    statement = select(Task.id).where(Task.id == task_id, *visible_to(actor)).with_for_update(of=Task)
    if session.scalar(statement) is None:
        raise no_task(task_id)
    if not text.strip():
        raise BadValue("text", "is required.")
    note = TaskNote(task_id=task_id, author_id=by.id, body=encode(text), entered_at=clock.now())
    session.add(note)
    session.flush()
    publish(session, by, TaskCommentAdded(task_id, note.id))
    return note.id
