"""A ticket's properties: what the 'key=value' operations know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotPossible
from smartertrack_emu.domain.events.history import EventType, record
from smartertrack_emu.domain.html import from_plain, to_text
from smartertrack_emu.domain.kinds import ItemKind, counted
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.structure.places import resolve
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.types import AnyRow

from .assignment import move
from .changes import described
from .conversation import first_response_at
from .customers import find_or_create
from .models import Direction, Ticket, TicketMessage, TicketStatus
from .state import mark_deleted, restore
from .status import change_status, touch
from .visibility import Which, open_to_change, read, tickets

_COLUMNS = (
    tickets.id,
    tickets.number,
    tickets.subject,
    tickets.customer_email,
    tickets.deleted_at,
    tickets.opened_at,
    tickets.department_id,
    tickets.group_id,
    tickets.agent_id,
    tickets.file_id_raw_content,
    tickets.idle_since,
    tickets.is_deleted,
    tickets.is_indexed,
    tickets.is_pinned,
    tickets.is_spam,
    tickets.reply_count_in,
    tickets.reply_count_out,
    tickets.priority,
    tickets.status,
)

PIN_IMAGE = "pin.png"
"""The name of the picture beside a ticket pinned to its agent (ours)."""


def properties(session: Session, actor: Principal, which: Which) -> dict[str, Any]:
    """Return all documented properties of a ticket the actor sees, in documented order; NotFound.

    What was said and to whom is the first message's (ours).
    """
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
    return {
        "BodyContent": as_text(first),
        "BodyContentRaw": first.body if first else "",
        "BodyHTML": as_html(first),
        "CCAddress": first.cc_address if first else "",
        "CustomerEmailAddress": ticket.customer_email,
        "DateDeletedUTC": ticket.deleted_at,
        "DateOpenedUTC": ticket.opened_at,
        "DateReceivedUTC": first.sent_at if first else None,
        "DepartmentID": ticket.department_id,
        "FileIDRawContent": ticket.file_id_raw_content,
        "FromAddress": first.from_address if first else "",
        "GroupID": ticket.group_id,
        "IdleStartTimeUTC": ticket.idle_since,
        "IsDeleted": ticket.is_deleted,
        "IsIndexed": ticket.is_indexed,
        "IsPinnedToAgent": ticket.is_pinned,
        "IsSpam": ticket.is_spam,
        "PinImage": PIN_IMAGE if ticket.is_pinned else "",
        "ReplyCountIn": ticket.reply_count_in,
        "ReplyCountOut": ticket.reply_count_out,
        "Subject": ticket.subject,
        "TicketID": ticket.id,
        "TicketNumber": ticket.number,
        "TicketPriorityID": ticket.priority,
        "TicketStatusID": ticket.status,
        "ToAddress": first.to_address if first else "",
        "ToCustomer": first is not None and first.direction == Direction.TO_CUSTOMER,
        "UserID": ticket.agent_id,
    }


@dataclass(frozen=True, slots=True)
class _Change:
    """One property that got another value."""

    name: str
    before: object
    after: object


_OF_TICKET = {
    "DateOpenedUTC": "opened_at",
    "FileIDRawContent": "file_id_raw_content",
    "IdleStartTimeUTC": "idle_since",
    "IsIndexed": "is_indexed",
    "IsPinnedToAgent": "is_pinned",
    "IsSpam": "is_spam",
    "ReplyCountIn": "reply_count_in",
    "ReplyCountOut": "reply_count_out",
    "Subject": "subject",
    "TicketPriorityID": "priority",
}
_OF_MESSAGE = {
    "BodyHTML": "body",
    "CCAddress": "cc_address",
    "DateReceivedUTC": "sent_at",
    "FromAddress": "from_address",
    "ToAddress": "to_address",
    "ToCustomer": "direction",
}
_NAME_BESIDE = {"FromAddress": "from_name", "ToAddress": "to_name"}


def set_properties(session: Session, actor: Principal, which: Which, wanted: Mapping[str, Any]) -> None:
    """Give properties of a ticket, checked and in the types of its columns, other values: one event for each change.

    A deleted ticket takes nothing before `IsDeleted` False, a locked one nothing but another status and `IsDeleted`.
    NotFound, BadValue; NotPossible; PermissionDenied for deleting, moving and locking without the right to.
    """
    values = dict(wanted)
    ticket = open_to_change(session, actor, which, even_locked=True, even_deleted=True)
    delete, deleted_at = values.pop("IsDeleted", None), values.pop("DateDeletedUTC", None)
    status = values.pop("TicketStatusID", None)
    if deleted_at is not None and not delete:
        raise BadValue("DateDeletedUTC is set together with IsDeleted=True.")
    if ticket.is_deleted:
        if delete is not False:
            raise NotPossible(f"Ticket {ticket.number} is deleted: only IsDeleted=False can be set.")
        actor.require(Right.TICKETS_MARK_AS_DELETED, "IsDeleted")
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
        actor.require(Right.TICKETS_MARK_AS_DELETED, "IsDeleted")
        mark_deleted(session, actor, ticket, deleted_at)


def _move(session: Session, actor: Principal, ticket: Ticket, values: dict[str, Any]) -> None:
    """Move a ticket by department, group and agent; a department alone means its first group."""
    department_id, group_id, agent_id = (values.pop(name, None) for name in ("DepartmentID", "GroupID", "UserID"))
    if department_id is not None and (group_id is not None or department_id != ticket.department_id):
        group_id = resolve(session, department_id, group_id or 0).group_id
    if agent_id is not None:
        agent_id = agent_id or QUEUE_ID
    if (group_id or ticket.group_id) != ticket.group_id or (agent_id or ticket.agent_id) != ticket.agent_id:
        move(session, actor, ticket, group_id=group_id, agent_id=None if agent_id == ticket.agent_id else agent_id)


def _set_customer(session: Session, ticket: Ticket, values: dict[str, Any]) -> list[_Change]:
    """Give a ticket another customer: the user with the address, a new one where there is none."""
    before, after = ticket.customer_email, values.get("CustomerEmailAddress", ticket.customer_email)
    if after == before:
        return []
    customer = find_or_create(session, after)
    ticket.customer_id, ticket.customer_name, ticket.customer_email = customer.id, customer.display_name, after
    return [_Change("CustomerEmailAddress", before, after)]


def _set_columns(ticket: Ticket, values: dict[str, Any]) -> list[_Change]:
    changes = []
    for name, attribute in _OF_TICKET.items():
        if name in values and values[name] != getattr(ticket, attribute):
            changes.append(_Change(name, getattr(ticket, attribute), values[name]))
            setattr(ticket, attribute, values[name])
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
    for name, attribute in _OF_MESSAGE.items():
        before = as_html(message) if name == "BodyHTML" else getattr(message, attribute)
        if name not in values or values[name] == before:
            continue
        changes.append(_Change(name, before, values[name]))
        setattr(message, attribute, values[name])
        if name == "BodyHTML":
            message.is_html = True
        if name in _NAME_BESIDE:
            setattr(message, _NAME_BESIDE[name], _display_name(session, values[name]))
        if name == "ToCustomer" and not message.is_draft:
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
    event = EventType.TICKET_PRIORITY_CHANGED if change.name == "TicketPriorityID" else EventType.TICKET_CHANGED
    details = described(change.name, change.before, change.after)
    record(session, ItemKind.TICKET, ticket.id, event, actor, details)


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
