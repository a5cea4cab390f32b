"""Roles and who has them."""

from collections.abc import Iterable
from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.people import roles
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import RoleId, UserId
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import GenericResult

from .service import organization
from .types import RoleInfo, RoleInfoResultArray


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def AddRole(
    call: Call,
    roleName: Annotated[str, Doc("Name of the role."), Field("name")],
    employeeRole: Annotated[
        bool, Doc("True for a role of employees, who work with the management interface; False for one of customers.")
    ],
) -> GenericResult:
    """Create a role."""
    roles.create(call.session, roleName, is_employee=employeeRole)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveRole(call: Call, roleID: RoleId) -> GenericResult:
    """Delete a role."""
    roles.remove(call.session, roleID)
    return GenericResult()


@organization.operation()
def GetAllRoles(call: Call) -> RoleInfoResultArray:
    """List all roles."""
    return _listed(roles.roles(call.session))


@organization.operation()
def GetAllUserRoles(call: Call, userID: UserId) -> RoleInfoResultArray:
    """List the roles of a user."""
    return _listed(roles.roles_of_user(call.session, userID))


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def AddRoleToUser(call: Call, userID: UserId, roleID: RoleId) -> GenericResult:
    """Give a user a role."""
    roles.give(call.session, call.actor, userID, roleID)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveRoleFromUser(call: Call, userID: UserId, roleID: RoleId) -> GenericResult:
    """Take a role from a user."""
    roles.take(call.session, call.actor, userID, roleID)
    return GenericResult()


def _listed(found: Iterable[roles.RoleInfo]) -> RoleInfoResultArray:
    return RoleInfoResultArray(Roles=[RoleInfo(role.is_employee, role.id, role.name) for role in found])
