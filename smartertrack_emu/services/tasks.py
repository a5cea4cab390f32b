"""svcTasks: creating, finding, changing and deleting tasks."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from smartertrack_emu.asmx.declare import class_, struct
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult
from smartertrack_emu.services.service import HelpdeskService

tasks = HelpdeskService(
    "svcTasks",
    documentation="Creating, finding, changing and deleting tasks.",
)


@struct
class TaskInfo:
    """A task."""

    CallLogID: int | None = None
    ChatID: int | None = None
    DateDue: datetime | None = None
    DateStart: datetime | None = None
    Description: str | None = None
    OriginalEstimate: int | None = None
    OriginalEstimateType: int | None = None
    RemainingEstimate: int | None = None
    RemainingEstimateType: int | None = None
    ReminderMinutes: int | None = None
    Subject: str | None = None
    TaskID: int = 0
    TaskPriorityID: int = 0
    TaskStatusID: int = 0
    TicketID: int | None = None
    UserID: int | None = None


@class_
class TaskInfoResult:
    """One task."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    Task: TaskInfo = field(default_factory=TaskInfo)


@class_
class TaskInfoResultArray:
    """Tasks."""

    Message: str | None = ""
    Result: bool = True
    ResultCode: int = 0
    Tasks: list[TaskInfo] | None = None


@tasks.operation(right=Right.TASKS_CREATE, writes=True)
def CreateTask(call: Call, parameters: list[str]) -> GenericResult:
    """Create a task. Subject must be given."""
    raise NotBuilt


@tasks.operation(right=Right.TASKS_DELETE, writes=True)
def DeleteTask(call: Call, taskID: int) -> GenericResult:
    """Delete a task."""
    raise NotBuilt


@tasks.operation(right=Right.TASKS_VIEW)
def GetTaskByID(call: Call, taskID: int) -> TaskInfoResult:
    """Return one task."""
    raise NotBuilt


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByCallLogID(call: Call, callLogID: int) -> TaskInfoResultArray:
    """List the tasks of a call log."""
    raise NotBuilt


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByChatID(call: Call, chatID: int) -> TaskInfoResultArray:
    """List the tasks of a chat."""
    raise NotBuilt


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByTicketID(call: Call, ticketID: int) -> TaskInfoResultArray:
    """List the tasks of a ticket."""
    raise NotBuilt


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByUser(call: Call, userID: int) -> TaskInfoResultArray:
    """List the tasks of an agent."""
    raise NotBuilt


@tasks.operation(right=Right.TASKS_MODIFY, writes=True)
def UpdateTask(call: Call, taskID: int, parameters: list[str]) -> GenericResult:
    """Change properties of a task."""
    raise NotBuilt
