"""Handing a ticket over to another installation: read here, delivered there, closed here, in this order.

No lock is held while the other side takes its time. If it fails or refuses, nothing has changed here. If this side
fails afterwards, what was delivered is taken back; only where it cannot be known whether the ticket was closed here
(the database is gone) does the delivered one stay, so that a ticket may be there twice but is never lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.customfields.models import CustomField, TicketFieldValue
from smartertrack_emu.domain.errors import BadValue, HelpdeskError, NotFound, NotPossible
from smartertrack_emu.domain.events.history import EventType, record
from smartertrack_emu.domain.html import from_plain
from smartertrack_emu.domain.kinds import ItemKind, NoteKind
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.structure.departments import server_name
from smartertrack_emu.domain.transfer.models import TransferServer
from smartertrack_emu.store.failures import CommitOutcomeUnknown
from smartertrack_emu.store.unit_of_work import reading, writing

from . import notes
from .models import Direction, TicketMessage, TicketNote, TicketStatus
from .status import change_status
from .visibility import Which, by_id, open_to_change, read, tickets

logger = logging.getLogger(__name__)

messages, noted, users = TicketMessage.__table__.c, TicketNote.__table__.c, User.__table__.c
attached, field_values = Attachment.__table__.c, TicketFieldValue.__table__.c


@dataclass(frozen=True, slots=True)
class Server:
    """Another installation and the credentials it is called with."""

    name: str
    url: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the ticket is to go there: ids or, where they are 0, names; no agent: the queue.

    `status`: what it is to have there, None: what it has here.
    """

    department_id: int = 0
    department_name: str = ""
    group_id: int = 0
    group_name: str = ""
    agent_id: int = 0
    username: str = ""
    status: TicketStatus | None = None

    @property
    def names_place(self) -> bool:
        """Whether a department or a group is named."""
        names = self.department_name.strip() or self.group_name.strip()
        return bool(self.department_id or self.group_id or names)

    @property
    def names_agent(self) -> bool:
        """Whether an agent is named, rather than the queue."""
        return bool(self.agent_id or self.username.strip())


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the conversation."""

    id: int
    to_customer: bool
    from_name: str
    from_address: str
    to_name: str
    to_address: str
    cc_address: str
    subject: str
    body: str
    is_html: bool
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """A note; `body` is HTML."""

    id: int
    kind: NoteKind
    body: str
    entered_at: datetime
    author_name: str


@dataclass(frozen=True, slots=True)
class File:
    """A complete attachment of the ticket, or of one of its messages; its content is on our disk under its digest."""

    id: int
    message_id: int | None
    name: str
    length: int
    sha256: str
    file_at: datetime


@dataclass(frozen=True, slots=True)
class Parcel:
    """A ticket with all that goes along. Two parcels of a ticket are equal when nothing changed in between."""

    id: int
    number: str
    subject: str
    customer_name: str
    customer_email: str
    status: TicketStatus
    priority: int
    is_spam: bool
    opened_at: datetime
    idle_since: datetime
    last_activity_at: datetime
    follow_up_at: datetime | None
    messages: tuple[Message, ...]
    notes: tuple[Note, ...]
    files: tuple[File, ...]
    custom_fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be delivered to whom: `note` is HTML, the transfer note that the ticket gets there."""

    server: Server
    target: Target
    parcel: Parcel
    note: str
    content_of: Callable[[File], Path]


@dataclass(frozen=True, slots=True)
class Delivered:
    """The ticket's number there, and how to take it back: False where that did not work."""

    number: str
    take_back: Callable[[], bool]


Deliver = Callable[[Delivery], Delivered]
"""Carries a ticket to another installation; ProviderRefused, and nothing stays there, where it cannot."""


def transfer(
    session: Session,
    actor: Principal,
    which: Which,
    *,
    server_id: int,
    target: Target,
    comment: str,
    attachments: Path,
    engine: Engine,
    deliver: Deliver,
) -> None:
    """Hand a ticket over to another installation and close it here with a transfer note.

    `session` only reads and is ended before the other side is called; the closing is a unit of work of its own on
    `engine`. The department's conditions for closing do not count here: the ticket is not done, it is elsewhere (ours).
    NotFound; BadValue without department and group; PermissionDenied; NotPossible for a deleted or locked ticket, and
    for one that changed meanwhile; ProviderRefused with the other side's sentence.
    """
    if target.names_agent:
        actor.require(Right.DISTRIBUTION_AGENT_TRANSFER, "Naming an agent")
    if not target.names_place:
        raise BadValue("A department or a group to transfer to is required.")
    server = _server(session, server_id)
    parcel = pack(session, actor, which)
    origin = f"Transferred from {server_name(session)}, where it was ticket {parcel.number}, by {actor.display_name}."
    session.rollback()  # nothing is kept waiting in the database while the other side takes its time
    note = from_plain(_with(origin, comment))
    delivery = Delivery(server, target, parcel, note, lambda file: files.content_path(attachments, file.sha256))
    delivered = deliver(delivery)
    try:
        with writing(engine) as unit:
            _close(unit, actor, parcel, server, delivered.number, comment)
    except HelpdeskError as error:
        raise type(error)(f"{error} {_take_back(delivered, server)}") from error
    except BaseException as error:
        if _is_unchanged(engine, actor, parcel, is_decided=not isinstance(error, CommitOutcomeUnknown)):
            _take_back(delivered, server)
        else:
            # Without its traceback: the error itself goes on, and is logged where it is answered.
            logger.error("ticket %s is also ticket %s on %s", parcel.number, delivered.number, server.name)  # noqa: TRY400
        raise


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


def _close(session: Session, actor: Principal, parcel: Parcel, server: Server, number: str, comment: str) -> None:
    ticket = open_to_change(session, actor, by_id(parcel.id))
    if pack(session, actor, by_id(parcel.id)) != parcel:
        raise NotPossible(f"Ticket {parcel.number} was changed by somebody else during its transfer and stays here.")
    where = f"Transferred to {server.name}, where it is ticket {number}."
    notes.add_to(session, actor, ticket, NoteKind.TRANSFER_NOTE, from_plain(_with(where, comment)))
    record(session, ItemKind.TICKET, ticket.id, EventType.TICKET_TRANSFERRED, actor, where)
    ticket.follow_up_at = None  # it is the other installation's to follow up
    if ticket.is_open:
        change_status(session, actor, ticket, TicketStatus.CLOSED, is_done=False)
    session.flush()


def _take_back(delivered: Delivered, server: Server) -> str:
    if delivered.take_back():
        return f"What {server.name} had received was taken back."
    logger.error("ticket %s could not be taken back from %s", delivered.number, server.name)
    return f"It could not be taken back from {server.name}, where it is ticket {delivered.number}."


def _is_unchanged(engine: Engine, actor: Principal, parcel: Parcel, *, is_decided: bool) -> bool:
    """Say whether the ticket certainly stands here as it did.

    Where it is not decided yet the COMMIT may still be under way: the ticket's lock is free when it has come to an end.
    """
    try:
        with reading(engine) if is_decided else writing(engine) as session:
            if not is_decided:
                open_to_change(session, actor, by_id(parcel.id))
            return pack(session, actor, by_id(parcel.id)) == parcel
    except (DBAPIError, HelpdeskError):
        return False


def _with(sentence: str, comment: str) -> str:
    return f"{sentence}\n{comment}" if comment.strip() else sentence
