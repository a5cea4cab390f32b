"""What a role may do: each list replaces all that it was allowed in one area."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.kb import folders
from smartertrack_emu.domain.people import permissions, reports, roles
from smartertrack_emu.domain.people.rights import Area, rights_of
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import RoleId
from smartertrack_emu.services.results import GenericResult
from smartertrack_emu.services.words import Words

from .service import organization
from .types import ReportInfo, ReportInfoResultArray

_ALLOWED = Doc("All that the role may do; what the list leaves out is taken away.")


def _words_of(area: Area) -> Words:
    names = (permissions.word(right) for right in rights_of(area))
    return Words(*names, fields={"rights": "allowedPermissions"})


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetKBPermissions(
    call: Call,
    allowedPermissions: Annotated[list[str], _ALLOWED, _words_of(Area.KB)],
    roleID: RoleId,
    categoryID: Annotated[int, Doc("Id of the knowledge base folder.")],
) -> GenericResult:
    """Replace what a role may do with the articles of a knowledge base folder."""
    folders.allow(call.session, roleID, categoryID, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetNewsPermissions(
    call: Call, allowedPermissions: Annotated[list[str], _ALLOWED, _words_of(Area.NEWS)], roleID: RoleId
) -> GenericResult:
    """Replace what a role may do with news items."""
    permissions.allow(call.session, roleID, Area.NEWS, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetTicketPermissions(
    call: Call, allowedPermissions: Annotated[list[str], _ALLOWED, _words_of(Area.TICKETS)], roleID: RoleId
) -> GenericResult:
    """Replace what a role may do with tickets."""
    permissions.allow(call.session, roleID, Area.TICKETS, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetTaskPermissions(
    call: Call, allowedPermissions: Annotated[list[str], _ALLOWED, _words_of(Area.TASKS)], roleID: RoleId
) -> GenericResult:
    """Replace what a role may do with tasks."""
    permissions.allow(call.session, roleID, Area.TASKS, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetCallLogPermissions(
    call: Call, allowedPermissions: Annotated[list[str], _ALLOWED, _words_of(Area.CALL_LOGS)], roleID: RoleId
) -> GenericResult:
    """Replace what a role may do with call logs."""
    permissions.allow(call.session, roleID, Area.CALL_LOGS, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetWhosOnPermissions(
    call: Call, allowedPermissions: Annotated[list[str], _ALLOWED, _words_of(Area.WHOS_ON)], roleID: RoleId
) -> GenericResult:
    """Replace what a role may do with the view of who is on the site."""
    permissions.allow(call.session, roleID, Area.WHOS_ON, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetReportPermissions(
    call: Call,
    allowedPermissions: Annotated[
        list[str], Doc("GUIDs of all the reports that the role may see, as GetAllReports gives them.")
    ],
    roleID: RoleId,
) -> GenericResult:
    """Replace which reports a role may see."""
    permissions.allow_reports(call.session, roleID, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, obsolete="")
def SetManageAreaPermissions(
    call: Call, allowedPermissions: Annotated[list[str], Doc("Not used.")], roleID: RoleId
) -> GenericResult:
    """Change nothing. It once set what a role might do in the management area."""
    roles.require(call.session, roleID)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetEventPermissions(
    call: Call, allowedPermissions: Annotated[list[str], _ALLOWED, _words_of(Area.EVENTS)], roleID: RoleId
) -> GenericResult:
    """Replace what a role may do with events."""
    permissions.allow(call.session, roleID, Area.EVENTS, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetDistributionPermissions(
    call: Call, allowedPermissions: Annotated[list[str], _ALLOWED, _words_of(Area.DISTRIBUTION)], roleID: RoleId
) -> GenericResult:
    """Replace what a role may do about who gets which ticket or chat."""
    permissions.allow(call.session, roleID, Area.DISTRIBUTION, allowedPermissions)
    return GenericResult()


@organization.operation(access=Access.ADMINISTRATOR, writes=True)
def SetLiveChatPermissions(
    call: Call, allowedPermissions: Annotated[list[str], _ALLOWED, _words_of(Area.LIVE_CHAT)], roleID: RoleId
) -> GenericResult:
    """Replace what a role may do with chats."""
    permissions.allow(call.session, roleID, Area.LIVE_CHAT, allowedPermissions)
    return GenericResult()


@organization.operation()
def GetAllReports(call: Call) -> ReportInfoResultArray:
    """List all reports with their GUIDs and titles."""
    return ReportInfoResultArray(Reports=[ReportInfo(*report) for report in reports.REPORTS])
