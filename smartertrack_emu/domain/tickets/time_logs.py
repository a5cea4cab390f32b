"""Time worked on a ticket: `domain.timelogs` behind the tickets' gate."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.timelogs import time_logs
from smartertrack_emu.domain.timelogs.time_logs import TimeLogFacts

from .visibility import by_id, open_to_change, read, tickets


def add(
    session: Session,
    actor: Principal,
    ticket_id: int,
    *,
    subject: str,
    agent_id: int,
    category_id: int,
    description: str,
    started_at: datetime | None,
    ended_at: datetime | None,
    is_billable: bool,
) -> int:
    """Log time worked on a ticket, a locked one too, and return the log's id; raises what `time_logs.add` does."""
    open_to_change(session, actor, by_id(ticket_id), even_locked=True)
    return time_logs.add(
        session,
        actor,
        ItemKind.TICKET,
        ticket_id,
        subject=subject,
        agent_id=agent_id,
        category_id=category_id,
        description=description,
        started_at=started_at,
        ended_at=ended_at,
        is_billable=is_billable,
    )


def get(session: Session, actor: Principal, ticket_id: int, time_log_id: int) -> TimeLogFacts:
    """Return one time log of a ticket; NotFound."""
    read(session, actor, by_id(ticket_id), (tickets.id,))
    return time_logs.get(session, ItemKind.TICKET, ticket_id, time_log_id)


def listing(session: Session, actor: Principal, ticket_id: int) -> list[TimeLogFacts]:
    """Return a ticket's time logs by their start; NotFound."""
    read(session, actor, by_id(ticket_id), (tickets.id,))
    return time_logs.listing(session, ItemKind.TICKET, ticket_id)
