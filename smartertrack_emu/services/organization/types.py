"""What svcOrganization takes and gives, in wire order."""

from dataclasses import field
from typing import Annotated

from smartertrack_emu.asmx.declare import Doc, Int16, class_, struct
from smartertrack_emu.services.results import Code, Succeeded, WhatWentWrong


@class_
class OrganizationInfoMemberResult:
    """The member that was added or removed."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    ID: Annotated[int, Doc("Id of the member.")] = 0


@struct
class OrganizationInfo:
    """An organization."""

    Name: Annotated[str | None, Doc("Its name.")] = None
    PhoneNumber: Annotated[str | None, Doc("Telephone number.")] = None
    Website: Annotated[str | None, Doc("Address of the web site.")] = None
    OrganizationID: Annotated[int, Doc("Id of the organization.")] = 0


@class_
class OrganizationInfoResult:
    """One organization."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    Organization: Annotated[OrganizationInfo, Doc("The organization.")] = field(default_factory=OrganizationInfo)


@class_
class UserInfoResult:
    """A new user's id."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    UserID: Annotated[int, Doc("Id of the new user.")] = 0


@struct
class AgentInfo:
    """An agent."""

    DisplayName: Annotated[str | None, Doc("Name to show.")] = None
    ID: Annotated[int, Doc("Its id.")] = 0
    UserName: Annotated[str | None, Doc("User name.")] = None


@class_
class AgentInfoArrayResult:
    """Agents."""

    Agents: Annotated[list[AgentInfo] | None, Doc("The agents.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class ActiveItem:
    """How much an agent has on hand."""

    Agent: Annotated[AgentInfo, Doc("The agent.")] = field(default_factory=AgentInfo)
    ActiveTicketsCount: Annotated[int, Doc("How many active tickets the agent has.")] = 0
    ActiveLiveChatsCount: Annotated[int, Doc("How many active chats the agent has.")] = 0
    InProgressTasksCount: Annotated[int, Doc("How many tasks the agent has in progress.")] = 0


@class_
class ActiveItemArrayResult:
    """How much each agent has on hand."""

    ActiveItems: Annotated[list[ActiveItem] | None, Doc("One entry an agent.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class BrandInfo:
    """A brand."""

    ID: Annotated[int, Doc("Id of the brand.")] = 0
    Name: Annotated[str | None, Doc("Its name.")] = None


@class_
class BrandInfoArrayResult:
    """Brands."""

    Brands: Annotated[list[BrandInfo] | None, Doc("The brands.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class CustomFieldInfo:
    """A custom field as defined for the whole installation."""

    DataType: Annotated[
        str | None,
        Doc(
            "Kind of its values: SingleLineText, MultipleLineText, Choice, ChoiceWithFillIn, Number, Date, Time, "
            "DateTime, Boolean, URL or PictureURL."
        ),
    ] = None
    DefaultValue: Annotated[str | None, Doc("Value it has until another is given.")] = None
    DisplayName: Annotated[str | None, Doc("Name to show.")] = None
    ID: Annotated[int, Doc("Its id.")] = 0
    IsGlobal: Annotated[
        bool, Doc("True for a field of departments and users, False for one of tickets, chats and the like.")
    ] = False
    ValueOptions: Annotated[
        list[str] | None, Doc("The values to choose from, where DataType is Choice or ChoiceWithFillIn.")
    ] = None


@class_
class CustomFieldInfoArrayResult:
    """Custom fields."""

    CustomFields: Annotated[list[CustomFieldInfo] | None, Doc("The custom fields.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class DepartmentInfo:
    """A department."""

    ID: Annotated[int, Doc("Its id.")] = 0
    Name: Annotated[str | None, Doc("Its name.")] = None


@class_
class DepartmentInfoArrayResult:
    """Departments."""

    Departments: Annotated[list[DepartmentInfo] | None, Doc("The departments.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class GroupInfo:
    """A group."""

    ID: Annotated[int, Doc("Its id.")] = 0
    Name: Annotated[str | None, Doc("Its name.")] = None


@class_
class GroupInfoArrayResult:
    """Groups."""

    Groups: Annotated[list[GroupInfo] | None, Doc("The groups.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class OrganizationMemberInfo:
    """A member of an organization."""

    Type: Annotated[
        int, Doc("How the member is told: 1 user name, 2 e-mail address, 3 domain, 4 telephone number.")
    ] = 0
    Value: Annotated[str | None, Doc("The user name, address, domain or number itself.")] = None
    ID: Annotated[int, Doc("Its id.")] = 0


@class_
class OrganizationMemberInfoArrayResult:
    """Members of an organization."""

    OrganizationMembers: Annotated[list[OrganizationMemberInfo] | None, Doc("The members.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class OrganizationInfoArrayResult:
    """Organizations."""

    Message: WhatWentWrong = ""
    Organizations: Annotated[list[OrganizationInfo] | None, Doc("The organizations.")] = None
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class ReportInfo:
    """A report."""

    ReportID: Annotated[str | None, Doc("GUID of the report.")] = None
    ReportName: Annotated[str | None, Doc("Title of the report.")] = None


@class_
class ReportInfoResultArray:
    """Reports."""

    Message: WhatWentWrong = ""
    Reports: Annotated[list[ReportInfo] | None, Doc("The reports.")] = None
    Result: Succeeded = True
    ResultCode: Code = 0


@struct
class RoleInfo:
    """A role."""

    IsEmployee: Annotated[bool, Doc("True for a role of employees, False for one of customers.")] = False
    RoleID: Annotated[Int16, Doc("Id of the role.")] = 0
    RoleName: Annotated[str | None, Doc("Name of the role.")] = None


@class_
class RoleInfoResultArray:
    """Roles."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    Roles: Annotated[list[RoleInfo] | None, Doc("The roles.")] = None


@struct
class TimeLogCategoryInfo:
    """A category of time logs."""

    CategoryName: Annotated[str | None, Doc("Name of the category.")] = None
    Description: Annotated[str | None, Doc("What the category is for.")] = None
    ID: Annotated[int, Doc("Its id.")] = 0


@class_
class TimeLogCategoryInfoArrayResult:
    """Categories of time logs."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    TimeLogCategories: Annotated[list[TimeLogCategoryInfo] | None, Doc("The categories.")] = None


@class_
class DailyStatItem:
    """What an agent was given on a day."""

    Agent: Annotated[AgentInfo, Doc("The agent.")] = field(default_factory=AgentInfo)
    DailyTicketCount: Annotated[int, Doc("How many new tickets the agent has.")] = 0
    DailyChatCount: Annotated[int, Doc("How many new chats the agent has.")] = 0
    DailyCallLogCount: Annotated[int, Doc("How many new call logs the agent has.")] = 0
    AverageTicketResponseTime: Annotated[float, Doc("Minutes to the first answer to a ticket, on average.")] = 0.0


@class_
class DailyStatItemArrayResult:
    """What each agent was given on a day."""

    StatItems: Annotated[list[DailyStatItem] | None, Doc("One entry an agent.")] = None
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0


@class_
class AgentRoleInfo:
    """An agent and their roles."""

    Agent: Annotated[AgentInfo, Doc("The agent.")] = field(default_factory=AgentInfo)
    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    Roles: Annotated[list[Int16] | None, Doc("Ids of the agent's roles.")] = None
