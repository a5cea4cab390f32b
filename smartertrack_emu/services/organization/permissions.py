"""What a role may do: each list replaces all that it was allowed in one area."""

from __future__ import annotations

from smartertrack_emu.asmx.declare import Int16
from smartertrack_emu.domain.people import permissions, reports, roles
from smartertrack_emu.domain.people.rights import Area
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.results import GenericResult

from .service import organization
from .types import ReportInfo, ReportInfoResultArray


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetKBPermissions(call: Call, allowedPermissions: list[str], roleID: Int16, categoryID: int) -> GenericResult:
    """Replace what a role may do with the articles of a knowledge base folder."""
    permissions.allow_in_folder(call.session, roleID, categoryID, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetNewsPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with news items."""
    permissions.allow(call.session, roleID, Area.NEWS, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetTicketPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with tickets."""
    permissions.allow(call.session, roleID, Area.TICKETS, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetTaskPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with tasks."""
    permissions.allow(call.session, roleID, Area.TASKS, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetCallLogPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with call logs."""
    permissions.allow(call.session, roleID, Area.CALL_LOGS, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetWhosOnPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with the view of who is on the site."""
    permissions.allow(call.session, roleID, Area.WHOS_ON, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetReportPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace which reports a role may see."""
    permissions.allow_reports(call.session, roleID, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, obsolete="")
def SetManageAreaPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Change nothing. It once set what a role might do in the management area."""
    roles.require(call.session, roleID)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetEventPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with events."""
    permissions.allow(call.session, roleID, Area.EVENTS, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetDistributionPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do about who gets which ticket or chat."""
    permissions.allow(call.session, roleID, Area.DISTRIBUTION, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetLiveChatPermissions(call: Call, allowedPermissions: list[str], roleID: Int16) -> GenericResult:
    """Replace what a role may do with chats."""
    permissions.allow(call.session, roleID, Area.LIVE_CHAT, allowedPermissions)
    return GenericResult()


@organization.operation()
def GetAllReports(call: Call) -> ReportInfoResultArray:
    """List all reports with their GUIDs and titles."""
    return ReportInfoResultArray(Reports=[ReportInfo(*report) for report in reports.REPORTS])
