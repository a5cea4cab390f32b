"""Files attached to tickets and to their messages, whole or in parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketAttachmentAdded
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.types import AnyRow

from .models import Ticket, TicketMessage
from .visibility import Which, by_id, open_to_change, read, tickets, visible_to

COLUMNS = (
    Attachment.id,
    Attachment.token,
    Attachment.name,
    Attachment.name_on_disk,
    Attachment.received_length,
    Attachment.sender_name,
    Attachment.sender_id,
    Attachment.message_id,
    Attachment.file_at,
)
"""What lists show of a file."""


def add(
    session: Session,
    actor: Principal,
    which: Which,
    *,
    root: Path,
    max_length: int,
    message_id: int,
    name: str,
    data: bytes,
    length: int,
    file_at: datetime | None,
) -> Attachment:
    """Attach a file, or the beginning of one of `length` bytes, to a ticket (message 0) or to one of its messages.

    NotFound, also for a message of another ticket; BadValue; NotPossible for a deleted or locked ticket.
    """
    ticket = open_to_change(session, actor, which)
    if length < 0 or length > max_length:
        raise BadValue("length", f": {length} is not between 0 and {max_length} bytes.")
    if message_id:
        found = session.scalar(
            select(TicketMessage.id).where(TicketMessage.id == message_id, TicketMessage.ticket_id == ticket.id)
        )
        if found is None:
            raise NotFound(f"There is no message {message_id} in ticket {ticket.number}.")
    attachment = files.new_attachment(
        name=name,
        expected_length=length,
        sender_id=actor.id,
        sender_name=actor.display_name,
        file_at=file_at,
        ticket_id=ticket.id,
        message_id=message_id or None,
    )
    files.append(session, root, attachment, data)
    session.add(attachment)
    publish(session, actor, TicketAttachmentAdded(ticket.id, attachment.name, length))
    session.flush()
    return attachment


def append(session: Session, actor: Principal, attachment_id: int, data: bytes, *, root: Path) -> None:
    """Add the next part of a file; NotFound, BadValue beyond its length, NotPossible when it is complete."""
    attachment = session.scalars(
        select(Attachment)
        .join(Ticket, Ticket.id == Attachment.ticket_id)
        .where(Attachment.id == attachment_id, *visible_to(actor))
        .with_for_update(of=Attachment)
    ).one_or_none()
    if attachment is None or attachment.ticket_id is None:
        raise NotFound(f"There is no attachment {attachment_id}.")
    open_to_change(session, actor, by_id(attachment.ticket_id))
    files.append(session, root, attachment, data)
    session.flush()


def of_ticket(session: Session, actor: Principal, which: Which) -> Sequence[AnyRow]:
    """Return a ticket's complete files, its messages' among them, oldest first; NotFound."""
    ticket = read(session, actor, which, (tickets.id,))
    statement = select(*COLUMNS).where(Attachment.ticket_id == ticket.id, Attachment.is_complete)
    found: Sequence[AnyRow] = session.execute(statement.order_by(Attachment.id)).all()
    return found


def of_message(session: Session, actor: Principal, message_id: int) -> Sequence[AnyRow]:
    """Return the complete files of one message, oldest first; NotFound."""
    found = session.scalar(
        select(TicketMessage.id)
        .join(Ticket, Ticket.id == TicketMessage.ticket_id)
        .where(TicketMessage.id == message_id, *visible_to(actor))
    )
    if found is None:
        raise NotFound(f"There is no message {message_id}.")
    statement = select(*COLUMNS).where(Attachment.message_id == message_id, Attachment.is_complete)
    files_of_it: Sequence[AnyRow] = session.execute(statement.order_by(Attachment.id)).all()
    return files_of_it
