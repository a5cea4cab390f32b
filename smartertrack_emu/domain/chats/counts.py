"""How many chats there are, by agent and group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.people.principal import Principal

from .models import Chat
from .visibility import visible_to


def counts(session: Session, actor: Principal, *, of_agent: int | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (brand_id, department_id, group_id, agent_id, active, inactive) of the chats that the actor sees.

    A row for each group and agent that have a chat, deleted ones aside; `of_agent`: of that agent's chats alone.
    """
    statement = (
        select(
            Chat.brand_id,
            Chat.department_id,
            Chat.group_id,
            Chat.agent_id,
            func.sum(case((Chat.is_active, 1), else_=0)).label("active"),
            func.sum(case((Chat.is_active, 0), else_=1)).label("inactive"),
        )
        .where(~Chat.is_deleted, *visible_to(actor))
        .group_by(Chat.brand_id, Chat.department_id, Chat.group_id, Chat.agent_id)
        .order_by(Chat.brand_id, Chat.department_id, Chat.group_id, Chat.agent_id)
    )
    if of_agent is not None:
        statement = statement.where(Chat.agent_id == of_agent)
    return session.execute(statement).all()
