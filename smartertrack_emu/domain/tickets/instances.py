"""Handing a ticket over to another installation: read here, delivered there, closed here, in this order.

No lock is held while the other side takes its time. If it fails or refuses, nothing has changed here. If this side
fails afterwards, what was delivered is taken back; only where it cannot be known whether the ticket was closed here
(the database is gone) does the delivered one stay, so that a ticket may be there twice but is never lost.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.customfields.models import CustomField, TicketFieldValue
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketTransferred
from smartertrack_emu.domain.events.words import excerpt
from smartertrack_emu.domain.html import from_plain
from smartertrack_emu.domain.kinds import NoteKind, TicketStatus
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.ports import Deliver, Delivered, Delivery, File, Message, Note, Parcel, Server, Target
from smartertrack_emu.domain.structure.installation import server_name
from smartertrack_emu.domain.structure.models import TransferServer

from . import notes
from .models import Direction, Ticket, TicketMessage, TicketNote
from .status import change_status
from .visibility import Which, by_id, open_to_change, read, tickets

logger = logging.getLogger(__name__)

messages, noted, users = TicketMessage.__table__.c, TicketNote.__table__.c, User.__table__.c
attached, field_values = Attachment.__table__.c, TicketFieldValue.__table__.c


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hands a ticket over to another installation and closes it here with a transfer note.

    An errand of `desk/outside.py`. The department's conditions for closing do not count here: the ticket is not done,
    it is elsewhere (ours).
    """

    which: Which
    server_id: int
    target: Target
    comment: str
    attachments: Path
    deliver: Deliver

    def read(self, session: Session, actor: Principal) -> Delivery:
        """Return what is to be delivered to whom.

        NotFound; BadValue without department and group; PermissionDenied; NotPossible for a deleted or locked ticket.
        """
        if self.target.names_agent:
            actor.require(Right.DISTRIBUTION_AGENT_TRANSFER, "Naming an agent")
        if not self.target.names_place:
            raise BadValue("A department or a group to transfer to is required.")
        server = _server(session, self.server_id)
        parcel = pack(session, actor, self.which)
        here = server_name(session)
        origin = f"Transferred from {here}, where it was ticket {parcel.number}, by {actor.display_name}."
        note = from_plain(_with(origin, self.comment))
        return Delivery(
            server, self.target, parcel, note, lambda file: files.content_path(self.attachments, file.sha256)
        )

    def ask(self, delivery: Delivery) -> Delivered:
        """Deliver it; ProviderRefused with the other side's sentence."""
        return self.deliver(delivery)

    def write(self, session: Session, actor: Principal, delivery: Delivery, delivered: Delivered) -> None:
        """Close the ticket here; NotPossible where it changed meanwhile."""
        parcel, server = delivery.parcel, delivery.server
        ticket = self.lock(session, actor, delivery)
        if not self.is_unchanged(session, actor, delivery):
            message = f"Ticket {parcel.number} was changed by somebody else during its transfer and stays here."
            raise NotPossible(message)
        where = f"Transferred to {server.name}, where it is ticket {delivered.number}."
        notes.add_to(session, actor, ticket, NoteKind.TRANSFER_NOTE, from_plain(_with(where, self.comment)))
        event = TicketTransferred(
            ticket.id, comment=excerpt(self.comment), server=server.name, elsewhere=delivered.number
        )
        publish(session, actor, event)
        ticket.follow_up_at = None  # it is the other installation's to follow up
        if ticket.is_open:
            change_status(session, actor, ticket, TicketStatus.CLOSED, is_done=False)
        session.flush()

    def lock(self, session: Session, actor: Principal, delivery: Delivery) -> Ticket:
        """Wait for whoever is changing the ticket, and keep others from it."""
        return open_to_change(session, actor, by_id(delivery.parcel.id))

    def is_unchanged(self, session: Session, actor: Principal, delivery: Delivery) -> bool:
        """Say whether the ticket stands here as it was delivered."""
        return pack(session, actor, by_id(delivery.parcel.id)) == delivery.parcel

    def take_back(self, delivery: Delivery, delivered: Delivered) -> str:
        """Delete the ticket there, and say what became of that."""
        name = delivery.server.name
        if delivered.take_back():
            return f"What {name} had received was taken back."
        logger.error("ticket %s could not be taken back from %s", delivered.number, name)
        return f"It could not be taken back from {name}, where it is ticket {delivered.number}."

    def what_stays(self, delivery: Delivery, delivered: Delivered) -> str:
        """Say what stands there, whatever became of the ticket here."""
        return f"ticket {delivery.parcel.number} is also ticket {delivered.number} on {delivery.server.name}"


def pack(session: Session, actor: Principal, which: Which) -> Parcel:
    """Return a ticket with all that goes along; NotFound, NotPossible for a deleted or locked one.

    What stays behind: drafts, incomplete files, time logs, relations and the history.
    """
    columns = (
        tickets.id,
        tickets.number,
        tickets.subject,
        tickets.customer_name,
        tickets.customer_email,
        tickets.status,
        tickets.priority,
        tickets.is_spam,
        tickets.opened_at,
        tickets.idle_since,
        tickets.last_activity_at,
        tickets.follow_up_at,
        tickets.is_deleted,
    )
    *facts, is_deleted = read(session, actor, which, columns)
    ticket_id, number, status = facts[0], facts[1], facts[5]
    if is_deleted:
        raise NotPossible(f"Ticket {number} is deleted.")
    if status == TicketStatus.LOCKED:
        raise NotPossible(f"Ticket {number} is closed and locked.")
    contents = (_messages, _notes, _files, _custom_fields)
    return Parcel(*facts, *(part(session, ticket_id) for part in contents))


def _messages(session: Session, ticket_id: int) -> tuple[Message, ...]:
    rows = session.execute(
        select(
            messages.id,
            messages.direction == Direction.TO_CUSTOMER,
            messages.from_name,
            messages.from_address,
            messages.to_name,
            messages.to_address,
            messages.cc_address,
            messages.subject,
            messages.body,
            messages.is_html,
            messages.sent_at,
        )
        .where(messages.ticket_id == ticket_id, ~messages.is_draft)
        .order_by(messages.sent_at, messages.id)
    )
    return tuple(Message(*row) for row in rows)


def _notes(session: Session, ticket_id: int) -> tuple[Note, ...]:
    rows = session.execute(
        select(noted.id, noted.kind, noted.body, noted.entered_at, users.display_name)
        .join_from(TicketNote.__table__, User.__table__, users.id == noted.author_id)
        .where(noted.ticket_id == ticket_id)
        .order_by(noted.entered_at, noted.id)
    )
    return tuple(Note(*row) for row in rows)


def _files(session: Session, ticket_id: int) -> tuple[File, ...]:
    columns = (
        attached.id,
        attached.message_id,
        attached.name,
        attached.received_length,
        attached.sha256,
        attached.file_at,
    )
    statement = select(*columns).where(attached.ticket_id == ticket_id, attached.is_complete).order_by(attached.id)
    return tuple(File(*row) for row in session.execute(statement))


def _custom_fields(session: Session, ticket_id: int) -> tuple[tuple[str, str], ...]:
    statement = (
        select(CustomField.display_name, field_values.value)
        .join_from(CustomField, TicketFieldValue, TicketFieldValue.field_id == CustomField.id)
        .where(field_values.ticket_id == ticket_id, field_values.value != "")
        .order_by(CustomField.id)
    )
    return tuple((row[0], row[1]) for row in session.execute(statement))


def _server(session: Session, server_id: int) -> Server:
    columns = (TransferServer.name, TransferServer.url, TransferServer.username, TransferServer.password)
    row = session.execute(select(*columns).where(TransferServer.id == server_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no transfer server {server_id}.")
    return Server(*row)


def _with(sentence: str, comment: str) -> str:
    return f"{sentence}\n{comment}" if comment.strip() else sentence
