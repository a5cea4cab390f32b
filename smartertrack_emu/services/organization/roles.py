"""Roles and who has them."""

from __future__ import annotations

from smartertrack_emu.asmx.declare import Int16
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult

from .service import organization
from .types import RoleInfoResultArray


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def AddRole(call: Call, roleName: str, employeeRole: bool) -> GenericResult:
    """Create a role."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveRole(call: Call, roleID: Int16) -> GenericResult:
    """Delete a role."""
    raise NotBuilt


@organization.operation()
def GetAllRoles(call: Call) -> RoleInfoResultArray:
    """List all roles."""
    raise NotBuilt


@organization.operation()
def GetAllUserRoles(call: Call, userID: int) -> RoleInfoResultArray:
    """List the roles of a user."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def AddRoleToUser(call: Call, userID: int, roleID: Int16) -> GenericResult:
    """Give a user a role."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveRoleFromUser(call: Call, userID: int, roleID: Int16) -> GenericResult:
    """Take a role from a user."""
    raise NotBuilt
