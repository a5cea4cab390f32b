"""What has been done to a chat."""

from __future__ import annotations

from sqlalchemy.orm import Session

from smartertrack_emu.domain.events.history import HistoryEntry
from smartertrack_emu.domain.events.history import history as history_of
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal

from .visibility import require


def history(session: Session, actor: Principal, chat_id: int) -> list[HistoryEntry]:
    """Return a chat's history, oldest first; NotFound."""
    require(session, actor, chat_id)
    return history_of(session, ItemKind.CHAT, chat_id)
