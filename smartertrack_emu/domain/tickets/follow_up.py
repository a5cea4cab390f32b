"""Marking a ticket for follow-up; it shows in the follow-up view as long as the mark is there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketChanged, TicketFollowedUp, TicketFollowUpScheduled
from smartertrack_emu.domain.events.words import excerpt
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import NoteKind, TicketStatus
from smartertrack_emu.domain.people.principal import Principal

from . import notes
from .assignment import move
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
        ticket.is_pinned, ticket.pinned_at = True, now
        publish(session, actor, TicketChanged(ticket.id, "IsPinnedToAgent", old_value=False, value=True), at=now)
    if ticket.follow_up_at != at:
        before, ticket.follow_up_at = ticket.follow_up_at, at
        publish(session, actor, TicketFollowUpScheduled(ticket.id, at, excerpt(comment), before), at=now)
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
    publish(session, actor, TicketFollowedUp(ticket.id, before), at=now)
