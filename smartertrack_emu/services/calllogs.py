"""svcCallLogs: writing down calls, and finding, changing and deleting call logs."""

from dataclasses import field
from datetime import datetime
from typing import Annotated, Any

from smartertrack_emu.asmx.declare import LEAST_DATETIME, Doc, class_, struct
from smartertrack_emu.domain.calllogs import call_logs
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import CallLogId, GroupId
from smartertrack_emu.services.keyvalues import Boolean, Integer, Keys, Moment, Text, Values
from smartertrack_emu.services.moments import utc_or_none
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import Code, GenericResult, Succeeded, WhatWentWrong
from smartertrack_emu.services.service import HelpdeskService

DateCreatedStart = Annotated[datetime, Doc("Start of the period, included.")]
DateCreatedEnd = Annotated[datetime, Doc("End of the period, included.")]

calllogs = HelpdeskService(
    "svcCallLogs",
    documentation="Writing down calls, and finding, changing and deleting call logs.",
)


@class_
class CallLogIdResult:
    """A new call log's id and number."""

    CallLogId: Annotated[int, Doc("Id of the call log.")] = 0
    CallNumber: Annotated[str | None, Doc("Number of the call log.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class CallLogInfo:
    """A call log."""

    AgentID: Annotated[int, Doc("Id of the agent who has it.")] = 0
    CallNumber: Annotated[str | None, Doc("Number of the call log.")] = None
    CustomerName: Annotated[str | None, Doc("Name of the customer.")] = None
    DateCreated: Annotated[datetime, Doc("When it was created, in UTC.")] = LEAST_DATETIME
    DateDeleted: Annotated[datetime | None, Doc("When it was deleted, in UTC; null as long as it is not.")] = None
    Description: Annotated[str | None, Doc("What it says in full.")] = None
    EmailAddress: Annotated[str | None, Doc("E-mail address.")] = None
    EndTime: Annotated[datetime, Doc("When the call ended, in UTC.")] = LEAST_DATETIME
    GroupID: Annotated[int, Doc("Id of the group that has it.")] = 0
    IncomingCall: Annotated[bool, Doc("True if the customer called, False if they were called.")] = False
    LogID: Annotated[int, Doc("Id of the call log.")] = 0
    PhoneNumber: Annotated[str | None, Doc("Telephone number.")] = None
    StartTime: Annotated[datetime, Doc("When the call began, in UTC.")] = LEAST_DATETIME
    Subject: Annotated[str | None, Doc("Its subject line.")] = None


@class_
class CallLogInfoResult:
    """One call log."""

    CallLog: Annotated[CallLogInfo, Doc("The call log.")] = field(default_factory=CallLogInfo)
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class CallLogInfoResultArray:
    """Call logs."""

    CallLogs: Annotated[list[CallLogInfo] | None, Doc("The call logs.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


class CallLogKeys(Keys):
    """What a call log is made of, and what can be changed of it (documented)."""

    Subject = Text("subject")
    PhoneNumber = Text("phone_number")
    CustomerName = Text("customer_name")
    EmailAddress = Text("email_address")
    Description = Text("description")
    DateStart = Moment("started_at")
    DateEnd = Moment("ended_at")
    GroupID = Integer("group_id", required=True)
    UserID = Integer("agent_id", required=True)
    IncomingCall = Boolean("is_incoming", note="True if the customer called, False if they were called.")


@calllogs.operation(right=Right.CALL_LOGS_CREATE, writes=True, obsolete="CreateCallLog2")
def CreateCallLog(
    call: Call,
    parameters: Annotated[list[str], Doc("Texts `key=value`, as for CreateCallLog2."), CallLogKeys.to_give()],
) -> GenericResult:
    """Write down a call without learning the new call log's id."""
    _create(call, parameters)
    return GenericResult()


@calllogs.operation(right=Right.CALL_LOGS_CREATE, writes=True)
def CreateCallLog2(
    call: Call,
    parameters: Annotated[
        list[str],
        Doc("Texts `key=value`, one a property. Subject, GroupID and UserID must be among them."),
        CallLogKeys.to_give(),
    ],
) -> CallLogIdResult:
    """Write down a call. Subject, GroupID and UserID must be given."""
    created = _create(call, parameters)
    return CallLogIdResult(CallLogId=created.id, CallNumber=created.number)


@calllogs.operation(right=Right.CALL_LOGS_DELETE, writes=True)
def DeleteCallLog(call: Call, logID: CallLogId) -> GenericResult:
    """Delete a call log."""
    call_logs.delete(call.session, call.actor, logID)
    return GenericResult()


@calllogs.operation(right=Right.CALL_LOGS_VIEW)
def GetCallLog(call: Call, logID: CallLogId) -> CallLogInfoResult:
    """Return one call log."""
    return CallLogInfoResult(CallLog=_info(call_logs.get(call.session, call.actor, logID)))


@calllogs.operation(right=Right.CALL_LOGS_VIEW)
def GetCallLogByGroup(
    call: Call, groupID: GroupId, dateCreatedStart: DateCreatedStart, dateCreatedEnd: DateCreatedEnd
) -> CallLogInfoResultArray:
    """List a group's call logs created in a period."""
    start, end = utc_or_none(dateCreatedStart), utc_or_none(dateCreatedEnd)
    found = call_logs.of_group(call.session, call.actor, groupID, start, end)
    return CallLogInfoResultArray(CallLogs=[_info(one) for one in found])


@calllogs.operation(right=Right.CALL_LOGS_VIEW)
def GetCallLogByUser(
    call: Call,
    userID: Annotated[int, Doc("Id of the agent, as svcOrganization's GetAllAgents gives it."), Field("agent_id")],
    dateCreatedStart: DateCreatedStart,
    dateCreatedEnd: DateCreatedEnd,
) -> CallLogInfoResultArray:
    """List an agent's call logs created in a period."""
    start, end = utc_or_none(dateCreatedStart), utc_or_none(dateCreatedEnd)
    found = call_logs.of_agent(call.session, call.actor, userID, start, end)
    return CallLogInfoResultArray(CallLogs=[_info(one) for one in found])


@calllogs.operation(right=Right.CALL_LOGS_MODIFY, writes=True)
def ModifyCallLog(
    call: Call,
    logID: CallLogId,
    parameters: Annotated[list[str], Doc("Texts `key=value`, one a property."), CallLogKeys.to_give()],
) -> GenericResult:
    """Change properties of a call log."""
    values = CallLogKeys.parse(parameters, call.session)
    call_logs.modify(call.session, call.actor, logID, _attributes(values))
    return GenericResult()


def _create(call: Call, parameters: list[str]) -> call_logs.Created:
    # An empty value means as much as none: it must be given, or has its default.
    values = CallLogKeys.parse(parameters, call.session).without_blanks()
    values.require(CallLogKeys.Subject, CallLogKeys.GroupID, CallLogKeys.UserID)
    return call_logs.create(call.session, call.actor, call_logs.NewCallLog(**_attributes(values)))


def _attributes(values: Values) -> dict[str, Any]:
    """Return the attributes given; BadValue for an empty number, date or boolean: a call log always has one."""
    given = values.fields()
    for key in (CallLogKeys.DateStart, CallLogKeys.DateEnd, CallLogKeys.IncomingCall):
        if key in values and given[key.field] is None:
            raise BadValue(f"{key.name} cannot be empty.")
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
