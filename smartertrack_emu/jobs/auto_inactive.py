"""Auto Inactive: agents who did nothing for long receive no more, and hand off what they have where that is set."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain.chats import assignment as chats
from smartertrack_emu.domain.people.inactivity import Membership, idle_members, set_inactive
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.tickets import assignment as tickets


def run(run: Run) -> None:
    """Set those inactive who are idle now."""
    run.rows(_find, _set_inactive)


def _find(session: Session, left: Collection[Membership]) -> list[Membership]:
    return [member for member in idle_members(session) if member not in left][:MOST_ROWS]


def _set_inactive(session: Session, member: Membership) -> bool:
    hands_off = set_inactive(session, member)
    if hands_off:
        for subject in (tickets, chats):
            subject.hand_off(session, SYSTEM, member.user_id, group_id=member.group_id, awaits=True)
    return hands_off is not None
