"""Marking a ticket for follow-up; it shows in the follow-up view as long as the mark is there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.history import EventType, record
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import ItemKind, NoteKind
from smartertrack_emu.domain.people.principal import Principal

from . import notes
from .assignment import move
from .changes import described, moment
from .models import TicketStatus
from .status import change_status, touch
from .visibility import Which, open_to_change


def set_follow_up(
    session: Session,
    actor: Principal,
    which: Which,
    at: datetime | None,
    *,
    group_id: int = 0,
    agent_id: int = 0,
    status: TicketStatus | None = None,
    pin: bool = False,
    comment: str = "",
) -> None:
    """Mark a ticket for follow-up at a moment, in place of an earlier one; group or agent 0, status None: as they are.

    A comment, plain text, becomes a note of kind FollowUp. NotFound; BadValue without a moment; NotPossible,
    PermissionDenied and BadValue as the ticket's moves and statuses have them.
    """
    ticket = open_to_change(session, actor, which)
    if at is None:
        raise BadValue("follow_up_at", "is required.")
    if group_id or agent_id:
        move(session, actor, ticket, group_id=group_id or None, agent_id=agent_id or None)
    now = clock.now()
    if pin and not ticket.is_pinned:
        ticket.is_pinned = True
        details = described("IsPinnedToAgent", before=False, after=True)
        record(session, ItemKind.TICKET, ticket.id, EventType.TICKET_CHANGED, actor, details, at=now)
    if ticket.follow_up_at != at:
        before, ticket.follow_up_at = ticket.follow_up_at, at
        details = f"For {moment(at)}." if before is None else described("FollowUpDate", before, at)
        record(session, ItemKind.TICKET, ticket.id, EventType.TICKET_FOLLOW_UP_SCHEDULED, actor, details, at=now)
    touch(ticket, now)
    session.flush()
    if comment.strip():
        notes.add_to(session, actor, ticket, NoteKind.FOLLOW_UP, encode(comment))
    if status is not None:
        change_status(session, actor, ticket, status)


def remove_follow_up(session: Session, actor: Principal, which: Which) -> None:
    """Take the mark off a ticket; nothing happens where there is none. NotFound, NotPossible when deleted or locked."""
    ticket = open_to_change(session, actor, which)
    if ticket.follow_up_at is None:
        return
    now = clock.now()
    before, ticket.follow_up_at = ticket.follow_up_at, None
    touch(ticket, now)
    session.flush()
    details = f"It was due {moment(before)}."
    record(session, ItemKind.TICKET, ticket.id, EventType.TICKET_FOLLOWED_UP, actor, details, at=now)
