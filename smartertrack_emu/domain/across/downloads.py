"""Which file is at a download address: a ticket's or a chat's, as long as that is not deleted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.tickets.models import Ticket


def find(session: Session, token: str) -> Attachment:
    """Return the complete file of a download address; NotFound also where its ticket or chat has been deleted."""
    found = session.scalars(
        select(Attachment)
        .outerjoin(Ticket, Ticket.id == Attachment.ticket_id)
        .outerjoin(Chat, Chat.id == Attachment.chat_id)
        .where(
            Attachment.token == token,
            Attachment.is_complete,
            Attachment.call_log_id.is_(None),
            Ticket.is_deleted.is_not(True),
            Chat.is_deleted.is_not(True),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such file.")
    return found
