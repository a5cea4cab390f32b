"""Agents who do nothing for long receive no more: who that is, and switching their receiving off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events.people import AgentLiveChatStatusChanged, AgentTicketStatusChanged
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.structure.models import Department, Group, GroupMember

from .models import User
from .users import SYSTEM


class Membership(NamedTuple):
    """A user in a group."""

    group_id: int
    user_id: int


def idle_members(session: Session) -> list[Membership]:
    """Return those who receive something in a group, and have done nothing for as long as they may.

    Who is away counts as idle from when they went; who was made to receive, from then on at the earliest.
    """
    now = clock.now()
    rows = session.execute(_LIMITED).all()
    return sorted(Membership(row.group_id, row.user_id) for row in rows if _idle_since(row) <= now - _limit(row))


def set_inactive(session: Session, member: Membership) -> bool | None:
    """Let a member receive nothing any more where they are still idle: return whether their items are handed off.

    None where they are not idle any more. The row is locked until the transaction ends.
    """
    now = clock.now()
    row = session.execute(
        _LIMITED.where(GroupMember.group_id == member.group_id, GroupMember.user_id == member.user_id).with_for_update(
            of=GroupMember
        )
    ).one_or_none()
    if row is None or _idle_since(row) > now - _limit(row):
        return None
    found = session.get_one(GroupMember, tuple(member), populate_existing=True)
    about = session.execute(
        select(User.username, Group.name, Department.name)
        .join_from(Group, Department, Department.id == Group.department_id)
        .join(User, User.id == member.user_id)
        .where(Group.id == member.group_id)
    ).one()
    received_tickets, received_chats = found.receives_tickets, found.receives_chats
    found.receives_tickets = found.receives_chats = False
    session.flush()
    if received_tickets:
        publish(session, SYSTEM, AgentTicketStatusChanged(member.user_id, *about, receiving=False), at=now)
    if received_chats:
        publish(session, SYSTEM, AgentLiveChatStatusChanged(member.user_id, *about, receiving=False), at=now)
    return found.idle_hand_off


_LIMITED = (
    select(
        GroupMember.group_id,
        GroupMember.user_id,
        GroupMember.idle_logoff_minutes,
        GroupMember.last_action_at,
        GroupMember.idle_from,
        User.is_away,
        User.away_since,
        User.created_at,
    )
    .join(User, User.id == GroupMember.user_id)
    .where(GroupMember.idle_logoff_minutes.is_not(None), or_(GroupMember.receives_tickets, GroupMember.receives_chats))
)


def _limit(row: Any) -> timedelta:
    return timedelta(minutes=row.idle_logoff_minutes)


def _idle_since(row: Any) -> datetime:
    begun: datetime = row.idle_from or row.created_at
    last: datetime | None = row.away_since if row.is_away else row.last_action_at
    return max(begun, last or row.last_action_at or begun)
