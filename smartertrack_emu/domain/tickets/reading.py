"""When an agent read their ticket: noted only while a rebalance rule goes by it, and after the call that reads."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.unit_of_work import afterwards

from .models import Ticket

NOTED_EVERY: Final = timedelta(minutes=1)
"""At most so often for a ticket, so that reading stays reading."""

tickets = Ticket.__table__.c
_NOTE = update(Ticket.__table__).where(tickets.id == bindparam("ticket")).values(read_at=bindparam("now"))


def note_reading(session: Session, actor: Principal, ticket: Any) -> None:
    """Have it noted that somebody read a ticket (id, agent_id, read_at), if it is theirs and a rule wants to know."""
    if ticket.agent_id != actor.id or not known(session).holds_reading:
        return
    now = clock.now()
    if ticket.read_at is None or not timedelta(0) <= now - ticket.read_at < NOTED_EVERY:
        values = {"ticket": ticket.id, "now": now}
        afterwards(session, partial(_note, values=values))


def _note(session: Session, *, values: dict[str, object]) -> None:
    session.execute(_NOTE, values)
