"""Results and their parts that several services share, member by member equal."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from smartertrack_emu.asmx.declare import LEAST_DATETIME, class_, struct


@class_
class GenericResult:
    """Whether a call succeeded."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class StringRequestResult:
    """A text."""

    Message: str | None = ""
    RequestResult: str | None = None
    Result: bool = True
    ResultCode: int = 0


@class_
class IntRequestResult:
    """A number."""

    Message: str | None = ""
    RequestResult: int = 0
    Result: bool = True
    ResultCode: int = 0


@class_
class SettingsRequestResult:
    """`key=value` texts."""

    Message: str | None = ""
    RequestResults: list[str] | None = None
    Result: bool = True
    ResultCode: int = 0


@class_
class IsAvailableResult:
    """Whether the service can be reached."""

    IsAvailable: bool = False


@struct
class ReceivingStatusInfo:
    """Whether an agent is being given items of a group."""

    DepartmentId: int = 0
    DepartmentName: str | None = None
    GroupId: int = 0
    GroupName: str | None = None
    IsReceiving: bool = False


@class_
class ReceivingStatusInfoArrayResult:
    """An agent's receiving status in each of his groups."""

    Message: str | None = ""
    ReceivingStatus: list[ReceivingStatusInfo] | None = None
    Result: bool = True
    ResultCode: int = 0


@struct
class TimeLogInfo:
    """Time worked on a ticket, a chat or a call."""

    AgentID: int = 0
    CallLogID: int = 0
    CategoryName: str | None = None
    ChatID: int = 0
    DateEndUTC: datetime = LEAST_DATETIME
    DateStartUTC: datetime = LEAST_DATETIME
    Description: str | None = None
    ID: int = 0
    IsBillable: bool = False
    Subject: str | None = None
    TicketID: int = 0
    TimeLogCategoryID: int = 0
    IsDeleted: bool = False


@class_
class TimeLogInfoResult:
    """One time log."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    TimeLog: TimeLogInfo = field(default_factory=TimeLogInfo)


@class_
class TimeLogInfoArrayResult:
    """Time logs."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    TimeLogs: list[TimeLogInfo] | None = None


@struct
class CustomFieldInfo:
    """A custom field as a department's template has it."""

    CustomFieldId: int = 0
    CustomTemplateId: int = 0
    DisplayName: str | None = None
    IsRequiredByAgents: bool = False
    IsRequiredByAgentsToClose: bool = False
    IsRequiredByUsers: bool = False
    IsVisibleToAgents: bool = False
    IsVisibleToUsers: bool = False
    SortOrder: int = 0


@class_
class CustomFieldInfoArrayResult:
    """Custom fields."""

    CustomFields: list[CustomFieldInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
