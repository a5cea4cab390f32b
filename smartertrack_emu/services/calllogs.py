"""svcCallLogs: writing down calls, and finding, changing and deleting call logs."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from smartertrack_emu.asmx.declare import LEAST_DATETIME, class_, struct
from smartertrack_emu.domain.calllogs import call_logs
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services import documentation_keys
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys, Values
from smartertrack_emu.services.moments import utc_or_none
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


KEYS = Keys(*documentation_keys.KEYS["svcCallLogs", "CreateCallLog2", "parameters"])
"""What a call log is made of, and what can be changed of it (documented)."""

_TEXTS = {
    "Subject": "subject",
    "PhoneNumber": "phone_number",
    "CustomerName": "customer_name",
    "EmailAddress": "email_address",
    "Description": "description",
}
_NUMBERS = {"GroupID": "group_id", "UserID": "agent_id"}
_DATES = {"DateStart": "started_at", "DateEnd": "ended_at"}


@calllogs.operation(right=Right.CALL_LOGS_CREATE, writes=True, obsolete="CreateCallLog2")
def CreateCallLog(call: Call, parameters: list[str]) -> GenericResult:
    """Write down a call without learning the new call log's id."""
    _create(call, parameters)
    return GenericResult()


@calllogs.operation(right=Right.CALL_LOGS_CREATE, writes=True)
def CreateCallLog2(call: Call, parameters: list[str]) -> CallLogIdResult:
    """Write down a call. Subject, GroupID and UserID must be given."""
    created = _create(call, parameters)
    return CallLogIdResult(CallLogId=created.id, CallNumber=created.number)


@calllogs.operation(right=Right.CALL_LOGS_DELETE, writes=True)
def DeleteCallLog(call: Call, logID: int) -> GenericResult:
    """Delete a call log."""
    call_logs.delete(call.session, call.actor, logID)
    return GenericResult()


@calllogs.operation(right=Right.CALL_LOGS_VIEW)
def GetCallLog(call: Call, logID: int) -> CallLogInfoResult:
    """Return one call log."""
    return CallLogInfoResult(CallLog=_info(call_logs.get(call.session, call.actor, logID)))


@calllogs.operation(right=Right.CALL_LOGS_VIEW)
def GetCallLogByGroup(
    call: Call, groupID: int, dateCreatedStart: datetime, dateCreatedEnd: datetime
) -> CallLogInfoResultArray:
    """List a group's call logs created in a period."""
    start, end = utc_or_none(dateCreatedStart), utc_or_none(dateCreatedEnd)
    found = call_logs.of_group(call.session, call.actor, groupID, start, end)
    return CallLogInfoResultArray(CallLogs=[_info(one) for one in found])


@calllogs.operation(right=Right.CALL_LOGS_VIEW)
def GetCallLogByUser(
    call: Call, userID: int, dateCreatedStart: datetime, dateCreatedEnd: datetime
) -> CallLogInfoResultArray:
    """List an agent's call logs created in a period."""
    start, end = utc_or_none(dateCreatedStart), utc_or_none(dateCreatedEnd)
    found = call_logs.of_agent(call.session, call.actor, userID, start, end)
    return CallLogInfoResultArray(CallLogs=[_info(one) for one in found])


@calllogs.operation(right=Right.CALL_LOGS_MODIFY, writes=True)
def ModifyCallLog(call: Call, logID: int, parameters: list[str]) -> GenericResult:
    """Change properties of a call log."""
    values = KEYS.parse(parameters)
    call_logs.modify(call.session, call.actor, logID, _attributes(values, call.session))
    return GenericResult()


def _create(call: Call, parameters: list[str]) -> call_logs.Created:
    values = KEYS.parse(parameters)
    # An empty value means as much as none: it must be given, or has its default.
    values = Values((key, value) for key, value in values.items() if value.strip())
    for key in ("Subject", "GroupID", "UserID"):
        values.required(key)
    new = call_logs.NewCallLog(**_attributes(values, call.session))
    return call_logs.create(call.session, call.actor, new)


def _attributes(values: Values, session: Session) -> dict[str, Any]:
    """Return the attributes given; BadValue for an empty number, date or boolean: a call log always has one."""
    given: dict[str, Any] = {}
    for key in values:
        if key in _TEXTS:
            given[_TEXTS[key]] = values.text(key)
        elif key in _NUMBERS:
            given[_NUMBERS[key]] = values.required_integer(key)
        elif key in _DATES:
            given[_DATES[key]] = values.moment(key, session)
        else:
            given["is_incoming"] = values.boolean(key)
    missing = [key for key, name in (*_DATES.items(), ("IncomingCall", "is_incoming")) if given.get(name, 0) is None]
    if missing:
        raise BadValue(f"{missing[0]} cannot be empty.")
    return given


def _info(found: call_logs.CallLogDetails) -> CallLogInfo:
    return CallLogInfo(
        AgentID=found.agent_id,
        CallNumber=found.number,
        CustomerName=found.customer_name,
        DateCreated=found.created_at,
        DateDeleted=found.deleted_at,
        Description=found.description,
        EmailAddress=found.email_address,
        EndTime=found.ended_at,
        GroupID=found.group_id,
        IncomingCall=found.is_incoming,
        LogID=found.id,
        PhoneNumber=found.phone_number,
        StartTime=found.started_at,
        Subject=found.subject,
    )
