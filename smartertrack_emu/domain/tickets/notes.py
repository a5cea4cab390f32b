"""Notes: what agents tell each other about a ticket. A ticket with a note of kind Resolution has a resolution."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketCommentAdded, TicketCommentEdited
from smartertrack_emu.domain.kinds import NoteKind
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.types import AnyRow

from .models import Ticket, TicketNote
from .status import touch
from .visibility import Which, by_id, open_to_change, tickets, visible_to

notes = TicketNote.__table__.c

WORDS = {
    NoteKind.NOTE: "Note",
    NoteKind.RESOLUTION: "Resolution",
    NoteKind.TRANSFER_NOTE: "TransferNote",
    NoteKind.FOLLOW_UP: "FollowUp",
}
"""The kinds as they are written (documented)."""

# `general` is sent by real clients (seen).
_KINDS = {**{word.lower(): kind for kind, word in WORDS.items()}, "general": NoteKind.NOTE}

_INSERT = insert(TicketNote.__table__).returning(notes.id)
_DETAILS = (notes.id, notes.body, notes.kind, notes.entered_at, notes.ticket_id, notes.author_id)


def parse_kind(word: str) -> NoteKind:
    """Return the kind that a word names, in any letter case; BadValue."""
    kind = _KINDS.get(word.strip().lower())
    if kind is None:
        raise BadValue("kind", f": {shown(word)} is none of {', '.join(WORDS.values())}.")
    return kind


def add(
    session: Session, actor: Principal, which: Which, kind: NoteKind, html: str, *, at: datetime | None = None
) -> int:
    """Add a note to a ticket and return the note's id; NotFound, NotPossible (deleted, locked), BadValue if empty."""
    ticket = open_to_change(session, actor, which)
    return add_to(session, actor, ticket, kind, html, at=at)


def add_to(
    session: Session, actor: Principal, ticket: Ticket, kind: NoteKind, html: str, *, at: datetime | None = None
) -> int:
    """Add a note to a ticket that is open to change, and return the note's id; `at` None: now. BadValue if empty."""
    _require_text(html)
    now = clock.now()
    at = at or now
    row = {"ticket_id": ticket.id, "kind": kind, "author_id": actor.id, "body": html, "entered_at": at}
    note_id = int(session.execute(_INSERT, row).scalar_one())
    if kind is NoteKind.RESOLUTION:
        ticket.has_resolution = True
    touch(ticket, at)
    session.flush()
    publish(session, actor, TicketCommentAdded(ticket.id, note_id, WORDS[kind]), at=now)
    return note_id


def get(session: Session, actor: Principal, note_id: int) -> AnyRow:
    """Return a note (id, body, kind, entered_at, ticket_id, author_id); NotFound."""
    row = session.execute(
        select(*_DETAILS)
        .join_from(TicketNote.__table__, Ticket.__table__, tickets.id == notes.ticket_id)
        .where(notes.id == note_id, *visible_to(actor))
    ).one_or_none()
    if row is None:
        raise _not_found(note_id)
    return row


def edit(
    session: Session, actor: Principal, note_id: int, html: str, *, kind: NoteKind | None, which: Which | None
) -> None:
    """Change a note's text, its kind (None: as it is), and the ticket it belongs to (None: as it is).

    NotFound, NotPossible where one of the two tickets is deleted or locked, BadValue for an empty text.
    """
    _require_text(html)
    old_id = get(session, actor, note_id).ticket_id
    new_id = old_id if which is None else _id_of(session, actor, which)
    # In one order, so that two calls never wait for each other.
    opened = {
        ticket_id: open_to_change(session, actor, by_id(ticket_id) if ticket_id != new_id or which is None else which)
        for ticket_id in sorted({old_id, new_id})
    }
    note = session.scalars(select(TicketNote).where(notes.id == note_id, notes.ticket_id == old_id)).one_or_none()
    if note is None:
        raise _not_found(note_id)
    now = clock.now()
    kind = note.kind if kind is None else kind
    if (note.body, note.kind, old_id) == (html, kind, new_id):
        return
    numbers = opened[old_id].number, opened[new_id].number
    edited = (note_id, note.body != html, WORDS[note.kind], WORDS[kind], *numbers)
    note.kind, note.ticket_id = kind, new_id
    note.body, note.edited_at, note.edited_by_id = html, now, actor.id
    session.flush()
    for ticket in opened.values():
        ticket.has_resolution = has_resolution(session, ticket.id)
        touch(ticket, now)
        publish(session, actor, TicketCommentEdited(ticket.id, *edited), at=now)
    session.flush()


def has_resolution(session: Session, ticket_id: int) -> bool:
    """Say whether a ticket has a note of kind Resolution."""
    found = exists().where(notes.ticket_id == ticket_id, notes.kind == NoteKind.RESOLUTION)
    return bool(session.scalar(select(found)))


def _id_of(session: Session, actor: Principal, which: Which) -> int:
    found = session.scalar(select(tickets.id).where(tickets[which.column] == which.value, *visible_to(actor)))
    if found is None:
        raise NotFound(f"There is no {which.name}.")
    return int(found)


def _not_found(note_id: int) -> NotFound:
    return NotFound(f"There is no note {note_id}.")


def _require_text(html: str) -> None:
    if not html.strip():
        raise BadValue("text", "is required.")
