"""Receiving status: whether an agent is given new tickets, or new chats, of each of their groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from smartertrack_emu.domain import clock, naming
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.events.declaring import HelpdeskEvent
from smartertrack_emu.domain.events.people import AgentLiveChatStatusChanged, AgentTicketStatusChanged
from smartertrack_emu.domain.events.publishing import Actor, publish_all
from smartertrack_emu.domain.structure import group_settings
from smartertrack_emu.domain.structure.models import Department, Group, GroupMember

from . import users
from .agents import is_agent
from .models import User

Kind = Literal["ticket", "chat"]

_FLAG: dict[str, InstrumentedAttribute[bool]] = {
    "ticket": GroupMember.receives_tickets,
    "chat": GroupMember.receives_chats,
}

_EVENTS: dict[str, Callable[..., HelpdeskEvent]] = {
    "ticket": AgentTicketStatusChanged,
    "chat": AgentLiveChatStatusChanged,
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


def set_some(session: Session, actor: Actor, user_id: int, kind: Kind, is_receiving: Mapping[int, bool]) -> None:
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
            _set(session, actor, user_id, kind, GroupMember.group_id.in_(groups), value=value)


def set_all(session: Session, actor: Actor, user_id: int, kind: Kind, *, is_receiving: bool) -> None:
    """Set a user's status in all their groups; who is in none succeeds."""
    _set(session, actor, user_id, kind, value=is_receiving)


def _set(session: Session, actor: Actor, user_id: int, kind: Kind, *groups: ColumnElement[bool], value: bool) -> None:
    flag = _FLAG[kind]
    changed = session.scalars(
        update(GroupMember)
        .where(GroupMember.user_id == user_id, flag.is_not(value), *groups)
        .values(_changes(kind, is_receiving=value))
        .returning(GroupMember.group_id),
        execution_options={"synchronize_session": False},
    ).all()
    _tell(session, actor, user_id, kind, dict.fromkeys(changed, value))


def change_member(
    session: Session, actor: Actor, group_id: int, user_id: int, changes: Mapping[str, Any]
) -> GroupMember:
    """Change columns of a membership, and tell of a status that changed; as `group_settings.change_member`."""
    member = group_settings.member(session, group_id, user_id)
    before = {kind: getattr(member, flag.key) for kind, flag in _FLAG.items()}
    member = group_settings.change_member(session, group_id, user_id, changes)
    for kind, flag in _FLAG.items():
        if getattr(member, flag.key) != before[kind]:
            _tell(session, actor, user_id, kind, {group_id: getattr(member, flag.key)})
    return member


def _tell(session: Session, actor: Actor, user_id: int, kind: str, changed: Mapping[int, bool]) -> None:
    """Let it happen that a user receives, or does so no more, in groups by their ids."""
    if not changed:
        return
    username = session.scalars(select(User.username).where(User.id == user_id)).one()
    places = session.execute(
        select(Group.id, Group.name, Department.name)
        .join(Department, Department.id == Group.department_id)
        .where(Group.id.in_(sorted(changed)))
        .order_by(Group.id)
    )
    events = [
        _EVENTS[kind](user_id, username, group, department, changed[group_id]) for group_id, group, department in places
    ]
    publish_all(session, actor, events, at=clock.now())


def _changes(kind: Kind, *, is_receiving: bool) -> dict[InstrumentedAttribute[Any], Any]:
    """Return what changes in a membership; who is made to receive counts as idle from now on at the earliest."""
    begins: dict[InstrumentedAttribute[Any], Any] = {GroupMember.idle_from: clock.now()} if is_receiving else {}
    return {_FLAG[kind]: is_receiving} | begins


def agent_named(session: Session, username: str) -> int:
    """Return the id of the agent with this user name, whatever its letter case; NotFound for one who is no agent."""
    found = users.find_by_username(session, username)
    if session.scalar(select(User.id).where(User.id == found.id, is_agent())) is None:
        raise NotFound(f"User {naming.shown(username)} is no agent.")
    return found.id
