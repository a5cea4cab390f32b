"""A ticket's properties: what the 'key=value' operations know of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.html import from_plain, to_text
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.types import AnyRow

from .models import Direction, TicketMessage
from .visibility import Which, read, tickets

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


def as_text(message: AnyRow | None) -> str:
    """Return what a message says as readable plain text."""
    if message is None:
        return ""
    return to_text(message.body) if message.is_html else str(message.body)


def as_html(message: AnyRow | None) -> str:
    """Return what a message says as HTML."""
    if message is None:
        return ""
    return str(message.body) if message.is_html else from_plain(message.body)
