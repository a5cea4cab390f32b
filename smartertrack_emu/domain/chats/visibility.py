"""Which chats somebody sees, and opening one to read or to change it: the one gate to chats.

Managers and administrators see every group's chats, agents those of their groups, and what the queue holds whoever has
the right to view it. A chat that one may not see is one that does not exist.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound, NotPossible
from smartertrack_emu.domain.naming import shown, storable
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right

from .models import Chat

Which = tuple[ColumnElement[bool], str]
"""The condition that picks a chat, and what a sentence calls it."""


def visible_to(actor: Principal) -> list[ColumnElement[bool]]:
    """Return the conditions that a chat meets which the actor sees; none for who sees all."""
    if not (actor.is_agent or actor.sees_all_groups):  # the system is no agent, and sees all
        return [false()]
    conditions: list[ColumnElement[bool]] = []
    if not actor.sees_all_groups:
        if not actor.group_ids:
            return [false()]
        conditions.append(Chat.group_id.in_(sorted(actor.group_ids)))
    if not actor.may(Right.LIVE_CHAT_VIEW_QUEUE):
        conditions.append(Chat.agent_id != QUEUE_ID)
    return conditions


def by_id(chat_id: int) -> Which:
    """Pick the chat with this id."""
    return Chat.id == chat_id, f"chat {chat_id}"


def by_number(number: str) -> Which:
    """Pick the chat with this number, in any letter case."""
    return Chat.number == storable(number).strip().upper(), f"chat {shown(number.strip())}"


def read(session: Session, actor: Principal, which: Which, *columns: Any) -> Row[*tuple[Any, ...]]:
    """Return columns of a chat that the actor sees, deleted or not; NotFound."""
    condition, name = which
    statement: Select[*tuple[Any, ...]] = select(*columns)
    row = session.execute(statement.where(condition, *visible_to(actor))).one_or_none()
    if row is None:
        raise NotFound(f"There is no {name}.")
    return row


def require(session: Session, actor: Principal, chat_id: int) -> None:
    """Raise NotFound where the actor sees no such chat."""
    read(session, actor, by_id(chat_id), Chat.id)


def open_to_change(session: Session, actor: Principal, chat_id: int) -> Chat:
    """Return a chat that the actor sees, its row locked until the transaction ends.

    NotFound; NotPossible for a deleted one.
    """
    condition, name = by_id(chat_id)
    chat = session.scalars(select(Chat).where(condition, *visible_to(actor)).with_for_update(of=Chat)).one_or_none()
    if chat is None:
        raise NotFound(f"There is no {name}.")
    if chat.is_deleted:
        raise NotPossible(f"Chat {chat.number} is deleted.")
    return chat
