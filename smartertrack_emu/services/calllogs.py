"""svcCallLogs: writing down calls, and finding, changing and deleting call logs."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from smartertrack_emu.asmx.declare import LEAST_DATETIME, class_, struct
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult
from smartertrack_emu.services.service import HelpdeskService

calllogs = HelpdeskService(
    "svcCallLogs",
    documentation="Writing down calls, and finding, changing and deleting call logs.",
)


@class_
class CallLogIdResult:
    """A new call log's id and number."""

    CallLogId: int = 0
    CallNumber: str | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class CallLogInfo:
    """A call log."""

    AgentID: int = 0
    CallNumber: str | None = None
    CustomerName: str | None = None
    DateCreated: datetime = LEAST_DATETIME
    DateDeleted: datetime | None = None
    Description: str | None = None
    EmailAddress: str | None = None
    EndTime: datetime = LEAST_DATETIME
    GroupID: int = 0
    IncomingCall: bool = False
    LogID: int = 0
    PhoneNumber: str | None = None
    StartTime: datetime = LEAST_DATETIME
    Subject: str | None = None


@class_
class CallLogInfoResult:
    """One call log."""

    CallLog: CallLogInfo = field(default_factory=CallLogInfo)
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class CallLogInfoResultArray:
    """Call logs."""

    CallLogs: list[CallLogInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@calllogs.operation(right=Right.CALL_LOGS_CREATE, writes=True, obsolete="CreateCallLog2")
def CreateCallLog(call: Call, parameters: list[str]) -> GenericResult:
    """Write down a call without learning the new call log's id."""
    raise NotBuilt


@calllogs.operation(right=Right.CALL_LOGS_CREATE, writes=True)
def CreateCallLog2(call: Call, parameters: list[str]) -> CallLogIdResult:
    """Write down a call. Subject, GroupID and UserID must be given."""
    raise NotBuilt


@calllogs.operation(right=Right.CALL_LOGS_DELETE, writes=True)
def DeleteCallLog(call: Call, logID: int) -> GenericResult:
    """Delete a call log."""
    raise NotBuilt


@calllogs.operation(right=Right.CALL_LOGS_VIEW)
def GetCallLog(call: Call, logID: int) -> CallLogInfoResult:
    """Return one call log."""
    raise NotBuilt


@calllogs.operation(right=Right.CALL_LOGS_VIEW)
def GetCallLogByGroup(
    call: Call, groupID: int, dateCreatedStart: datetime, dateCreatedEnd: datetime
) -> CallLogInfoResultArray:
    """List a group's call logs created in a period."""
    raise NotBuilt


@calllogs.operation(right=Right.CALL_LOGS_VIEW)
def GetCallLogByUser(
    call: Call, userID: int, dateCreatedStart: datetime, dateCreatedEnd: datetime
) -> CallLogInfoResultArray:
    """List an agent's call logs created in a period."""
    raise NotBuilt


@calllogs.operation(right=Right.CALL_LOGS_MODIFY, writes=True)
def ModifyCallLog(call: Call, logID: int, parameters: list[str]) -> GenericResult:
    """Change properties of a call log."""
    raise NotBuilt
