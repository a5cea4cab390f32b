"""How much agents have on hand, and what they were given today.

The figures count every item of an agent, also in groups that the caller does not see: they say how much, not what
(documented: "for all agents").
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock, dates
from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.kb.models import KbArticle
from smartertrack_emu.domain.people.agents import Agent, is_agent
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.domain.tasks.models import Task, TaskStatus
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.store.functions import minutes_between


class OnHand(NamedTuple):
    """What an agent has on hand: active tickets and chats, tasks in progress."""

    agent: Agent
    tickets: int
    chats: int
    tasks: int


class Today(NamedTuple):
    """What an agent was given today, and how long those of the tickets that were answered waited, in minutes."""

    agent: Agent
    tickets: int
    chats: int
    call_logs: int
    response_minutes: float


def on_hand(session: Session, only: int | None = None) -> list[OnHand]:
    """Count what every agent has on hand, or the user `only` alone."""
    counts = (
        _count(Ticket.agent_id, Ticket.is_active, ~Ticket.is_deleted),
        _count(Chat.agent_id, Chat.is_active, ~Chat.is_deleted),
        _count(Task.agent_id, Task.status == TaskStatus.IN_PROGRESS, Task.deleted_at.is_(None)),
    )
    rows = session.execute(_by_agent(only, *counts))
    return [OnHand(Agent(*agent), tickets, chats, tasks) for *agent, tickets, chats, tasks in rows]


def today(session: Session, only: int | None = None) -> list[Today]:
    """Count what every agent was given on the installation's day so far, or the user `only` alone.

    New tickets by the day they were opened, chats by the day they began, call logs by the day they were written down:
    each counts for the agent who has it now. No answer yet: a wait of zero.
    """
    start, end = day(session)
    responses = (
        select(Ticket.agent_id, func.avg(minutes_between(Ticket.opened_at, Ticket.first_response_at)).label("figure"))
        .where(Ticket.opened_at >= start, Ticket.opened_at < end, ~Ticket.is_deleted)
        .where(Ticket.first_response_at.is_not(None))
        .group_by(Ticket.agent_id)
        .subquery()
    )
    counts = (
        _count(Ticket.agent_id, Ticket.opened_at >= start, Ticket.opened_at < end, ~Ticket.is_deleted),
        _count(Chat.agent_id, Chat.started_at >= start, Chat.started_at < end, ~Chat.is_deleted),
        _count(CallLog.agent_id, CallLog.created_at >= start, CallLog.created_at < end, CallLog.deleted_at.is_(None)),
        responses,
    )
    rows = session.execute(_by_agent(only, *counts))
    return [
        Today(Agent(*agent), tickets, chats, call_logs, max(round(float(minutes), 4), 0.0))
        for *agent, tickets, chats, call_logs, minutes in rows
    ]


def day(session: Session) -> tuple[datetime, datetime]:
    """Return the beginning of the installation's day, by its time zone, and of the next one, in UTC."""
    zone = installation.time_zone(session)
    midnight = clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return dates.to_utc(midnight, zone), dates.to_utc(midnight + timedelta(days=1), zone)


def _count(agent: Any, *conditions: ColumnElement[bool] | Any) -> Subquery:
    return select(agent, func.count().label("figure")).where(*conditions).group_by(agent).subquery()


def _by_agent(only: int | None, *figures: Subquery) -> Select[*tuple[Any, ...]]:
    """All agents with their figures, zero where there is none: one statement however many items there are."""
    statement: Any = select(
        User.id, User.username, User.display_name, *(func.coalesce(figure.c.figure, 0) for figure in figures)
    ).order_by(User.id)
    for figure in figures:
        statement = statement.outerjoin(figure, figure.c.agent_id == User.id)
    return statement.where(is_agent() if only is None else User.id == only)  # type: ignore[no-any-return]


class Whole(NamedTuple):
    """How many items there are that are not deleted."""

    tickets: int
    chats: int
    call_logs: int
    tasks: int
    articles: int
    users: int


def whole(session: Session) -> Whole:
    """Count what there is, in one statement."""
    present = (
        select(func.count()).select_from(Ticket).where(~Ticket.is_deleted),
        select(func.count()).select_from(Chat).where(~Chat.is_deleted),
        select(func.count()).select_from(CallLog).where(CallLog.deleted_at.is_(None)),
        select(func.count()).select_from(Task).where(Task.deleted_at.is_(None)),
        select(func.count()).select_from(KbArticle).where(~KbArticle.is_deleted),
        select(func.count()).select_from(User).where(User.deleted_at.is_(None)),
    )
    return Whole(*session.execute(select(*(count.scalar_subquery() for count in present))).one())
