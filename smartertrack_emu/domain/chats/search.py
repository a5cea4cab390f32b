"""Finding chats: the facts of one, and lists by criteria."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.kinds import counted
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.search.expression import parse
from smartertrack_emu.domain.search.finding import find
from smartertrack_emu.domain.search.index import SearchIndex
from smartertrack_emu.domain.text import fold

from .models import Chat, ChatText
from .visibility import Which, read, visible_to

_T = ChatText.__table__.c
CHATS = SearchIndex(_T.chat_id, (_T.heading, _T.said))

CUSTOMER_ID = func.coalesce(
    Chat.customer_id,
    select(User.id).where(User.email_key == Chat.customer_email_key).correlate(Chat).scalar_subquery(),
    0,
).label("customer_id")
"""The user whom the customer is by their e-mail address, also one who registered after the chat; 0 for none."""

FACTS: tuple[Any, ...] = (
    Chat.number,
    Chat.customer_name,
    Chat.customer_email,
    Chat.customer_ip,
    Chat.customer_language,
    Chat.deleted_at,
    Chat.ended_at,
    Chat.queued_at,
    Chat.started_at,
    Chat.id,
    Chat.agent_id,
    CUSTOMER_ID,
    Chat.department_id,
    Chat.group_id,
    Chat.is_active,
    Chat.is_deleted,
    Chat.last_reply_at,
    Chat.reply_count_in,
    Chat.reply_count_out,
)
"""What lists show of a chat, in the order of `ChatInfo`."""

_FACTS: Select[*tuple[Any, ...]] = select(*FACTS)


@dataclass(slots=True)
class ChatSearch:
    """Criteria, all of which a chat must meet; None: any.

    Dates are of the start, both ends included. `text` is what searches take, of its number, customer and messages;
    `customer_name` a part of it, without letter case. Deleted chats are found only when asked for, and the queue's
    only with `include_queue` (then beside those of `agent_id`) or where the agent is the queue. `max_results` None:
    no limit.
    """

    text: str = ""
    customer_name: str = ""
    number: str | None = None
    started_from: datetime | None = None
    started_to: datetime | None = None
    department_id: int | None = None
    group_id: int | None = None
    agent_id: int | None = None
    is_active: bool | None = None
    is_deleted: bool = False
    include_queue: bool = False
    ascending: bool = False
    max_results: int | None = None


def facts(session: Session, actor: Principal, which: Which) -> Row[*tuple[Any, ...]]:
    """Return one chat's facts; NotFound."""
    return read(session, actor, which, *FACTS)


def search(session: Session, actor: Principal, criteria: ChatSearch) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the facts of the chats found, by their start, the latest first unless `ascending`."""
    order = (Chat.started_at, Chat.id)
    statement = (
        _FACTS.where(*_conditions(session, criteria), *visible_to(actor))
        .order_by(*(order if criteria.ascending else [column.desc() for column in order]))
        .limit(criteria.max_results)
    )
    return session.execute(statement).all()


def _conditions(session: Session, criteria: ChatSearch) -> list[ColumnElement[bool]]:
    equal: dict[Any, Any] = {
        Chat.number: None if criteria.number is None else criteria.number.strip().upper(),
        Chat.department_id: criteria.department_id,
        Chat.group_id: criteria.group_id,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    flags: dict[Any, bool | None] = {Chat.is_deleted: criteria.is_deleted, Chat.is_active: criteria.is_active}
    conditions += [column if value else ~column for column, value in flags.items() if value is not None]
    if criteria.started_from is not None:
        conditions.append(Chat.started_at >= criteria.started_from)
    if criteria.started_to is not None:
        conditions.append(Chat.started_at <= criteria.started_to)
    if criteria.customer_name:
        conditions.append(Chat.customer_name_folded.contains(fold(criteria.customer_name), autoescape=True))
    conditions += _whose(criteria)
    expression = parse(criteria.text)
    if not expression.is_empty:
        conditions.append(Chat.id.in_(find(session, CHATS, expression)))
    return conditions


def _whose(criteria: ChatSearch) -> list[ColumnElement[bool]]:
    if criteria.agent_id is None:
        return [] if criteria.include_queue else [Chat.agent_id != QUEUE_ID]
    own = Chat.agent_id == criteria.agent_id
    return [or_(own, Chat.agent_id == QUEUE_ID) if criteria.include_queue else own]


def seconds(started_at: datetime, ended_at: datetime | None) -> int:
    """Return how long a chat lasted, or has lasted so far, in whole seconds."""
    return counted(max(int(((ended_at or clock.now()) - started_at).total_seconds()), 0))
