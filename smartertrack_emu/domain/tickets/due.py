"""What is due in tickets by itself: what the ticket watcher looks for, each by an index of what may fall due.

All that is read here is ids, at most so many as are wanted, the longest due first; none of those in `left`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.structure.models import Department, Distribution, Group, GroupMember

from .models import Ticket
from .rebalance_rules import RebalanceRule

tickets = Ticket.__table__.c
departments, groups, members = Department.__table__.c, Group.__table__.c, GroupMember.__table__.c

_AWAITED = (tickets.awaits_assignment_since.is_not(None), tickets.is_open, ~tickets.is_deleted)


def groups_to_assign_in(session: Session) -> list[int]:
    """Return the groups where tickets wait for an agent, and somebody receives tickets."""
    found = (
        select(groups.id)
        .join_from(Group.__table__, Department.__table__, departments.id == groups.department_id)
        .where(
            departments.distribution != Distribution.PULL,
            exists().where(tickets.group_id == groups.id, *_AWAITED),
            exists().where(members.group_id == groups.id, members.receives_tickets),
        )
    )
    return list(session.scalars(found.order_by(groups.id)))


def to_assign(session: Session, group_id: int, left: Collection[int], limit: int) -> list[int]:
    """Return tickets of a group that wait for an agent."""
    conditions = (tickets.group_id == group_id, *_AWAITED)
    return _ids(session, conditions, tickets.awaits_assignment_since, left, limit)


def to_follow_up(session: Session, now: datetime, left: Collection[int], limit: int) -> list[int]:
    """Return tickets whose follow-up has fallen due, which nobody has noticed."""
    return _ids(session, (tickets.follow_up_awaited_at <= now,), tickets.follow_up_awaited_at, left, limit)


def rebalance_rules(session: Session) -> list[int]:
    """Return the rules that are to be looked after: all that are enabled."""
    return list(session.scalars(select(RebalanceRule.id).where(RebalanceRule.enabled).order_by(RebalanceRule.id)))


def departments_with(session: Session, number: str) -> list[tuple[int, int]]:
    """Return the departments where a number is set, by its column, with it."""
    column = departments[number]
    found = session.execute(select(departments.id, column).where(column.is_not(None)).order_by(departments.id))
    return [(row[0], row[1]) for row in found]


def to_close(session: Session, department_id: int, before: datetime, left: Collection[int], limit: int) -> list[int]:
    """Return tickets that have been waiting, without any message, since a moment or longer."""
    conditions = (tickets.department_id == department_id, tickets.waiting_since <= before, ~tickets.is_deleted)
    return _ids(session, conditions, tickets.waiting_since, left, limit)


def to_lock(session: Session, department_id: int, before: datetime, left: Collection[int], limit: int) -> list[int]:
    """Return tickets that have been closed, and not locked, since a moment or longer."""
    return _closed(session, TicketStatus.CLOSED, department_id, before, left, limit)


def to_delete(session: Session, department_id: int, before: datetime, left: Collection[int], limit: int) -> list[int]:
    """Return tickets that have been closed, locked or not, since a moment or longer."""
    found = _closed(session, TicketStatus.LOCKED, department_id, before, left, limit)
    if len(found) < limit:
        found += _closed(session, TicketStatus.CLOSED, department_id, before, left, limit - len(found))
    return found


def _closed(
    session: Session, status: TicketStatus, department_id: int, before: datetime, left: Collection[int], limit: int
) -> list[int]:
    of_department = (tickets.department_id == department_id, tickets.status == status)
    conditions = (*of_department, tickets.closed_at <= before, ~tickets.is_deleted)
    return _ids(session, conditions, tickets.closed_at, left, limit)


def idle(
    session: Session,
    department_id: int,
    before: datetime,
    left: Collection[int],
    limit: int,
    *,
    not_waiting_before: datetime,
) -> list[int]:
    """Return tickets in which nothing has happened since a moment, which was not told yet.

    Those that wait for their customer count no more when nothing has happened since `not_waiting_before`.
    """
    watched = (
        tickets.department_id == department_id,
        tickets.watched_since <= before,
        tickets.is_open,
        ~tickets.is_spam,
        ~tickets.is_deleted,
    )
    active = _ids(session, (*watched, tickets.is_active), tickets.watched_since, left, limit)
    if len(active) >= limit:
        return active
    waiting = (*watched, ~tickets.is_active, tickets.watched_since > not_waiting_before)
    return active + _ids(session, waiting, tickets.watched_since, left, limit - len(active))


def _ids(
    session: Session, conditions: Collection[ColumnElement[bool]], since: Any, left: Collection[int], limit: int
) -> list[int]:
    query = select(tickets.id).where(*conditions)
    if left:
        query = query.where(tickets.id.not_in(sorted(left)))
    return list(session.scalars(query.order_by(since, tickets.id).limit(limit)))
