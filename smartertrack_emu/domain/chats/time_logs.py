"""Time worked on a chat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.timelogs import time_logs
from smartertrack_emu.domain.timelogs.time_logs import TimeLogFacts

from .visibility import open_to_change, require


def add(
    session: Session,
    actor: Principal,
    chat_id: int,
    *,
    category_id: int,
    agent_id: int,
    subject: str,
    description: str,
    started_at: datetime | None,
    ended_at: datetime | None,
    is_billable: bool,
) -> int:
    """Log time worked on a chat, also after its end, and return the log's id; errors as of `time_logs.add`."""
    chat = open_to_change(session, actor, chat_id)
    return time_logs.add(
        session,
        actor,
        ItemKind.CHAT,
        chat.id,
        category_id=category_id,
        agent_id=agent_id,
        subject=subject,
        description=description,
        started_at=started_at,
        ended_at=ended_at,
        is_billable=is_billable,
    )


def get(session: Session, actor: Principal, chat_id: int, time_log_id: int) -> TimeLogFacts:
    """Return one time log of a chat; NotFound."""
    require(session, actor, chat_id)
    return time_logs.get(session, ItemKind.CHAT, chat_id, time_log_id)


def listing(session: Session, actor: Principal, chat_id: int) -> list[TimeLogFacts]:
    """Return a chat's time logs by their start; NotFound."""
    require(session, actor, chat_id)
    return time_logs.listing(session, ItemKind.CHAT, chat_id)
