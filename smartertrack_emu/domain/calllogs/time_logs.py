"""Time spent on calls: `domain.timelogs` behind the call logs' gate."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.timelogs import time_logs

from .call_logs import open_to_change


def add(
    session: Session,
    actor: Principal,
    call_log_id: int,
    *,
    subject: str,
    agent_id: int,
    category_id: int,
    started_at: datetime | None,
    ended_at: datetime | None,
    is_billable: bool,
) -> int:
    """Log time spent on a call and return the log's id; NotFound, NotPossible for a deleted one, as `time_logs.add`."""
    open_to_change(session, actor, call_log_id)
    return time_logs.add(
        session,
        actor,
        ItemKind.CALL_LOG,
        call_log_id,
        subject=subject,
        agent_id=agent_id,
        category_id=category_id,
        started_at=started_at,
        ended_at=ended_at,
        is_billable=is_billable,
    )
