"""What was said in a chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.people.principal import Principal

from .models import ChatMessage
from .visibility import require


def transcript(session: Session, actor: Principal, chat_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (sent_at, author_id, author_name, id, body, sender_kind) of a chat's messages, oldest first; NotFound.

    Who has no account has the id 0.
    """
    require(session, actor, chat_id)
    return session.execute(
        select(
            ChatMessage.sent_at,
            func.coalesce(ChatMessage.author_id, 0),
            ChatMessage.author_name,
            ChatMessage.id,
            ChatMessage.body,
            ChatMessage.sender_kind,
        )
        .where(ChatMessage.chat_id == chat_id)
        .order_by(ChatMessage.sent_at, ChatMessage.id)
    ).all()
