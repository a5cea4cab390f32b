"""svcTasks: creating, finding, changing and deleting tasks."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any

from sqlalchemy.orm import Session

from smartertrack_emu.asmx.declare import Doc, class_, struct
from smartertrack_emu.domain import items
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import ItemKind, Priority
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.tasks import models
from smartertrack_emu.domain.tasks import tasks as task_list
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import CallLogId, ChatId, TicketId
from smartertrack_emu.services.keyvalues import Integer, Key, Keys, Moment, Text, Values
from smartertrack_emu.services.results import Code, GenericResult, Succeeded, WhatWentWrong
from smartertrack_emu.services.service import HelpdeskService

TaskId = Annotated[int, Doc("Id of the task.")]

tasks = HelpdeskService(
    "svcTasks",
    documentation="Creating, finding, changing and deleting tasks.",
)


@struct
class TaskInfo:
    """A task."""

    CallLogID: Annotated[int | None, Doc("Id of the call log it belongs to; may be null.")] = None
    ChatID: Annotated[int | None, Doc("Id of the chat it belongs to; may be null.")] = None
    DateDue: Annotated[datetime | None, Doc("When it is due, in UTC; may be null.")] = None
    DateStart: Annotated[datetime | None, Doc("When it is to begin, in UTC; may be null.")] = None
    Description: Annotated[str | None, Doc("What it says in full.")] = None
    OriginalEstimate: Annotated[int | None, Doc("How long it was first thought to take; may be null.")] = None
    OriginalEstimateType: Annotated[
        int | None, Doc("What OriginalEstimate counts: 1 minutes, 2 hours, 3 days, 4 weeks; may be null.")
    ] = None
    RemainingEstimate: Annotated[int | None, Doc("How long it will still take; may be null.")] = None
    RemainingEstimateType: Annotated[
        int | None, Doc("What RemainingEstimate counts: 1 minutes, 2 hours, 3 days, 4 weeks; may be null.")
    ] = None
    ReminderMinutes: Annotated[
        int | None, Doc("How many minutes before it is due its agent is reminded; may be null.")
    ] = None
    Subject: Annotated[str | None, Doc("Its subject line.")] = None
    TaskID: Annotated[int, Doc("Id of the task.")] = 0
    TaskPriorityID: Annotated[int, Doc("Its priority: 1 low, 2 normal, 3 high, 4 urgent.")] = 0
    TaskStatusID: Annotated[
        int,
        Doc(
            "Its status: 3 under consideration, 4 in progress, 5 on hold, 6 in review, 7 completed, 8 rejected, 9 "
            "approved; 1 (active) and 2 (closed) are no longer in use."
        ),
    ] = 0
    TicketID: Annotated[int | None, Doc("Id of the ticket it belongs to; may be null.")] = None
    UserID: Annotated[int | None, Doc("Id of the agent who has it; may be null.")] = None


@class_
class TaskInfoResult:
    """One task."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    Task: Annotated[TaskInfo, Doc("The task.")] = field(default_factory=TaskInfo)


@class_
class TaskInfoResultArray:
    """Tasks."""

    Message: WhatWentWrong = ""
    Result: Succeeded = True
    ResultCode: Code = 0
    Tasks: Annotated[list[TaskInfo] | None, Doc("The tasks.")] = None


class _Choice(Key[IntEnum | None]):
    """One of some members, by its number or its name, letter case and spaces aside; None where it is empty.

    `further`: what else means one of them.
    """

    absent = None

    def __init__(
        self,
        field: str,
        members: type[IntEnum],
        *,
        also: str = "",
        documented: bool = True,
        further: Mapping[str, IntEnum] | None = None,
    ) -> None:
        super().__init__(field, also=also, documented=documented)
        self._members = members
        self._further = further or {}

    def value(self) -> str:
        """Return what its value is."""
        return f"one of {self._named()}"

    def read(self, text: str, session: Session) -> IntEnum | None:
        """Return the member."""
        del session
        if not text.strip():
            return None
        word = "".join(text.lower().replace("_", " ").split())
        for member in self._members:
            if word in (str(int(member)), member.name.replace("_", "").lower()):
                return member
        if word in self._further:
            return self._further[word]
        raise BadValue(f"{self.name}: give one of {self._named()}.")

    def _named(self) -> str:
        return ", ".join(f"{int(member)} {member.name.replace('_', ' ').title()}" for member in self._members)


_RETIRED = {
    "1": models.TaskStatus.IN_PROGRESS,
    "active": models.TaskStatus.IN_PROGRESS,
    "2": models.TaskStatus.COMPLETED,
    "closed": models.TaskStatus.COMPLETED,
}
"""What the two statuses that are no longer in use mean."""


class TaskKeys(Keys):
    """What a task is made of: the names for creating and the second ones, for changing, are documented."""

    Subject = Text("subject")
    TaskPriority = _Choice("priority", Priority, also="TaskPriorityID")
    TaskStatus = _Choice("status", models.TaskStatus, also="TaskStatusID", further=_RETIRED)
    UserID = Integer("agent_id", note="Id of the agent whose task it is.")
    Description = Text("description")
    DateStart = Moment("starts_at")
    DateEnd = Moment("due_at")
    ReminderMinutes = Integer("reminder_minutes", note="How long before DateEnd the agent is reminded.")
    RelatedItem = Text(
        "item", note="Number of a ticket, a chat or a call log, or its kind and id, such as `chat:5`; empty for none."
    )
    TicketID = Integer(documented=False)
    ChatID = Integer(documented=False)
    CallLogID = Integer(documented=False)
    OriginalEstimate = Integer("original_estimate", documented=False)
    OriginalEstimateType = _Choice("original_estimate_unit", models.EstimateUnit, documented=False)
    RemainingEstimate = Integer("remaining_estimate", documented=False)
    RemainingEstimateType = _Choice("remaining_estimate_unit", models.EstimateUnit, documented=False)


_ITEMS = {
    TaskKeys.TicketID: ItemKind.TICKET,
    TaskKeys.ChatID: ItemKind.CHAT,
    TaskKeys.CallLogID: ItemKind.CALL_LOG,
}
_OF_ITEM: frozenset[Key[Any]] = frozenset({TaskKeys.RelatedItem, *_ITEMS})


@tasks.operation(right=Right.TASKS_CREATE, writes=True)
def CreateTask(
    call: Call,
    parameters: Annotated[
        list[str], Doc("Texts `key=value`, one a property. Subject must be among them."), TaskKeys.to_give()
    ],
) -> GenericResult:
    """Create a task. Subject must be given."""
    attributes = _attributes(call, TaskKeys.parse(parameters, call.session))
    if attributes.get("agent_id", 0) is None:
        del attributes["agent_id"]  # left empty is left out: the caller's
    task_list.create(call.session, call.actor, attributes)
    return GenericResult()


@tasks.operation(right=Right.TASKS_DELETE, writes=True)
def DeleteTask(call: Call, taskID: TaskId) -> GenericResult:
    """Delete a task."""
    task_list.delete(call.session, call.actor, taskID)
    return GenericResult()


@tasks.operation(right=Right.TASKS_VIEW)
def GetTaskByID(call: Call, taskID: TaskId) -> TaskInfoResult:
    """Return one task."""
    return TaskInfoResult(Task=_info(task_list.get(call.session, call.actor, taskID)))


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByCallLogID(call: Call, callLogID: CallLogId) -> TaskInfoResultArray:
    """List the tasks of a call log."""
    return _infos(task_list.list_of_item(call.session, call.actor, ItemKind.CALL_LOG, callLogID))


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByChatID(call: Call, chatID: ChatId) -> TaskInfoResultArray:
    """List the tasks of a chat."""
    return _infos(task_list.list_of_item(call.session, call.actor, ItemKind.CHAT, chatID))


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByTicketID(call: Call, ticketID: TicketId) -> TaskInfoResultArray:
    """List the tasks of a ticket."""
    return _infos(task_list.list_of_item(call.session, call.actor, ItemKind.TICKET, ticketID))


@tasks.operation(right=Right.TASKS_VIEW)
def GetTasksByUser(call: Call, userID: Annotated[int, Doc("Id of the agent.")]) -> TaskInfoResultArray:
    """List the tasks of an agent."""
    return _infos(task_list.list_of_agent(call.session, call.actor, userID))


@tasks.operation(right=Right.TASKS_MODIFY, writes=True)
def UpdateTask(
    call: Call,
    taskID: TaskId,
    parameters: Annotated[list[str], Doc("Texts `key=value`, one a property."), TaskKeys.to_give(by_second_names=True)],
) -> GenericResult:
    """Change properties of a task."""
    attributes = _attributes(call, TaskKeys.parse(parameters, call.session))
    task_list.update(call.session, call.actor, taskID, attributes)
    return GenericResult()


def _attributes(call: Call, values: Values) -> dict[str, Any]:
    """Return the attributes given: an empty priority, status or unit leaves it as it is, others are cleared by it."""
    given = {}
    for key in values:
        if key not in _OF_ITEM and not (isinstance(key, _Choice) and values[key] is None):
            given[key.field] = values[key]
    return given | _item(call, values)


def _item(call: Call, values: Values) -> dict[str, Any]:
    """Return the item given; empty keys clear it unless another one names it."""
    found = set()
    if text := values[TaskKeys.RelatedItem].strip():
        found.add(items.find(call.session, call.actor, text))
    for key, kind in _ITEMS.items():
        if (number := values[key]) is not None:
            found.add(items.by_id(call.session, call.actor, kind, number))
    if len(found) > 1:
        raise BadValue("A task is about one item: give RelatedItem, TicketID, ChatID or CallLogID.")
    if found:
        return {"item": found.pop()}
    return {"item": None} if any(key in values for key in _OF_ITEM) else {}


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
