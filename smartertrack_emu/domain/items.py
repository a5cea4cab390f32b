"""Naming an item that another one is related to: a ticket, chat or call log.

    168-24F24A57-000E    a ticket's, chat's or call log's number, in any letter case
    ticket:12    chat:3    calllog:7    by id (ours)

An item that the actor may not see is one that does not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from smartertrack_emu.domain.calllogs import visibility as call_log_visibility
from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats import visibility as chat_visibility
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.kinds import WORDS, ItemKind
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.tickets import visibility as ticket_visibility
from smartertrack_emu.domain.tickets.models import Ticket

_NUMBER = re.compile(r"[0-9A-F]{3}-[0-9A-F]{8}-[0-9A-F]{4}", re.IGNORECASE)
_BY_ID = re.compile(r"(ticket|chat|calllog) *: *(\d{1,9})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Item:
    """A ticket, chat or call log that the actor sees."""

    kind: ItemKind
    id: int
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class _Table:
    model: type[Ticket | Chat | CallLog]
    is_deleted: ColumnElement[bool] | InstrumentedAttribute[bool]


_TABLES = {
    ItemKind.TICKET: _Table(Ticket, Ticket.is_deleted),
    ItemKind.CHAT: _Table(Chat, Chat.is_deleted),
    ItemKind.CALL_LOG: _Table(CallLog, CallLog.deleted_at.is_not(None)),
}


def visible_to(actor: Principal, kind: ItemKind) -> list[ColumnElement[bool]]:
    """Return the conditions that an item of this kind meets which the actor sees; none for who sees all."""
    if kind == ItemKind.TICKET:
        return ticket_visibility.visible_to(actor)
    if kind == ItemKind.CALL_LOG:
        return call_log_visibility.visible_to(actor)
    return chat_visibility.visible_to(actor)


def find(session: Session, actor: Principal, text: str, *, field: str = "item") -> Item:
    """Return the item that a text names; BadValue, naming the `field`, for one that names none, NotFound."""
    word = text.strip()
    if match := _BY_ID.fullmatch(word):
        return by_id(session, actor, ItemKind(match[1].lower()), int(match[2]))
    if not _NUMBER.fullmatch(word):
        raise BadValue(field, ": give the number of a ticket, chat or call log, or ticket:ID, chat:ID or calllog:ID.")
    return _by_number(session, actor, word.upper())


def by_id(session: Session, actor: Principal, kind: ItemKind, item_id: int) -> Item:
    """Return the item with this id; NotFound."""
    table = _TABLES[kind]
    is_deleted = session.execute(
        select(table.is_deleted).where(table.model.id == item_id, *visible_to(actor, kind))
    ).scalar_one_or_none()
    if is_deleted is None:
        raise NotFound(f"There is no {WORDS[kind]} {item_id}.")
    return Item(kind, item_id, is_deleted)


def _by_number(session: Session, actor: Principal, number: str) -> Item:
    """Of two items of different kinds with one number, which is as good as impossible, the ticket comes first."""
    found = [
        select(literal(str(kind)), table.model.id, table.is_deleted).where(
            table.model.number == number, *visible_to(actor, kind)
        )
        for kind, table in _TABLES.items()
    ]
    row = session.execute(union_all(*found)).first()
    if row is None:
        raise NotFound(f"There is no ticket, chat or call log {number}.")
    return Item(ItemKind(row[0]), row[1], bool(row[2]))
