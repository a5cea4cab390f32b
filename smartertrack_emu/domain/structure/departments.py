"""Brands, departments and groups, as every employee may read them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.naming import storable
from smartertrack_emu.domain.text import key

from .models import Brand, Department, Group, GroupMember, TicketSubmission


class Named(NamedTuple):
    """A brand, department or group: its id and its name."""

    id: int
    name: str


def brands(session: Session) -> list[Named]:
    """Return all brands."""
    return _named(session, select(Brand.id, Brand.name).order_by(Brand.id))


def departments(session: Session) -> list[Named]:
    """Return all departments."""
    return _named(session, _DEPARTMENTS)


def departments_of_brand(session: Session, brand_id: int) -> list[Named]:
    """Return a brand's departments; NotFound for an unknown brand."""
    if session.get(Brand, brand_id) is None:
        raise NotFound(f"There is no brand {brand_id}.")
    return _named(session, _DEPARTMENTS.where(Department.brand_id == brand_id))


def departments_open_to_users(session: Session) -> list[Named]:
    """Return the departments whose tickets anybody, or any registered user, may open in the portal."""
    open_to = (TicketSubmission.ANONYMOUS, TicketSubmission.REGISTERED)
    return _named(session, _DEPARTMENTS.where(Department.ticket_submission.in_(open_to)))


def departments_named(session: Session, name: str) -> list[Named]:
    """Return the departments with this name, in any letter case; several brands may have one each."""
    return _named(session, _DEPARTMENTS.where(Department.name_key == key(storable(name))))


def groups(session: Session) -> list[Named]:
    """Return all groups, department by department, each department's first group first."""
    return _named(session, _GROUPS)


def groups_of_department(session: Session, department_id: int) -> list[Named]:
    """Return a department's groups, its first one first; NotFound for an unknown department."""
    require_department(session, department_id)
    return _named(session, _GROUPS.where(Group.department_id == department_id))


def groups_with_member(session: Session, user_id: int) -> list[Named]:
    """Return the groups that a user is in; none where there is no such user."""
    member_of = select(GroupMember.group_id).where(GroupMember.user_id == user_id)
    return _named(session, _GROUPS.where(Group.id.in_(member_of)))


def require_department(session: Session, department_id: int) -> None:
    """Raise NotFound where there is no such department."""
    if session.scalar(select(Department.id).where(Department.id == department_id)) is None:
        raise no_department(department_id)


def require_group(session: Session, group_id: int) -> None:
    """Raise NotFound where there is no such group."""
    if session.scalar(select(Group.id).where(Group.id == group_id)) is None:
        raise no_group(group_id)


def no_department(department_id: int) -> NotFound:
    """Return what to raise where there is no such department."""
    return NotFound(f"There is no department {department_id}.")


def no_group(group_id: int) -> NotFound:
    """Return what to raise where there is no such group."""
    return NotFound(f"There is no group {group_id}.")


_DEPARTMENTS = select(Department.id, Department.name).order_by(Department.id)
_GROUPS = select(Group.id, Group.name).order_by(Group.department_id, Group.sort_order, Group.id)


def _named(session: Session, statement: Select[int, str]) -> list[Named]:
    return [Named(*row) for row in session.execute(statement)]
