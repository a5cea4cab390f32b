"""Which call logs somebody sees: managers and administrators all, agents those of their groups, nobody else any."""

from typing import Any

from sqlalchemy import ColumnElement, Row, false, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.people.principal import Principal

from .models import CallLog


def visible_to(actor: Principal) -> list[ColumnElement[bool]]:
    """Return the conditions that a call log meets which the actor sees; none for who sees all."""
    if actor.sees_all_groups:
        return []
    if not actor.is_agent or not actor.group_ids:
        return [false()]
    return [CallLog.group_id.in_(sorted(actor.group_ids))]


def read(session: Session, actor: Principal, call_log_id: int, *columns: InstrumentedAttribute[Any]) -> Row[Any]:
    """Return columns of a call log the actor sees, deleted or not; NotFound otherwise."""
    row = session.execute(select(*columns).where(CallLog.id == call_log_id, *visible_to(actor))).one_or_none()
    if row is None:
        raise no_call_log(call_log_id)
    return row


def no_call_log(call_log_id: int) -> NotFound:
    """Return what to raise where there is no such call log, or none that the caller sees."""
    return NotFound(f"There is no call log {call_log_id}.")
