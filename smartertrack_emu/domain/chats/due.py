"""What is due in chats by itself: what the chat manager looks for, each by an index of what may fall due.

All that is read here is ids, at most so many as are wanted, the longest due first; none of those in `left`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, literal_column, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.domain.structure.models import Department, Group, GroupMember

from .models import Chat

chats = Chat.__table__.c
departments, groups, members = Department.__table__.c, Group.__table__.c, GroupMember.__table__.c

_UNDER_WAY = (chats.is_active, ~chats.is_deleted)
_AWAITED = (chats.awaits_assignment_since.is_not(None), *_UNDER_WAY)


def groups_to_assign_in(session: Session) -> list[int]:
    """Return the groups where chats wait for an agent, and somebody receives chats."""
    found = select(groups.id).where(
        exists().where(chats.group_id == groups.id, *_AWAITED),
        exists().where(members.group_id == groups.id, members.receives_chats),
    )
    return list(session.scalars(found.order_by(groups.id)))


def to_assign(session: Session, group_id: int, left: Collection[int], limit: int) -> list[int]:
    """Return chats of a group that wait for an agent."""
    return _ids(session, (chats.group_id == group_id, *_AWAITED), chats.awaits_assignment_since, left, limit)


def abandoned(session: Session, before: datetime, left: Collection[int], limit: int) -> list[int]:
    """Return chats whose customer was not seen since a moment."""
    return _ids(session, (chats.customer_seen_at <= before, *_UNDER_WAY), chats.customer_seen_at, left, limit)


def without_first_answer(session: Session, before: datetime, left: Collection[int], limit: int) -> list[int]:
    """Return chats that somebody has since a moment, or longer, who has not said anything yet."""
    conditions = (chats.assigned_at <= before, *_UNDER_WAY, chats.reply_count_out == _NOTHING)
    return _ids(session, conditions, chats.assigned_at, left, limit)


def without_answer(
    session: Session, before: datetime, left: Collection[int], limit: int, *, only_later: bool
) -> list[int]:
    """Return chats that somebody has, and whose customer's last line waits, since a moment or longer.

    `only_later`: not for the first answer, which has a time of its own.
    """
    conditions = [
        chats.unanswered_since <= before,
        *_UNDER_WAY,
        chats.agent_id != QUEUE_ID,
        chats.assigned_at <= before,
    ]
    if only_later:
        conditions.append(chats.reply_count_out > 0)
    return _ids(session, conditions, chats.unanswered_since, left, limit)


def idle_departments(session: Session) -> list[tuple[int, int]]:
    """Return the departments whose chats can be idle, with the minutes after which they are."""
    minutes = departments.chat_idle_minutes
    found = session.execute(select(departments.id, minutes).where(minutes.is_not(None)).order_by(departments.id))
    return [(row[0], row[1]) for row in found]


def idle(session: Session, department_id: int, before: datetime, left: Collection[int], limit: int) -> list[int]:
    """Return chats whose customer's last line waits for an answer since a moment, which was not told yet."""
    conditions = (chats.department_id == department_id, chats.watched_since <= before, *_UNDER_WAY)
    return _ids(session, conditions, chats.watched_since, left, limit)


def to_delete(session: Session, before: datetime, left: Collection[int], limit: int) -> list[int]:
    """Return chats that ended at a moment or before."""
    return _ids(session, (chats.ended_at <= before, ~chats.is_deleted), chats.ended_at, left, limit)


_NOTHING: Any = literal_column("0")


def _ids(
    session: Session, conditions: Collection[ColumnElement[bool]], since: Any, left: Collection[int], limit: int
) -> list[int]:
    query = select(chats.id).where(*conditions)
    if left:
        query = query.where(chats.id.not_in(sorted(left)))
    return list(session.scalars(query.order_by(since, chats.id).limit(limit)))
