"""Automatic assignment: who gets the next ticket or chat of a group (the product's rule).

Among the members who receive them, each with a weight and a maximum: whoever has waited longest, a weight of 2 counting
his time double; those at their maximum are passed over; nobody eligible: the queue. The members' rows stay locked until
the transaction ends, so parallel assignments take turns.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.tickets.models import Ticket

from .models import GroupMember

Kind = Literal["ticket", "chat"]

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Columns:
    receives: InstrumentedAttribute[bool]
    weight: InstrumentedAttribute[int]
    maximum: InstrumentedAttribute[int | None]
    last_at: InstrumentedAttribute[datetime | None]
    item: type[Ticket | Chat]


_COLUMNS: dict[str, _Columns] = {
    "ticket": _Columns(
        GroupMember.receives_tickets,
        GroupMember.ticket_weight,
        GroupMember.max_tickets,
        GroupMember.last_ticket_at,
        Ticket,
    ),
    "chat": _Columns(
        GroupMember.receives_chats, GroupMember.chat_weight, GroupMember.max_chats, GroupMember.last_chat_at, Chat
    ),
}


def choose_agent(session: Session, group_id: int, kind: Kind, *, exclude: Collection[int] = ()) -> int:
    """Return the user who gets the group's next item, and note that he got it; the queue's where nobody can."""
    columns = _COLUMNS[kind]
    members = session.execute(
        select(
            GroupMember.user_id,
            columns.weight.label("weight"),
            columns.maximum.label("maximum"),
            columns.last_at.label("last_at"),
            User.is_away,
        )
        .join(User, User.id == GroupMember.user_id)
        .where(GroupMember.group_id == group_id, columns.receives, columns.weight > 0, User.deleted_at.is_(None))
        .order_by(GroupMember.user_id)
        .with_for_update(of=GroupMember)
    ).all()
    # Who is away from his desk still gets tickets, which can wait, but no chats.
    eligible = [m for m in members if m.user_id not in exclude and not (kind == "chat" and m.is_away)]
    eligible = _below_maximum(session, group_id, columns, eligible)
    if not eligible:
        return QUEUE_ID
    now = clock.now()
    chosen = max(eligible, key=lambda member: _waiting(member, now))
    # Never the same moment twice in a group: order is what counts, also while the clock stands still.
    latest = max((m.last_at for m in members if m.last_at is not None), default=None)
    last_at = now if latest is None or latest < now else latest + _TICK
    session.execute(
        update(GroupMember)
        .where(GroupMember.group_id == group_id, GroupMember.user_id == chosen.user_id)
        .values({columns.last_at: last_at}),
        execution_options={"synchronize_session": False},
    )
    return int(chosen.user_id)


def _waiting(member: Row[Any], now: datetime) -> tuple[float, float, int]:
    """How long a member has waited, by his weight; ties go to who was assigned earlier, then to the lower id."""
    if member.last_at is None:
        return (float("inf"), 0.0, -member.user_id)
    seconds = max((now - member.last_at).total_seconds(), 0.0)
    return (seconds * member.weight, -member.last_at.timestamp(), -member.user_id)


def _below_maximum(session: Session, group_id: int, columns: _Columns, members: list[Row[Any]]) -> list[Row[Any]]:
    limited = [m.user_id for m in members if m.maximum is not None]
    if not limited:
        return members
    item = columns.item
    active = dict(
        session.execute(
            select(item.agent_id, func.count())
            .where(item.agent_id.in_(limited), item.is_active, ~item.is_deleted, item.group_id == group_id)
            .group_by(item.agent_id)
        ).tuples()
    )
    return [m for m in members if m.maximum is None or active.get(m.user_id, 0) < m.maximum]
