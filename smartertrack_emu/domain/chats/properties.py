"""Properties of a chat: what its number, customer and place are."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.models import Brand
from smartertrack_emu.domain.timelogs import time_logs

from .models import Chat
from .search import CUSTOMER_ID
from .visibility import by_id, read


class Properties(NamedTuple):
    """A chat's properties; `opened_at` is when the customer came."""

    id: int
    number: str
    brand_name: str
    department_id: int
    group_id: int
    agent_id: int
    customer_name: str
    customer_email: str
    customer_ip: str
    customer_language: str
    customer_username: str
    opened_at: datetime
    deleted_at: datetime | None
    is_active: bool
    is_deleted: bool
    is_indexed: bool
    reply_count_in: int
    reply_count_out: int
    minutes_logged: int


def properties(session: Session, actor: Principal, chat_id: int) -> Properties:
    """Return a chat's properties; NotFound. Always the same number of statements, whichever of them are wanted."""
    row = read(
        session,
        actor,
        by_id(chat_id),
        Chat.number,
        Chat.brand_id,
        Chat.department_id,
        Chat.group_id,
        Chat.agent_id,
        Chat.customer_name,
        Chat.customer_email,
        Chat.customer_ip,
        Chat.customer_language,
        Chat.queued_at,
        Chat.deleted_at,
        Chat.is_active,
        Chat.is_deleted,
        Chat.is_indexed,
        Chat.reply_count_in,
        Chat.reply_count_out,
        CUSTOMER_ID,
    )
    brand = session.get_one(Brand, row.brand_id)
    customer = session.get(User, row.customer_id)
    return Properties(
        id=chat_id,
        number=row.number,
        brand_name=brand.name,
        department_id=row.department_id,
        group_id=row.group_id,
        agent_id=row.agent_id,
        customer_name=row.customer_name,
        customer_email=row.customer_email,
        customer_ip=row.customer_ip,
        customer_language=row.customer_language,
        customer_username="" if customer is None else customer.username,
        opened_at=row.queued_at,
        deleted_at=row.deleted_at,
        is_active=row.is_active,
        is_deleted=row.is_deleted,
        is_indexed=row.is_indexed,
        reply_count_in=row.reply_count_in,
        reply_count_out=row.reply_count_out,
        minutes_logged=time_logs.minutes(session, ItemKind.CHAT, chat_id),
    )
