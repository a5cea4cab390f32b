"""svcTasks: creating, finding, changing and deleting tasks."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import IntEnum
from typing import Any

from smartertrack_emu.asmx.declare import class_, struct
from smartertrack_emu.domain import items
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import ItemKind, Priority
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.tasks import tasks as task_list
from smartertrack_emu.domain.tasks.models import EstimateUnit, TaskStatus
from smartertrack_emu.services import documentation_keys
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys, Values
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


_ALSO = {"TaskPriorityID": "TaskPriority", "TaskStatusID": "TaskStatus"}

KEYS = Keys(
    *documentation_keys.KEYS["svcTasks", "CreateTask", "parameters"],
    "TicketID",
    "ChatID",
    "CallLogID",
    "OriginalEstimate",
    "OriginalEstimateType",
    "RemainingEstimate",
    "RemainingEstimateType",
    aliases=_ALSO,
)
"""Those of creating, and those of changing by the names of `_ALSO`, are documented; the rest is ours."""

_DATES = {"DateStart": "starts_at", "DateEnd": "due_at"}
_NUMBERS = {
    "UserID": "agent_id",
    "ReminderMinutes": "reminder_minutes",
    "OriginalEstimate": "original_estimate",
    "RemainingEstimate": "remaining_estimate",
}
_WORDS: dict[str, tuple[str, type[IntEnum], dict[str, IntEnum]]] = {
    "TaskPriority": ("priority", Priority, {}),
    "TaskStatus": (
        "status",
        TaskStatus,
        # The two retired ones.
        {
            "1": TaskStatus.IN_PROGRESS,
            "active": TaskStatus.IN_PROGRESS,
            "2": TaskStatus.COMPLETED,
            "closed": TaskStatus.COMPLETED,
        },
    ),
    "OriginalEstimateType": ("original_estimate_unit", EstimateUnit, {}),
    "RemainingEstimateType": ("remaining_estimate_unit", EstimateUnit, {}),
}
_ITEMS = {"TicketID": ItemKind.TICKET, "ChatID": ItemKind.CHAT, "CallLogID": ItemKind.CALL_LOG}


@tasks.operation(right=Right.TASKS_CREATE, writes=True)
def CreateTask(call: Call, parameters: list[str]) -> GenericResult:
    """Create a task. Subject must be given."""
    attributes = _attributes(call, KEYS.parse(parameters))
    if attributes.get("agent_id", 0) is None:
        del attributes["agent_id"]  # left empty is left out: the caller's
    task_list.create(call.session, call.actor, attributes)
    return GenericResult()


@tasks.operation(right=Right.TASKS_DELETE, writes=True)
def DeleteTask(call: Call, taskID: int) -> GenericResult:
    """Delete a task."""
    task_list.delete(call.session, call.actor, taskID)
    return GenericResult()


@tasks.operation(right=Right.TASKS_VIEW)
def GetTaskByID(call: Call, taskID: int) -> TaskInfoResult:
    """Return one task."""
    return TaskInfoResult(Task=_info(task_list.get(call.session, call.actor, taskID)))


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByCallLogID(call: Call, callLogID: int) -> TaskInfoResultArray:
    """List the tasks of a call log."""
    return _infos(task_list.list_of_item(call.session, call.actor, ItemKind.CALL_LOG, callLogID))


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByChatID(call: Call, chatID: int) -> TaskInfoResultArray:
    """List the tasks of a chat."""
    return _infos(task_list.list_of_item(call.session, call.actor, ItemKind.CHAT, chatID))


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByTicketID(call: Call, ticketID: int) -> TaskInfoResultArray:
    """List the tasks of a ticket."""
    return _infos(task_list.list_of_item(call.session, call.actor, ItemKind.TICKET, ticketID))


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByUser(call: Call, userID: int) -> TaskInfoResultArray:
    """List the tasks of an agent."""
    return _infos(task_list.list_of_agent(call.session, call.actor, userID))


@tasks.operation(right=Right.TASKS_MODIFY, writes=True)
def UpdateTask(call: Call, taskID: int, parameters: list[str]) -> GenericResult:
    """Change properties of a task."""
    attributes = _attributes(call, KEYS.parse(parameters))
    task_list.update(call.session, call.actor, taskID, attributes)
    return GenericResult()


def _attributes(call: Call, values: Values) -> dict[str, Any]:
    """Return the attributes given: an empty priority, status or unit leaves it as it is, others are cleared by it."""
    given: dict[str, Any] = {}
    for key in values:
        if key in _DATES:
            given[_DATES[key]] = values.moment(key, call.session)
        elif key in _NUMBERS:
            given[_NUMBERS[key]] = values.integer(key)
        elif key in _WORDS:
            name, members, further = _WORDS[key]
            if values[key].strip():
                given[name] = _member(key, values[key], members, further)
        elif key in ("Subject", "Description"):
            given[key.lower()] = values[key]
    return given | _item(call, values)


def _member(key: str, value: str, members: type[IntEnum], further: dict[str, IntEnum]) -> IntEnum:
    """Return the member that a number or a name means; letter case and spaces do not matter."""
    word = "".join(value.lower().replace("_", " ").split())
    for member in members:
        if word in (str(int(member)), member.name.replace("_", "").lower()):
            return member
    if word in further:
        return further[word]
    known = ", ".join(f"{int(member)} {member.name.replace('_', ' ').title()}" for member in members)
    raise BadValue(f"{key}: give one of {known}.")


def _item(call: Call, values: Values) -> dict[str, Any]:
    """Return the item given; empty keys clear it unless another one names it."""
    found = set()
    for key in ("RelatedItem", *_ITEMS):
        text = values.get(key, "").strip()
        if text and key in _ITEMS:
            found.add(items.by_id(call.session, call.actor, _ITEMS[key], values.required_integer(key)))
        elif text:
            found.add(items.find(call.session, call.actor, text, key=key))
    if len(found) > 1:
        raise BadValue("A task is about one item: give RelatedItem, TicketID, ChatID or CallLogID.")
    if found:
        return {"item": found.pop()}
    return {"item": None} if any(key in values for key in ("RelatedItem", *_ITEMS)) else {}


def _infos(found: list[task_list.TaskDetails]) -> TaskInfoResultArray:
    return TaskInfoResultArray(Tasks=[_info(one) for one in found])


def _info(found: task_list.TaskDetails) -> TaskInfo:
    return TaskInfo(
        CallLogID=found.call_log_id,
        ChatID=found.chat_id,
        DateDue=found.due_at,
        DateStart=found.starts_at,
        Description=found.description,
        OriginalEstimate=found.original_estimate,
        OriginalEstimateType=found.original_estimate_unit,
        RemainingEstimate=found.remaining_estimate,
        RemainingEstimateType=found.remaining_estimate_unit,
        ReminderMinutes=found.reminder_minutes,
        Subject=found.subject,
        TaskID=found.id,
        TaskPriorityID=found.priority,
        TaskStatusID=found.status,
        TicketID=found.ticket_id,
        UserID=found.agent_id,
    )
