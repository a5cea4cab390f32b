"""What a role may do: each list replaces all that it was allowed in one area."""

from __future__ import annotations

from smartertrack_emu.asmx.declare import Int16
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult

from .service import organization
from .types import ReportInfoResultArray


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetKBPermissions(call: Call, allowedPermissions: list[str], roleID: Int16, categoryID: int) -> GenericResult:
    """Replace what a role may do with the articles of a knowledge base folder."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetNewsPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with news items."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetTicketPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with tickets."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetTaskPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with tasks."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetCallLogPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with call logs."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetWhosOnPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with the view of who is on the site."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetReportPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace which reports a role may see."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, obsolete="")
def SetManageAreaPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Change nothing. It once set what a role might do in the management area."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetEventPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with events."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetDistributionPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do about who gets which ticket or chat."""
    raise NotBuilt


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetLiveChatPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with chats."""
    raise NotBuilt


@organization.operation()
def GetAllReports(call: Call) -> ReportInfoResultArray:
    """List all reports with their GUIDs and titles."""
    raise NotBuilt
