"""Ending chats from the agents' side, and marking them as deleted."""

from __future__ import annotations

from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.customfields import values
from smartertrack_emu.domain.customfields.values import Item, Requirement
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.events.chats import LiveChatDeleted
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal

from . import lifecycle
from .visibility import open_to_change


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
