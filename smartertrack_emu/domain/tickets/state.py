"""Closing, deleting and bringing back a ticket."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketDeleted, TicketRestored
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import NoteKind, TicketStatus
from smartertrack_emu.domain.people.principal import Principal

from . import notes
from .models import Ticket
from .status import change_status, leave_deleted_agent, touch
from .visibility import Which, open_to_change


def close(session: Session, actor: Principal, which: Which, comment: str = "") -> None:
    """Close a ticket; a comment, plain text, is its resolution (ours).

    NotFound; NotPossible for a ticket that is closed, locked or deleted, and where something is missing.
    """
    ticket = open_to_change(session, actor, which)
    if not ticket.status.is_open:
        raise NotPossible(f"Ticket {ticket.number} is closed already.")
    if comment.strip():
        notes.add_to(session, actor, ticket, NoteKind.RESOLUTION, encode(comment))
    change_status(session, actor, ticket, TicketStatus.CLOSED)


def delete(session: Session, actor: Principal, which: Which) -> None:
    """Mark a ticket as deleted, a locked one too; NotFound, NotPossible for one that is deleted."""
    mark_deleted(session, actor, open_to_change(session, actor, which, even_locked=True))


def mark_deleted(session: Session, actor: Principal, ticket: Ticket, at: datetime | None = None) -> None:
    """Mark a ticket that is open to change as deleted, as of `at` (None: now), and say so in its history."""
    now = clock.now()
    ticket.is_deleted, ticket.deleted_at = True, at or now
    touch(ticket, now)
    session.flush()
    publish(session, actor, TicketDeleted(ticket.id), at=now)


def restore(session: Session, actor: Principal, ticket: Ticket) -> None:
    """Take the mark off a deleted ticket, and say so in its history."""
    leave_deleted_agent(session, actor, ticket)
    now = clock.now()
    ticket.is_deleted, ticket.deleted_at = False, None
    touch(ticket, now)
    session.flush()
    publish(session, actor, TicketRestored(ticket.id), at=now)
