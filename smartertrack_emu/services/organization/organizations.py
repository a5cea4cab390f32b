"""Customers' organizations and their members."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.organizations import organizations
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys, Text
from smartertrack_emu.services.names import Field

from .service import organization
from .types import (
    OrganizationInfo,
    OrganizationInfoArrayResult,
    OrganizationInfoMemberResult,
    OrganizationInfoResult,
    OrganizationMemberInfo,
    OrganizationMemberInfoArrayResult,
)

OrganizationId = Annotated[int, Doc("Id of the organization.")]


class OrganizationKeys(Keys):
    """What an organization is made of (documented)."""

    Name = Text("name")
    Website = Text("website")
    PhoneNumber = Text("phone_number")


OrganizationValues = Annotated[list[str], Doc("Texts `key=value`, one a property."), OrganizationKeys.to_give()]


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def CreateOrganization(call: Call, values: OrganizationValues) -> OrganizationInfoResult:
    """Create an organization."""
    keys, given = OrganizationKeys, OrganizationKeys.parse(values, call.session)
    created = organizations.create(
        call.session, name=given[keys.Name], website=given[keys.Website], phone_number=given[keys.PhoneNumber]
    )
    return _one(created)


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def EditOrganization(
    call: Call, organizationID: OrganizationId, valuesToChange: OrganizationValues
) -> OrganizationInfoResult:
    """Change an organization."""
    changes = OrganizationKeys.parse(valuesToChange, call.session).fields()
    return _one(organizations.edit(call.session, organizationID, changes))


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def AddMemberToOrganization(
    call: Call,
    organizationID: OrganizationId,
    type: Annotated[
        int, Doc("How the member is told: 1 user name, 2 e-mail address, 3 domain, 4 telephone number."), Field("type")
    ],
    value: Annotated[str, Doc("The user name, address, domain or number itself."), Field("value")],
) -> OrganizationInfoMemberResult:
    """Add a member to an organization, by user name, e-mail address, domain or telephone number."""
    return OrganizationInfoMemberResult(ID=organizations.add_member(call.session, organizationID, type, value))


@organization.operation()
def GetOrganizationByID(call: Call, organizationID: OrganizationId) -> OrganizationInfoResult:
    """Return the organization with this id."""
    return _one(organizations.organization(call.session, organizationID))


@organization.operation()
def GetOrganizationByName(
    call: Call, organizationName: Annotated[str, Doc("Name of the organization, in any letter case.")]
) -> OrganizationInfoResult:
    """Return the organization with this name."""
    return _one(organizations.organization_named(call.session, organizationName))


@organization.operation()
def GetAllMembersInOrganization(call: Call, organizationID: OrganizationId) -> OrganizationMemberInfoArrayResult:
    """List the members of an organization."""
    members = [
        OrganizationMemberInfo(Type=int(member.type), Value=member.value, ID=member.id)
        for member in organizations.members(call.session, organizationID)
    ]
    return OrganizationMemberInfoArrayResult(OrganizationMembers=members)


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveMemberFromOrganization(
    call: Call, organizationMemberID: Annotated[int, Doc("Id of the member within the organization.")]
) -> OrganizationInfoMemberResult:
    """Take a member out of his organization."""
    organizations.remove_member(call.session, organizationMemberID)
    return OrganizationInfoMemberResult(ID=organizationMemberID)


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def RemoveOrganization(call: Call, organizationID: OrganizationId) -> OrganizationInfoResult:
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
