"""How many tickets there are: an agent's, a group's, everybody's. Deleted ones never count."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.models import Group

from .visibility import tickets, visible_to

groups = Group.__table__.c


class TicketCounts(NamedTuple):
    """How many tickets of a group an agent has: active, waiting, and to be followed up, whatever their status."""

    brand_id: int
    department_id: int
    group_id: int
    agent_id: int
    active: int
    waiting: int
    follow_up: int


def open_of_agent(session: Session, actor: Principal) -> int:
    """Return how many open tickets, active or waiting, the actor has."""
    statement = select(func.count()).where(tickets.agent_id == actor.id, tickets.is_open, ~tickets.is_deleted)
    return session.scalar(statement) or 0


def open_by_group(session: Session, actor: Principal) -> list[tuple[int, int]]:
    """Return (group, its open tickets that the actor sees) for their groups, those without any among them.

    Whoever sees the tickets of all groups has all groups (ours).
    """
    of_group = [tickets.group_id == groups.id, tickets.is_open, ~tickets.is_deleted, *visible_to(actor)]
    statement = select(
        groups.id, select(func.count(tickets.id)).where(*of_group).correlate(Group.__table__).scalar_subquery()
    )
    if not actor.sees_all_groups:
        statement = statement.where(groups.id.in_(sorted(actor.group_ids)))
    return [(row[0], row[1]) for row in session.execute(statement.order_by(groups.id))]


def of_agent(session: Session, actor: Principal) -> list[TicketCounts]:
    """Return the actor's own tickets by brand, department and group."""
    return _counts(session, [tickets.agent_id == actor.id])


def of_everybody(session: Session, actor: Principal) -> list[TicketCounts]:
    """Return the tickets that the actor sees by brand, department, group and agent, the queue's among them."""
    return _counts(session, visible_to(actor))


def _counts(session: Session, conditions: list[ColumnElement[bool]]) -> list[TicketCounts]:
    waiting = tickets.is_open & ~tickets.is_active
    place = (tickets.brand_id, tickets.department_id, tickets.group_id, tickets.agent_id)
    follows_up = tickets.follow_up_at.is_not(None)
    statement = (
        select(
            *place,
            func.count().filter(tickets.is_active),
            func.count().filter(waiting),
            func.count().filter(follows_up),
        )
        .where(tickets.is_open | follows_up, ~tickets.is_deleted, *conditions)
        .group_by(*place)
        .order_by(*place)
    )
    return [TicketCounts(*row) for row in session.execute(statement)]
