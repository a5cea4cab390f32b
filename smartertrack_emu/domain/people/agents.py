"""Agents: users with an employee role; by department, by group, and who of them receives what."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.structure import departments
from smartertrack_emu.domain.structure.departments import Named, require_department, require_group
from smartertrack_emu.domain.structure.models import Group, GroupMember

from . import users
from .models import QUEUE_ID, Role, User, UserRole


class Agent(NamedTuple):
    """An agent, or the queue."""

    id: int
    username: str
    display_name: str


def is_agent() -> ColumnElement[bool]:
    """Return the condition that `User` is an agent: one who is there and has an employee role."""
    employees = select(UserRole.user_id).join(Role, Role.id == UserRole.role_id).where(Role.is_employee)
    return and_(User.deleted_at.is_(None), User.id.in_(employees))


def require_agent(session: Session, agent_id: int) -> None:
    """Raise NotFound for one who is no agent."""
    if session.scalar(select(User.id).where(User.id == agent_id, is_agent())) is None:
        raise NotFound(f"There is no agent {agent_id}.")


def check_agent(session: Session, user_id: int) -> None:
    """Raise NotFound where there is no such user, BadValue for one who is no agent."""
    known = select(is_agent()).where(User.id == user_id, User.deleted_at.is_(None))
    row = session.execute(known).one_or_none()
    if row is None:
        raise users.no_user(user_id)
    if not row[0]:
        raise BadValue("agent_id", f": user {user_id} is not an agent.")


def agents(session: Session) -> list[Agent]:
    """Return all agents."""
    return _agents(session, _AGENTS)


def agents_of_department(session: Session, department_id: int) -> list[Agent]:
    """Return the agents in a department's groups, each once; NotFound for an unknown department."""
    require_department(session, department_id)
    members = (
        select(GroupMember.user_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.department_id == department_id)
    )
    return _agents(session, _AGENTS.where(User.id.in_(members)))


def agents_of_group(session: Session, group_id: int) -> list[Agent]:
    """Return the agents in a group; NotFound for an unknown group."""
    return members(session, group_id)


def receiving_tickets(session: Session, group_id: int) -> list[Agent]:
    """Return the agents of a group whose flag for receiving tickets is on; NotFound for an unknown group."""
    return members(session, group_id, GroupMember.receives_tickets)


def receiving_chats(session: Session, group_id: int) -> list[Agent]:
    """Return the agents of a group whose flag for receiving chats is on; NotFound for an unknown group."""
    return members(session, group_id, GroupMember.receives_chats)


def members(session: Session, group_id: int, condition: Any = None) -> list[Agent]:
    """Return the agents in a group whose `User` and `GroupMember` meet a condition; NotFound for an unknown group."""
    require_group(session, group_id)
    statement = _AGENTS.join(GroupMember, GroupMember.user_id == User.id).where(GroupMember.group_id == group_id)
    return _agents(session, statement if condition is None else statement.where(condition))


def groups_of_user(session: Session, user_id: int) -> list[Named]:
    """Return the groups that a user is in; NotFound for an unknown user."""
    users.find(session, user_id)
    return departments.groups_with_member(session, user_id)


def queue(session: Session) -> Agent:
    """Return the user that unassigned items belong to."""
    return Agent(*session.execute(select(User.id, User.username, User.display_name).where(User.id == QUEUE_ID)).one())


_AGENTS = select(User.id, User.username, User.display_name).where(is_agent()).order_by(User.id)


def _agents(session: Session, statement: Select[int, str, str]) -> list[Agent]:
    return [Agent(*row) for row in session.execute(statement)]
