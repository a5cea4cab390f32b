"""When an agent last did something: called, opened a page, wrote by mail. Who does nothing for long receives no more.

It is noted about once a minute at the most, so that reading stays reading: calls note it with their login, pages after
the visit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.structure.models import GroupMember
from smartertrack_emu.store.unit_of_work import afterwards

from .principal import Principal

NOTED_EVERY: Final = timedelta(minutes=1)
_MOST_REMEMBERED: Final = 10_000

members = GroupMember.__table__.c
_NOTE = (
    update(GroupMember.__table__).where(members.user_id == bindparam("agent")).values(last_action_at=bindparam("now"))
)


def note_action(session: Session, user_id: int, at: datetime) -> None:
    """Note that an agent did something."""
    session.execute(_NOTE, {"agent": user_id, "now": at})


class Actions:
    """What one process remembers to have noted of those whose calls are no logins."""

    def __init__(self) -> None:
        self._noted: dict[int, datetime] = {}

    def note_later(self, session: Session, principal: Principal) -> None:
        """Have it noted after the call that an agent does something, unless that was noted within the minute."""
        if not principal.is_agent:
            return
        now, last = clock.now(), self._noted.get(principal.id)
        if last is not None and timedelta(0) <= now - last < NOTED_EVERY:
            return
        if len(self._noted) >= _MOST_REMEMBERED:
            self._noted.clear()
        self._noted[principal.id] = now
        afterwards(session, partial(note_action, user_id=principal.id, at=now))
