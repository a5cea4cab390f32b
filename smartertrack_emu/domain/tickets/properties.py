"""A ticket's properties: what the 'key=value' operations know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotPossible
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketChanged, TicketPriorityChanged
from smartertrack_emu.domain.events.words import Value, kept
from smartertrack_emu.domain.html import from_plain, to_text
from smartertrack_emu.domain.kinds import Priority, TicketStatus, counted
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.structure.places import resolve
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.types import AnyRow

from .assignment import move
from .conversation import first_response_at
from .customers import find_or_create
from .models import Direction, Ticket, TicketMessage
from .state import mark_deleted, restore
from .status import change_status, touch
from .visibility import Which, open_to_change, read, tickets

PIN_IMAGE = "pin.png"
"""The name of the picture beside a ticket pinned to its agent (ours)."""


class Properties(NamedTuple):
    """What may be read of a ticket: its own columns, then what was said and to whom in its first message (ours)."""

    id: int
    number: str
    subject: str
    customer_email: str
    deleted_at: datetime | None
    opened_at: datetime
    department_id: int
    group_id: int
    agent_id: int
    file_id_raw_content: int | None
    idle_since: datetime
    is_deleted: bool
    is_indexed: bool
    is_pinned: bool
    is_spam: bool
    reply_count_in: int
    reply_count_out: int
    priority: Priority
    status: TicketStatus
    body_text: str = ""
    body_as_stored: str = ""
    body_html: str = ""
    cc_address: str = ""
    received_at: datetime | None = None
    from_address: str = ""
    to_address: str = ""
    is_to_customer: bool = False

    @property
    def pin_image(self) -> str:
        """The name of the picture beside it, "" where it is not pinned."""
        return PIN_IMAGE if self.is_pinned else ""


_COLUMNS = tuple(tickets[name] for name in Properties._fields if name not in Properties._field_defaults)


def properties(session: Session, actor: Principal, which: Which) -> Properties:
    """Return all documented properties of a ticket the actor sees; NotFound."""
    ticket = read(session, actor, which, _COLUMNS)
    first: AnyRow | None = session.execute(
        select(
            TicketMessage.body,
            TicketMessage.is_html,
            TicketMessage.cc_address,
            TicketMessage.sent_at,
            TicketMessage.from_address,
            TicketMessage.to_address,
            TicketMessage.direction,
        )
        .where(TicketMessage.ticket_id == ticket.id)
        .order_by(TicketMessage.sent_at, TicketMessage.id)
        .limit(1)
    ).one_or_none()
    if first is None:
        return Properties(*ticket)
    return Properties(*ticket)._replace(
        body_text=as_text(first),
        body_as_stored=first.body,
        body_html=as_html(first),
        cc_address=first.cc_address,
        received_at=first.sent_at,
        from_address=first.from_address,
        to_address=first.to_address,
        is_to_customer=first.direction == Direction.TO_CUSTOMER,
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """One property that got another value; `name` is what the history calls it."""

    name: str
    before: Value
    after: Value


_OF_TICKET = {
    "opened_at": "DateOpenedUTC",
    "file_id_raw_content": "FileIDRawContent",
    "idle_since": "IdleStartTimeUTC",
    "is_indexed": "IsIndexed",
    "is_pinned": "IsPinnedToAgent",
    "is_spam": "IsSpam",
    "reply_count_in": "ReplyCountIn",
    "reply_count_out": "ReplyCountOut",
    "subject": "Subject",
    "priority": "TicketPriorityID",
}
"""A ticket's columns that are properties, and what its history calls them."""

_OF_MESSAGE = {
    "body_html": ("body", "BodyHTML"),
    "cc_address": ("cc_address", "CCAddress"),
    "received_at": ("sent_at", "DateReceivedUTC"),
    "from_address": ("from_address", "FromAddress"),
    "to_address": ("to_address", "ToAddress"),
    "is_to_customer": ("direction", "ToCustomer"),
}
"""Properties that are a message's columns, and what the history calls them."""

_NAME_BESIDE = {"from_address": "from_name", "to_address": "to_name"}


def set_properties(session: Session, actor: Principal, which: Which, wanted: Mapping[str, Any]) -> None:
    """Give properties of a ticket, by the names of `Properties`, other values, checked: one event for each change.

    A deleted ticket takes nothing before `is_deleted` False, a locked one nothing but another status and `is_deleted`.
    NotFound, BadValue; NotPossible; PermissionDenied for deleting, moving and locking without the right to.
    """
    values = dict(wanted)
    ticket = open_to_change(session, actor, which, even_locked=True, even_deleted=True)
    delete, deleted_at = values.pop("is_deleted", None), values.pop("deleted_at", None)
    status = values.pop("status", None)
    if deleted_at is not None and not delete:
        raise BadValue("deleted_at", "is set together with {is_deleted}=True.", fields=["is_deleted"])
    if ticket.is_deleted:
        if delete is not False:
            message = f"Ticket {ticket.number} is deleted: only {{is_deleted}}=False can be set."
            raise NotPossible(message, fields=["is_deleted"])
        actor.require(Right.TICKETS_MARK_AS_DELETED, "{is_deleted}", fields=["is_deleted"])
        restore(session, actor, ticket)
    if ticket.status is TicketStatus.LOCKED:
        if values and status in (None, TicketStatus.LOCKED):
            raise NotPossible(f"Ticket {ticket.number} is closed and locked.")
        change_status(session, actor, ticket, status or ticket.status)
    _move(session, actor, ticket, values)
    changes = [*_set_customer(session, ticket, values), *_set_columns(ticket, values)]
    changes += _set_message(session, ticket, values)
    if changes:
        touch(ticket, max(clock.now(), ticket.opened_at))
        session.flush()
    for change in changes:
        _record(session, actor, ticket, change)
    if status is not None:
        change_status(session, actor, ticket, status)
    if delete:
        actor.require(Right.TICKETS_MARK_AS_DELETED, "{is_deleted}", fields=["is_deleted"])
        mark_deleted(session, actor, ticket, deleted_at)


def _move(session: Session, actor: Principal, ticket: Ticket, values: dict[str, Any]) -> None:
    """Move a ticket by department, group and agent; a department alone means its first group."""
    department_id, group_id, agent_id = (values.pop(name, None) for name in ("department_id", "group_id", "agent_id"))
    if department_id is not None and (group_id is not None or department_id != ticket.department_id):
        group_id = resolve(session, department_id, group_id or 0).group_id
    if agent_id is not None:
        agent_id = agent_id or QUEUE_ID
    if (group_id or ticket.group_id) != ticket.group_id or (agent_id or ticket.agent_id) != ticket.agent_id:
        move(session, actor, ticket, group_id=group_id, agent_id=None if agent_id == ticket.agent_id else agent_id)


def _set_customer(session: Session, ticket: Ticket, values: dict[str, Any]) -> list[_Change]:
    """Give a ticket another customer: the user with the address, a new one where there is none."""
    before, after = ticket.customer_email, values.get("customer_email", ticket.customer_email)
    if after == before:
        return []
    customer = find_or_create(session, after)
    ticket.customer_id, ticket.customer_name, ticket.customer_email = customer.id, customer.display_name, after
    return [_Change("CustomerEmailAddress", before, after)]


def _set_columns(ticket: Ticket, values: dict[str, Any]) -> list[_Change]:
    changes = []
    for name, called in _OF_TICKET.items():
        if name in values and values[name] != getattr(ticket, name):
            changes.append(_Change(called, getattr(ticket, name), values[name]))
            setattr(ticket, name, values[name])
            if name == "idle_since":
                ticket.watched_since = values[name]
            elif name == "is_pinned" and values[name]:
                ticket.pinned_at = clock.now()
    return changes


def _set_message(session: Session, ticket: Ticket, values: dict[str, Any]) -> list[_Change]:
    """Change the first message, and what follows from its date and direction."""
    if values.keys().isdisjoint(_OF_MESSAGE):
        return []
    of_ticket = (TicketMessage.ticket_id == ticket.id,)
    message = session.scalars(
        select(TicketMessage).where(*of_ticket).order_by(TicketMessage.sent_at, TicketMessage.id).limit(1)
    ).one_or_none()
    if message is None:
        raise NotPossible(f"Ticket {ticket.number} has no message.")
    changes = []
    for name, (attribute, called) in _OF_MESSAGE.items():
        before = as_html(message) if name == "body_html" else getattr(message, attribute)
        if name not in values or values[name] == before:
            continue
        after: Any = Direction(values[name]) if name == "is_to_customer" else values[name]
        changes.append(_Change(called, before, after))
        setattr(message, attribute, after)
        if name == "body_html":
            message.is_html = True
        if name in _NAME_BESIDE:
            setattr(message, _NAME_BESIDE[name], _display_name(session, after))
        if name == "is_to_customer" and not message.is_draft:
            one = 1 if message.direction is Direction.TO_CUSTOMER else -1
            ticket.reply_count_out = counted(max(ticket.reply_count_out + one, 0))
            ticket.reply_count_in = counted(max(ticket.reply_count_in - one, 0))
    session.flush()
    ticket.first_response_at = first_response_at(session, ticket.id)
    ticket.last_reply_at = session.scalar(
        select(func.max(TicketMessage.sent_at)).where(*of_ticket, ~TicketMessage.is_draft)
    )
    return changes


def _display_name(session: Session, address: str) -> str:
    """Return the name of the user with an address, "" where there is none."""
    found = select(User.display_name).where(User.email_key == key(address), User.deleted_at.is_(None))
    return (session.scalar(found) or "") if address else ""


def _record(session: Session, actor: Principal, ticket: Ticket, change: _Change) -> None:
    if isinstance(change.before, Priority) and isinstance(change.after, Priority):
        publish(session, actor, TicketPriorityChanged(ticket.id, change.before.word, change.after.word))
    else:
        publish(session, actor, TicketChanged(ticket.id, change.name, kept(change.before), kept(change.after)))


def as_text(message: AnyRow | TicketMessage | None) -> str:
    """Return what a message says as readable plain text."""
    if message is None:
        return ""
    return to_text(message.body) if message.is_html else str(message.body)


def as_html(message: AnyRow | TicketMessage | None) -> str:
    """Return what a message says as HTML."""
    if message is None:
        return ""
    return str(message.body) if message.is_html else from_plain(message.body)
