"""Results and their parts that several services share, member by member equal."""

from dataclasses import field
from datetime import datetime
from typing import Annotated

from smartertrack_emu.asmx.declare import LEAST_DATETIME, Doc, class_, struct

WhatWentWrong = Annotated[str | None, Doc("Empty when the call succeeded, else what went wrong.")]
Succeeded = Annotated[bool, Doc("Whether the call succeeded.")]
Code = Annotated[int, Doc("0 when the call succeeded, below zero when it failed.")]


@class_
class GenericResult:
    """Whether a call succeeded."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class StringRequestResult:
    """A text."""

    Message: WhatWentWrong = ""
    RequestResult: Annotated[str | None, Doc("What was asked for.")] = None
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class IntRequestResult:
    """A number."""

    Message: WhatWentWrong = ""
    RequestResult: Annotated[int, Doc("What was asked for.")] = 0
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class SettingsRequestResult:
    """`key=value` texts."""

    Message: WhatWentWrong = ""
    RequestResults: Annotated[list[str] | None, Doc("What was asked for, one text `key=value` each.")] = None
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class IsAvailableResult:
    """Whether the service can be reached."""

    IsAvailable: Annotated[bool, Doc("Whether the service can be reached.")] = False


@struct
class ReceivingStatusInfo:
    """Whether an agent is being given items of a group."""

    DepartmentId: Annotated[int, Doc("Id of the department.")] = 0
    DepartmentName: Annotated[str | None, Doc("Name of the department.")] = None
    GroupId: Annotated[int, Doc("Id of the group.")] = 0
    GroupName: Annotated[str | None, Doc("Name of the group.")] = None
    IsReceiving: Annotated[bool, Doc("Whether the agent is being given items of the group.")] = False


@class_
class ReceivingStatusInfoArrayResult:
    """An agent's receiving status in each of their groups."""

    Message: WhatWentWrong = ""
    ReceivingStatus: Annotated[list[ReceivingStatusInfo] | None, Doc("One entry a group.")] = None
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class TimeLogInfo:
    """Time worked on a ticket, a chat or a call."""

    AgentID: Annotated[int, Doc("Id of the agent who did the work.")] = 0
    CallLogID: Annotated[int, Doc("Id of the call log it belongs to; 0 if none.")] = 0
    CategoryName: Annotated[str | None, Doc("Name of the category.")] = None
    ChatID: Annotated[int, Doc("Id of the chat it belongs to; 0 if none.")] = 0
    DateEndUTC: Annotated[datetime, Doc("When the work ended, in UTC.")] = LEAST_DATETIME
    DateStartUTC: Annotated[datetime, Doc("When the work began, in UTC.")] = LEAST_DATETIME
    Description: Annotated[str | None, Doc("What was done.")] = None
    ID: Annotated[int, Doc("Its id.")] = 0
    IsBillable: Annotated[bool, Doc("Whether the time can be billed.")] = False
    Subject: Annotated[str | None, Doc("What the time was spent on, in a line.")] = None
    TicketID: Annotated[int, Doc("Id of the ticket it belongs to; 0 if none.")] = 0
    TimeLogCategoryID: Annotated[int, Doc("Id of the category.")] = 0
    IsDeleted: Annotated[bool, Doc("Whether it is marked as deleted.")] = False


@class_
class TimeLogInfoResult:
    """One time log."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    TimeLog: Annotated[TimeLogInfo, Doc("The time log.")] = field(default_factory=TimeLogInfo)


@class_
class TimeLogInfoArrayResult:
    """Time logs."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    TimeLogs: Annotated[list[TimeLogInfo] | None, Doc("The time logs.")] = None


@struct
class CustomFieldInfo:
    """A custom field as a department's template has it."""

    CustomFieldId: Annotated[int, Doc("Id of the custom field.")] = 0
    CustomTemplateId: Annotated[int, Doc("Id of the template.")] = 0
    DisplayName: Annotated[str | None, Doc("Name to show.")] = None
    IsRequiredByAgents: Annotated[bool, Doc("Whether agents must fill it in before they answer.")] = False
    IsRequiredByAgentsToClose: Annotated[bool, Doc("Whether agents must fill it in before they close.")] = False
    IsRequiredByUsers: Annotated[bool, Doc("Whether customers must fill it in before they begin.")] = False
    IsVisibleToAgents: Annotated[bool, Doc("Whether agents see it.")] = False
    IsVisibleToUsers: Annotated[bool, Doc("Whether customers see it.")] = False
    SortOrder: Annotated[int, Doc("Where the field stands among the others.")] = 0


@class_
class CustomFieldInfoArrayResult:
    """Custom fields."""

    CustomFields: Annotated[list[CustomFieldInfo] | None, Doc("The custom fields.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
