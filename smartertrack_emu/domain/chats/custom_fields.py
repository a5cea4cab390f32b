"""Custom fields of a chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from smartertrack_emu.domain.customfields import values
from smartertrack_emu.domain.customfields.values import Item
from smartertrack_emu.domain.events.chats import LiveChatChanged
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal

from .models import Chat
from .visibility import by_id, open_to_change, read


def listed(session: Session, actor: Principal, chat_id: int) -> list[tuple[str, str]]:
    """Return all fields of a chat with their values, in the template's order; NotFound."""
    return values.listed(session, _item(session, actor, chat_id))


def asked(
    session: Session, actor: Principal, chat_id: int, names: Iterable[str | None]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the values of the fields named, and the names that are no field of the chat's; NotFound."""
    return values.asked(session, _item(session, actor, chat_id), names)


def set_values(session: Session, actor: Principal, chat_id: int, wanted: Mapping[str, str]) -> None:
    """Set values by the fields' names, also after the end.

    NotFound; NotPossible for a deleted chat; BadValue for a name that is no field and a value that it does not take.
    """
    chat = open_to_change(session, actor, chat_id)
    changes = values.set_values(session, Item(ItemKind.CHAT, chat.id, chat.department_id), wanted)
    if changes:
        publish(session, actor, LiveChatChanged(chat.id, changes))


def _item(session: Session, actor: Principal, chat_id: int) -> Item:
    row = read(session, actor, by_id(chat_id), Chat.department_id)
    return Item(ItemKind.CHAT, chat_id, row.department_id)
