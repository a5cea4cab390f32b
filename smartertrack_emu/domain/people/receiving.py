"""Receiving status: whether an agent is given new tickets, or new chats, of each of their groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.structure.models import Department, Group, GroupMember

from . import users
from .agents import is_agent
from .models import User

Kind = Literal["ticket", "chat"]

_FLAG: dict[str, InstrumentedAttribute[bool]] = {
    "ticket": GroupMember.receives_tickets,
    "chat": GroupMember.receives_chats,
}


class ReceivingStatus(NamedTuple):
    """A group of an agent, and whether they receive there."""

    department_id: int
    department_name: str
    group_id: int
    group_name: str
    is_receiving: bool


def statuses(session: Session, user_id: int, kind: Kind) -> list[ReceivingStatus]:
    """Return a user's status in all their groups, by department and the groups' order."""
    rows = session.execute(
        select(Department.id, Department.name, Group.id, Group.name, _FLAG[kind])
        .join_from(GroupMember, Group, Group.id == GroupMember.group_id)
        .join(Department, Department.id == Group.department_id)
        .where(GroupMember.user_id == user_id)
        .order_by(Department.id, Group.sort_order, Group.id)
    )
    return [ReceivingStatus(*row) for row in rows]


def set_some(session: Session, user_id: int, kind: Kind, is_receiving: Mapping[int, bool]) -> None:
    """Set a user's status in some groups, by their ids, and leave the others.

    NotFound, and nothing changed, where they are not in one of them.
    """
    if not is_receiving:
        return
    own = set(session.scalars(select(GroupMember.group_id).where(GroupMember.user_id == user_id)))
    for group_id in is_receiving:
        if group_id not in own:
            raise NotFound(f"There is no group {group_id} that user {user_id} is in.")
    for value in (True, False):
        groups = sorted(group_id for group_id, wanted in is_receiving.items() if wanted is value)
        if groups:
            session.execute(
                update(GroupMember)
                .where(GroupMember.user_id == user_id, GroupMember.group_id.in_(groups))
                .values({_FLAG[kind]: value}),
                execution_options={"synchronize_session": False},
            )


def set_all(session: Session, user_id: int, kind: Kind, *, is_receiving: bool) -> None:
    """Set a user's status in all their groups; who is in none succeeds."""
    session.execute(
        update(GroupMember).where(GroupMember.user_id == user_id).values({_FLAG[kind]: is_receiving}),
        execution_options={"synchronize_session": False},
    )


def agent_named(session: Session, username: str) -> int:
    """Return the id of the agent with this user name, whatever its letter case; NotFound for one who is no agent."""
    found = users.find_by_username(session, username)
    if session.scalar(select(User.id).where(User.id == found.id, is_agent())) is None:
        raise NotFound(f"User {naming.shown(username)} is no agent.")
    return found.id
