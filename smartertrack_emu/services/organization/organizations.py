"""Customers' organizations and their members."""

from __future__ import annotations

from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt

from .service import organization
from .types import (
    OrganizationInfoArrayResult,
    OrganizationInfoMemberResult,
    OrganizationInfoResult,
    OrganizationMemberInfoArrayResult,
)


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def CreateOrganization(call: Call, values: list[str]) -> OrganizationInfoResult:
    """Create an organization."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def EditOrganization(call: Call, organizationID: int, valuesToChange: list[str]) -> OrganizationInfoResult:
    """Change an organization."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def AddMemberToOrganization(call: Call, organizationID: int, type: int, value: str) -> OrganizationInfoMemberResult:
    """Add a member to an organization, by user name, e-mail address, domain or telephone number."""
    raise NotBuilt


@organization.operation()
def GetOrganizationByID(call: Call, organizationID: int) -> OrganizationInfoResult:
    """Return the organization with this id."""
    raise NotBuilt


@organization.operation()
def GetOrganizationByName(call: Call, organizationName: str) -> OrganizationInfoResult:
    """Return the organization with this name."""
    raise NotBuilt


@organization.operation()
def GetAllMembersInOrganization(call: Call, organizationID: int) -> OrganizationMemberInfoArrayResult:
    """List the members of an organization."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveMemberFromOrganization(call: Call, organizationMemberID: int) -> OrganizationInfoMemberResult:
    """Take a member out of his organization."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveOrganization(call: Call, organizationID: int) -> OrganizationInfoResult:
    """Delete an organization."""
    raise NotBuilt


@organization.operation()
def GetAllOrganizations(call: Call) -> OrganizationInfoArrayResult:
    """List all organizations."""
    raise NotBuilt
