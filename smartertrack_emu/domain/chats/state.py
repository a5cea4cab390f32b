"""Ending chats from the agents' side, and marking them as deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.customfields import values
from smartertrack_emu.domain.customfields.values import Item, Requirement
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.events.chats import LiveChatDeleted, LiveChatIdle
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.users import SYSTEM

from . import lifecycle
from .visibility import open_to_change


def end_abandoned(session: Session, chat_id: int, before: datetime) -> bool:
    """End a chat whose customer was not seen since a moment; False where it is not so any more."""
    chat = open_to_change(session, SYSTEM, chat_id)
    if not chat.is_active or chat.customer_seen_at is None or chat.customer_seen_at > before:
        return False
    lifecycle.end(session, SYSTEM, chat)
    return True


def tell_idle(session: Session, chat_id: int, before: datetime) -> bool:
    """Let it be an event that a customer waits for an answer since a moment: once, until somebody answers."""
    chat = open_to_change(session, SYSTEM, chat_id)
    if not chat.is_active or chat.watched_since is None or chat.watched_since > before:
        return False
    minutes = int((clock.now() - chat.watched_since).total_seconds()) // 60
    chat.watched_since = None
    session.flush()
    publish(session, SYSTEM, LiveChatIdle(chat.id, minutes))
    return True


def close(session: Session, actor: Principal, chat_id: int) -> None:
    """End an active chat; NotFound.

    NotPossible for one that ended, and where custom fields are not filled in that the department wants before that.
    """
    chat = open_to_change(session, actor, chat_id)
    if chat.is_active:
        missing = values.missing(session, Item(ItemKind.CHAT, chat.id, chat.department_id), Requirement.AGENTS_TO_CLOSE)
        if missing:
            names = ", ".join(missing)
            raise NotPossible(f"Closing chat {chat.number} needs these custom fields filled in: {names}.")
    lifecycle.end(session, actor, chat)


def delete(session: Session, actor: Principal, chat_id: int) -> None:
    """Mark a chat as deleted, whether it has ended or not; NotFound, NotPossible for one that is."""
    chat = open_to_change(session, actor, chat_id)
    chat.is_deleted = True
    chat.deleted_at = clock.now()
    session.flush()
    publish(session, actor, LiveChatDeleted(chat.id))
