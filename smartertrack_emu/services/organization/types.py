"""What svcOrganization takes and gives, in wire order."""

from __future__ import annotations

from dataclasses import field

from smartertrack_emu.asmx.declare import Int16, class_, struct


@class_
class OrganizationInfoMemberResult:
    """The member that was added or removed."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    ID: int = 0


@struct
class OrganizationInfo:
    """An organization."""

    Name: str | None = None
    PhoneNumber: str | None = None
    Website: str | None = None
    OrganizationID: int = 0


@class_
class OrganizationInfoResult:
    """One organization."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    Organization: OrganizationInfo = field(default_factory=OrganizationInfo)


@class_
class UserInfoResult:
    """A new user's id."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    UserID: int = 0


@struct
class AgentInfo:
    """An agent."""

    DisplayName: str | None = None
    ID: int = 0
    UserName: str | None = None


@class_
class AgentInfoArrayResult:
    """Agents."""

    Agents: list[AgentInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class ActiveItem:
    """How much an agent has on hand."""

    Agent: AgentInfo = field(default_factory=AgentInfo)
    ActiveTicketsCount: int = 0
    ActiveLiveChatsCount: int = 0
    InProgressTasksCount: int = 0


@class_
class ActiveItemArrayResult:
    """How much each agent has on hand."""

    ActiveItems: list[ActiveItem] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class BrandInfo:
    """A brand."""

    ID: int = 0
    Name: str | None = None


@class_
class BrandInfoArrayResult:
    """Brands."""

    Brands: list[BrandInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class CustomFieldInfo:
    """A custom field as defined for the whole installation."""

    DataType: str | None = None
    DefaultValue: str | None = None
    DisplayName: str | None = None
    ID: int = 0
    IsGlobal: bool = False
    ValueOptions: list[str] | None = None


@class_
class CustomFieldInfoArrayResult:
    """Custom fields."""

    CustomFields: list[CustomFieldInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class DepartmentInfo:
    """A department."""

    ID: int = 0
    Name: str | None = None


@class_
class DepartmentInfoArrayResult:
    """Departments."""

    Departments: list[DepartmentInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class GroupInfo:
    """A group."""

    ID: int = 0
    Name: str | None = None


@class_
class GroupInfoArrayResult:
    """Groups."""

    Groups: list[GroupInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@struct
class OrganizationMemberInfo:
    """A member of an organization."""

    Type: int = 0
    Value: str | None = None
    ID: int = 0


@class_
class OrganizationMemberInfoArrayResult:
    """Members of an organization."""

    OrganizationMembers: list[OrganizationMemberInfo] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class OrganizationInfoArrayResult:
    """Organizations."""

    Message: str | None = ""
    Organizations: list[OrganizationInfo] | None = None
    Result: bool = True
    ResultCode: int = 0


@struct
class ReportInfo:
    """A report."""

    ReportID: str | None = None
    ReportName: str | None = None


@class_
class ReportInfoResultArray:
    """Reports."""

    Message: str | None = ""
    Reports: list[ReportInfo] | None = None
    Result: bool = True
    ResultCode: int = 0


@struct
class RoleInfo:
    """A role."""

    IsEmployee: bool = False
    RoleID: Int16 = 0
    RoleName: str | None = None


@class_
class RoleInfoResultArray:
    """Roles."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    Roles: list[RoleInfo] | None = None


@struct
class TimeLogCategoryInfo:
    """A category of time logs."""

    CategoryName: str | None = None
    Description: str | None = None
    ID: int = 0


@class_
class TimeLogCategoryInfoArrayResult:
    """Categories of time logs."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    TimeLogCategories: list[TimeLogCategoryInfo] | None = None


@class_
class DailyStatItem:
    """What an agent was given on a day."""

    Agent: AgentInfo = field(default_factory=AgentInfo)
    DailyTicketCount: int = 0
    DailyChatCount: int = 0
    DailyCallLogCount: int = 0
    AverageTicketResponseTime: float = 0.0


@class_
class DailyStatItemArrayResult:
    """What each agent was given on a day."""

    StatItems: list[DailyStatItem] | None = None
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0


@class_
class AgentRoleInfo:
    """An agent and his roles."""

    Agent: AgentInfo = field(default_factory=AgentInfo)
    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    Roles: list[Int16] | None = None
