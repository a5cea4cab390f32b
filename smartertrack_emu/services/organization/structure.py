"""Brands, departments and groups."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt

from .service import organization
from .types import BrandInfoArrayResult, DepartmentInfoArrayResult, GroupInfoArrayResult


@organization.operation()
def GetAllBrands(call: Call) -> BrandInfoArrayResult:
    """List all brands."""
    raise NotBuilt


@organization.operation()
def GetDeptsForUserTicketSubmission(call: Call) -> DepartmentInfoArrayResult:
    """List the departments whose tickets anyone, or any registered user, may open in the portal."""
    raise NotBuilt


@organization.operation()
def GetAllDepartments(call: Call) -> DepartmentInfoArrayResult:
    """List all departments."""
    raise NotBuilt


@organization.operation()
def GetDepartmentsForBrand(call: Call, BrandID: int) -> DepartmentInfoArrayResult:
    """List a brand's departments."""
    raise NotBuilt


@organization.operation()
def GetAllGroups(call: Call) -> GroupInfoArrayResult:
    """List all groups."""
    raise NotBuilt


@organization.operation()
def GetGroupsForUser(call: Call, UserID: int) -> GroupInfoArrayResult:
    """List the groups that a user belongs to."""
    raise NotBuilt


@organization.operation()
def GetGroupsForDepartment(call: Call, DepartmentID: int) -> GroupInfoArrayResult:
    """List a department's groups."""
    raise NotBuilt
