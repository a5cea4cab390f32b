"""Roles: making and removing them, giving and taking them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.errors import AlreadyExists, NotFound, NotPossible
from smartertrack_emu.domain.events.people import UserChanged
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.structure.models import Installation
from smartertrack_emu.domain.text import key

from . import users
from .models import ADMIN_ID, BuiltInRole, Role, UserRole
from .principal import Principal

_GREATEST_ID = 2**15 - 1
"""Roles' ids are 16-bit numbers on the wire."""


class RoleInfo(NamedTuple):
    """A role as it is listed."""

    id: int
    name: str
    is_employee: bool


def create(session: Session, name: str, *, is_employee: bool) -> int:
    """Create a role that may do nothing yet, and return its id; BadValue, AlreadyExists."""
    naming.name(name, "name")
    taken = AlreadyExists(f"There is a role {naming.shown(name)} already.")
    if session.scalar(select(Role.id).where(Role.name_key == key(name))) is not None:
        raise taken
    role = Role(name=name, is_employee=is_employee)
    session.add(role)
    try:
        session.flush()
    except IntegrityError as error:  # another transaction's at this moment
        raise taken from error
    if role.id > _GREATEST_ID:
        raise NotPossible("There have been as many roles as there can be.")
    rights_changed(session)
    return role.id


def remove(session: Session, role_id: int) -> None:
    """Remove a role, also from those who hold it; NotFound, NotPossible for a built-in one."""
    role = session.scalar(select(Role).where(Role.id == role_id).with_for_update())
    if role is None:
        raise no_role(role_id)
    if role.is_built_in:
        raise NotPossible(f"The role {role.name} is built in and stays.")
    session.execute(delete(Role).where(Role.id == role_id))
    rights_changed(session)


def roles(session: Session) -> list[RoleInfo]:
    """Return all roles."""
    return _listed(session.execute(_ROLES))


def roles_of_user(session: Session, user_id: int) -> list[RoleInfo]:
    """Return the roles that a user was given; NotFound for an unknown user."""
    users.find(session, user_id)
    held = _ROLES.join(UserRole, UserRole.role_id == Role.id).where(UserRole.user_id == user_id)
    return _listed(session.execute(held))


def role_named(session: Session, name: str) -> int:
    """Return the id of the role with this name, whatever its letter case; NotFound."""
    role_id = session.scalar(select(Role.id).where(Role.name_key == key(naming.storable(name))))
    if role_id is None:
        raise NotFound(f"There is no role {naming.shown(name)}.")
    return role_id


def require(session: Session, role_id: int) -> None:
    """Raise NotFound where there is no such role."""
    if session.scalar(select(Role.id).where(Role.id == role_id)) is None:
        raise no_role(role_id)


def give(session: Session, actor: Principal, user_id: int, role_id: int) -> None:
    """Give a user a role; giving one that they have changes nothing.

    NotFound for an unknown user or role, NotPossible for the queue and the system user.
    """
    users.for_change(session, user_id)
    require(session, role_id)
    users.refuse_internal(user_id, "is nobody's account and takes no roles")
    held = select(UserRole.role_id).where(UserRole.user_id == user_id, UserRole.role_id == role_id)
    if session.scalar(held) is not None:
        return
    session.add(UserRole(user_id=user_id, role_id=role_id))
    session.flush()
    publish(session, actor, UserChanged(user_id, role_given=role_id))


def take(session: Session, actor: Principal, user_id: int, role_id: int) -> None:
    """Take a role from a user.

    NotFound for an unknown user or role and for a role they do not hold; NotPossible for what makes the primary
    administrator one: nobody else could give it back.
    """
    users.for_change(session, user_id)
    require(session, role_id)
    if user_id == ADMIN_ID and role_id == BuiltInRole.SYSTEM_ADMINISTRATOR:
        raise NotPossible("The primary administrator stays an administrator.")
    held = delete(UserRole).where(UserRole.user_id == user_id, UserRole.role_id == role_id)
    taken: Any = session.execute(held)
    if not taken.rowcount:
        raise NotFound(f"User {user_id} does not hold the role {role_id}.")
    publish(session, actor, UserChanged(user_id, role_taken=role_id))


def rights_changed(session: Session) -> None:
    """Let every process read anew what roles are and may do; called by whatever changes that, in its transaction."""
    session.execute(
        update(Installation).values(rights_version=Installation.rights_version + 1),
        execution_options={"synchronize_session": False},
    )


def no_role(role_id: int) -> NotFound:
    """Return what to raise where there is no such role."""
    return NotFound(f"There is no role {role_id}.")


_ROLES = select(Role.id, Role.name, Role.is_employee).order_by(Role.id)


def _listed(rows: Iterable[Any]) -> list[RoleInfo]:
    return [RoleInfo(*row) for row in rows]
