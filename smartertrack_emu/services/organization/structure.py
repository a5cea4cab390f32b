"""Brands, departments and groups."""

from collections.abc import Iterable
from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.people import agents
from smartertrack_emu.domain.structure import departments
from smartertrack_emu.domain.structure.departments import Named
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import DepartmentId, UserId

from .service import organization
from .types import (
    BrandInfo,
    BrandInfoArrayResult,
    DepartmentInfo,
    DepartmentInfoArrayResult,
    GroupInfo,
    GroupInfoArrayResult,
)


@organization.operation()
def GetAllBrands(call: Call) -> BrandInfoArrayResult:
    """List all brands."""
    return BrandInfoArrayResult(Brands=[BrandInfo(*brand) for brand in departments.brands(call.session)])


@organization.operation()
def GetDeptsForUserTicketSubmission(call: Call) -> DepartmentInfoArrayResult:
    """List the departments whose tickets anyone, or any registered user, may open in the portal."""
    return _departments(departments.departments_open_to_users(call.session))


@organization.operation()
def GetAllDepartments(call: Call) -> DepartmentInfoArrayResult:
    """List all departments."""
    return _departments(departments.departments(call.session))


@organization.operation()
def GetDepartmentsForBrand(
    call: Call, BrandID: Annotated[int, Doc("Id of the brand, as GetAllBrands gives it.")]
) -> DepartmentInfoArrayResult:
    """List a brand's departments."""
    return _departments(departments.departments_of_brand(call.session, BrandID))


@organization.operation()
def GetAllGroups(call: Call) -> GroupInfoArrayResult:
    """List all groups."""
    return _groups(departments.groups(call.session))


@organization.operation()
def GetGroupsForUser(call: Call, UserID: UserId) -> GroupInfoArrayResult:
    """List the groups that a user belongs to."""
    return _groups(agents.groups_of_user(call.session, UserID))


@organization.operation()
def GetGroupsForDepartment(call: Call, DepartmentID: DepartmentId) -> GroupInfoArrayResult:
    """List a department's groups."""
    return _groups(departments.groups_of_department(call.session, DepartmentID))


def _departments(found: Iterable[Named]) -> DepartmentInfoArrayResult:
    return DepartmentInfoArrayResult(Departments=[DepartmentInfo(*department) for department in found])


def _groups(found: Iterable[Named]) -> GroupInfoArrayResult:
    return GroupInfoArrayResult(Groups=[GroupInfo(*group) for group in found])
