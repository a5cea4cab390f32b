"""What a ticket is related to: other tickets, chats and call logs. A relation shows from both sides."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, literal, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock, items
from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.domain.events.calllogs import CallLogAttachedToTicket, CallLogDetachedFromTicket
from smartertrack_emu.domain.events.chats import (
    LiveChatAttachedToTicket,
    LiveChatChanged,
    LiveChatDetachedFromTicket,
)
from smartertrack_emu.domain.events.declaring import HelpdeskEvent
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketRelatedItemAdded, TicketRelatedItemRemoved
from smartertrack_emu.domain.items import Item
from smartertrack_emu.domain.kinds import WORDS, ItemKind
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.tickets.models import Ticket, TicketRelation
from smartertrack_emu.domain.tickets.visibility import Which, by_id, open_to_change, read, tickets
from smartertrack_emu.store.types import AnyRow

relations: Any = TicketRelation.__table__
_COLUMNS = {
    ItemKind.TICKET: relations.c.related_ticket_id,
    ItemKind.CHAT: relations.c.chat_id,
    ItemKind.CALL_LOG: relations.c.call_log_id,
}
_ITEMS: dict[ItemKind, tuple[Any, Any]] = {
    ItemKind.TICKET: (Ticket, ~Ticket.is_deleted),
    ItemKind.CHAT: (Chat, ~Chat.is_deleted),
    ItemKind.CALL_LOG: (CallLog, CallLog.deleted_at.is_(None)),
}
"""The table of each kind, and which of its rows are there."""
_DIGITS = re.compile(r"\d{1,9}", re.ASCII)


class RelatedItem(NamedTuple):
    """An item by its kind and id."""

    kind: ItemKind
    id: int


def add(session: Session, actor: Principal, which: Which, text: str) -> bool:
    """Relate a ticket to the item that a text names; False where it was already.

    The text is an item's number, or its kind and id (`domain.items`); bare digits are a ticket's id ("the numeric ID of
    the related item" is documented, that it is a ticket's is ours). A locked ticket may be related.
    NotFound; BadValue for a ticket's relation to itself; NotPossible for a deleted item on either side.
    """
    ticket = read(session, actor, which, (tickets.id, tickets.number))
    ticket_id: int = ticket.id
    item = _named(session, actor, text)
    if (item.kind, item.id) == (ItemKind.TICKET, ticket_id):
        raise BadValue("related_item", f": ticket {ticket_id} cannot be related to itself.")
    # In one order, so that two calls which relate the same tickets from either side do not wait for each other.
    for own_id in sorted({ticket_id, item.id} if item.kind is ItemKind.TICKET else {ticket_id}):
        open_to_change(session, actor, by_id(own_id), even_locked=True)
    if item.is_deleted:
        raise NotPossible(f"The {WORDS[item.kind]} {item.id} is deleted.")
    if not _insert(session, actor, ticket_id, item):
        return False
    publish(session, actor, TicketRelatedItemAdded(ticket_id, item.kind, item.id))
    publish(session, actor, _event(item, ticket))
    if item.kind is ItemKind.CHAT:  # whose history says it in the words that it always had
        publish(session, actor, LiveChatAttachedToTicket(item.id, ticket.number))
    return True


def remove(session: Session, actor: Principal, which: Which, text: str) -> None:
    """Let a ticket be related to an item no more, which a text names as in `add`; the item may be deleted.

    NotFound, also where they are not related; BadValue; NotPossible for a deleted ticket.
    """
    ticket = read(session, actor, which, (tickets.id, tickets.number))
    ticket_id: int = ticket.id
    item = _named(session, actor, text)
    open_to_change(session, actor, by_id(ticket_id), even_locked=True)
    first, second = _in_order(ticket_id, item)
    found = session.scalar(
        delete(relations).where(relations.c.ticket_id == first, _COLUMNS[item.kind] == second).returning(relations.c.id)
    )
    if found is None:
        raise NotFound(f"Ticket {ticket.number} is not related to {WORDS[item.kind]} {item.id}.")
    publish(session, actor, TicketRelatedItemRemoved(ticket_id, item.kind, item.id))
    if item.kind is ItemKind.TICKET:
        publish(session, actor, TicketRelatedItemRemoved(item.id, ItemKind.TICKET, ticket_id))
    elif item.kind is ItemKind.CHAT:
        publish(session, actor, LiveChatDetachedFromTicket(item.id, ticket.number))
    else:
        publish(session, actor, CallLogDetachedFromTicket(item.id, ticket.number))


def _named(session: Session, actor: Principal, text: str) -> Item:
    """Return the item that a text names; bare digits are a ticket's id."""
    word = text.strip()
    return items.find(session, actor, f"ticket:{word}" if _DIGITS.fullmatch(word) else word, field="related_item")


def _in_order(ticket_id: int, item: Item) -> tuple[int, int]:
    """Return the ids of a relation as its row holds them: two tickets have one row, from whichever side they are."""
    if item.kind is not ItemKind.TICKET:
        return ticket_id, item.id
    return min(ticket_id, item.id), max(ticket_id, item.id)


def _event(item: Item, ticket: AnyRow) -> HelpdeskEvent:
    """Return what happens to an item that a ticket is related to."""
    if item.kind is ItemKind.TICKET:
        return TicketRelatedItemAdded(item.id, ItemKind.TICKET, ticket.id)
    if item.kind is ItemKind.CHAT:
        return LiveChatChanged(item.id, related_ticket_id=ticket.id)
    return CallLogAttachedToTicket(item.id, ticket.number, ticket.id)


def _insert(session: Session, actor: Principal, ticket_id: int, item: Item) -> bool:
    """Two calls may relate the same items at once, from either side: one row comes of it."""
    first, second = _in_order(ticket_id, item)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {
        "ticket_id": first,
        _COLUMNS[item.kind].name: second,
        "created_at": clock.now(),
        "created_by_id": actor.id,
    }
    statement = insert(relations).values(row).on_conflict_do_nothing().returning(relations.c.id)
    return session.execute(statement).one_or_none() is not None


def of_ticket(session: Session, actor: Principal, which: Which) -> list[RelatedItem]:
    """Return the items that a ticket is related to and the actor sees, in the order in which they were; NotFound.

    Deleted items are left out.
    """
    ticket_id = read(session, actor, which, (tickets.id,)).id
    own, other = relations.c.ticket_id, relations.c.related_ticket_id
    rows = session.execute(
        union_all(
            _related(actor, ItemKind.TICKET, own == ticket_id, other),
            _related(actor, ItemKind.TICKET, other == ticket_id, own),
            _related(actor, ItemKind.CHAT, own == ticket_id, relations.c.chat_id),
            _related(actor, ItemKind.CALL_LOG, own == ticket_id, relations.c.call_log_id),
        ).order_by("relation_id")
    )
    return [RelatedItem(ItemKind(row.kind), row.item_id) for row in rows]


def _related(actor: Principal, kind: ItemKind, of_ticket: Any, item_id: Any) -> Select[Any, Any, Any]:
    """Return the items of one kind that the actor sees."""
    model, is_there = _ITEMS[kind]
    return (
        select(relations.c.id.label("relation_id"), literal(str(kind)).label("kind"), item_id.label("item_id"))
        .join_from(relations, model.__table__, model.__table__.c.id == item_id)
        .where(of_ticket, is_there, *items.visible_to(actor, kind))
    )
