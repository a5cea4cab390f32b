"""Customers' organizations and their members."""

from __future__ import annotations

from smartertrack_emu.domain.organizations import organizations
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys

from .service import organization
from .types import (
    OrganizationInfo,
    OrganizationInfoArrayResult,
    OrganizationInfoMemberResult,
    OrganizationInfoResult,
    OrganizationMemberInfo,
    OrganizationMemberInfoArrayResult,
)

_COLUMNS = {"Name": "name", "Website": "website", "PhoneNumber": "phone_number"}
_KEYS = Keys(*_COLUMNS)


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def CreateOrganization(call: Call, values: list[str]) -> OrganizationInfoResult:
    """Create an organization."""
    given = _KEYS.parse(values)
    created = organizations.create(
        call.session, name=given.text("Name"), website=given.text("Website"), phone_number=given.text("PhoneNumber")
    )
    return _one(created)


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def EditOrganization(call: Call, organizationID: int, valuesToChange: list[str]) -> OrganizationInfoResult:
    """Change an organization."""
    given = _KEYS.parse(valuesToChange)
    changes = {_COLUMNS[key]: value for key, value in given.items()}
    return _one(organizations.edit(call.session, organizationID, changes))


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def AddMemberToOrganization(call: Call, organizationID: int, type: int, value: str) -> OrganizationInfoMemberResult:
    """Add a member to an organization, by user name, e-mail address, domain or telephone number."""
    return OrganizationInfoMemberResult(ID=organizations.add_member(call.session, organizationID, type, value))


@organization.operation()
def GetOrganizationByID(call: Call, organizationID: int) -> OrganizationInfoResult:
    """Return the organization with this id."""
    return _one(organizations.organization(call.session, organizationID))


@organization.operation()
def GetOrganizationByName(call: Call, organizationName: str) -> OrganizationInfoResult:
    """Return the organization with this name."""
    return _one(organizations.organization_named(call.session, organizationName))


@organization.operation()
def GetAllMembersInOrganization(call: Call, organizationID: int) -> OrganizationMemberInfoArrayResult:
    """List the members of an organization."""
    members = [
        OrganizationMemberInfo(Type=int(member.type), Value=member.value, ID=member.id)
        for member in organizations.members(call.session, organizationID)
    ]
    return OrganizationMemberInfoArrayResult(OrganizationMembers=members)


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveMemberFromOrganization(call: Call, organizationMemberID: int) -> OrganizationInfoMemberResult:
    """Take a member out of his organization."""
    organizations.remove_member(call.session, organizationMemberID)
    return OrganizationInfoMemberResult(ID=organizationMemberID)


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveOrganization(call: Call, organizationID: int) -> OrganizationInfoResult:
    """Delete an organization."""
    return _one(organizations.remove(call.session, organizationID))


@organization.operation()
def GetAllOrganizations(call: Call) -> OrganizationInfoArrayResult:
    """List all organizations."""
    found = organizations.organizations(call.session)
    return OrganizationInfoArrayResult(Organizations=[_info(found_one) for found_one in found])


def _info(found: organizations.OrganizationInfo) -> OrganizationInfo:
    return OrganizationInfo(
        Name=found.name, PhoneNumber=found.phone_number, Website=found.website, OrganizationID=found.id
    )


def _one(found: organizations.OrganizationInfo) -> OrganizationInfoResult:
    return OrganizationInfoResult(Organization=_info(found))
