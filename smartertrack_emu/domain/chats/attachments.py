"""Files sent in a chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.people.principal import Principal

from .visibility import require


def listing(session: Session, actor: Principal, chat_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the complete files of a chat, oldest first; NotFound.

    Of each: id, token, name, name_on_disk, received_length, file_at, sender_id, sender_name.
    """
    require(session, actor, chat_id)
    return session.execute(
        select(
            Attachment.id,
            Attachment.token,
            Attachment.name,
            Attachment.name_on_disk,
            Attachment.received_length,
            Attachment.file_at,
            Attachment.sender_id,
            Attachment.sender_name,
        )
        .where(Attachment.chat_id == chat_id, Attachment.is_complete)
        .order_by(Attachment.created_at, Attachment.id)
    ).all()
