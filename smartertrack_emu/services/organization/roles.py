"""Roles and who has them."""

from __future__ import annotations

from collections.abc import Iterable

from smartertrack_emu.asmx.declare import Int16
from smartertrack_emu.domain.people import roles
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.results import GenericResult

from .service import organization
from .types import RoleInfo, RoleInfoResultArray


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def AddRole(call: Call, roleName: str, employeeRole: bool) -> GenericResult:
    """Create a role."""
    roles.create(call.session, roleName, is_employee=employeeRole)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveRole(call: Call, roleID: Int16) -> GenericResult:
    """Delete a role."""
    roles.remove(call.session, roleID)
    return GenericResult()


@organization.operation()
def GetAllRoles(call: Call) -> RoleInfoResultArray:
    """List all roles."""
    return _listed(roles.roles(call.session))


@organization.operation()
def GetAllUserRoles(call: Call, userID: int) -> RoleInfoResultArray:
    """List the roles of a user."""
    return _listed(roles.roles_of_user(call.session, userID))


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def AddRoleToUser(call: Call, userID: int, roleID: Int16) -> GenericResult:
    """Give a user a role."""
    roles.give(call.session, call.actor, userID, roleID)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveRoleFromUser(call: Call, userID: int, roleID: Int16) -> GenericResult:
    """Take a role from a user."""
    roles.take(call.session, call.actor, userID, roleID)
    return GenericResult()


def _listed(found: Iterable[roles.RoleInfo]) -> RoleInfoResultArray:
    return RoleInfoResultArray(Roles=[RoleInfo(role.is_employee, role.id, role.name) for role in found])
