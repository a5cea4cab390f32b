"""Call logs that are older than their department keeps them (documented; the number is the department's)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure.models import Department, Group

from . import call_logs
from .models import CallLog


def kept_days(session: Session) -> list[tuple[int, int]]:
    """Return the groups, by their ids, of departments that delete call logs, and after how many days."""
    rows = session.execute(
        select(Group.id, Department.auto_delete_call_logs_days)
        .join(Department, Department.id == Group.department_id)
        .where(Department.auto_delete_call_logs_days.is_not(None))
        .order_by(Group.id)
    )
    return [(group_id, days) for group_id, days in rows if days is not None]


def old(session: Session, but: Collection[int], *, group_id: int, days: int, limit: int) -> Sequence[int]:
    """Return the ids of a group's call logs that were written down more than so many days ago, but for those given."""
    return session.scalars(
        select(CallLog.id)
        .where(CallLog.group_id == group_id, CallLog.created_at < clock.now() - timedelta(days=days))
        .where(CallLog.deleted_at.is_(None), CallLog.id.not_in(but))
        .order_by(CallLog.created_at)
        .limit(limit)
    ).all()


def delete(session: Session, call_log_id: int) -> None:
    """Mark a call log as deleted, as System; NotFound, NotPossible for one that is."""
    call_logs.delete(session, SYSTEM, call_log_id)
