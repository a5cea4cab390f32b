"""svcTasks over HTTP: keys, members and ids are documented, who sees what, defaults and refusals are ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from smartertrack_emu.domain.events.history import history
from smartertrack_emu.domain.events.tasks import TaskCreated, TaskDeleted, TaskModified
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import CallLog, Chat, Task, Ticket
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.happened import happened, words
from tests.services.api import Api, items
from tests.services.roles import check_rights

ALICE, BOB, CAROL, MARY, CUSTOMER = 4, 5, 6, 7, 8
SEEDED = 1
"""The seed file's task: alice's, of its ticket."""
TICKET, CHAT, CALL_LOG = 1, 1, 1
"""The seed file's first ones: the ticket and the chat in alice's group, the call log in carol's."""


def tasks_of(api: Api, user: int, by: str = "admin") -> list[Any]:
    answer = api.tasks(by).GetTasksByUser(user)
    assert answer.Result, answer.Message
    return items(answer.Tasks)


def create(api: Api, *parameters: str, by: str = "bob") -> int:
    before = {task.TaskID for user in (ALICE, BOB, CAROL, MARY) for task in tasks_of(api, user)}
    answer = api.tasks(by).CreateTask(["Subject=Do it", *parameters])
    assert (answer.Result, answer.ResultCode, answer.Message) == (True, 0, None), answer.Message
    (fresh,) = {task.TaskID for user in (ALICE, BOB, CAROL, MARY) for task in tasks_of(api, user)} - before
    return int(fresh)


def get(api: Api, task: int, by: str = "admin") -> Any:
    answer = api.tasks(by).GetTaskByID(task)
    assert answer.Result, answer.Message
    return answer.Task


def number(api: Api, model: Any, row: int) -> str:
    with reading(api.engine) as session:
        return str(session.get_one(model, row).number)


def test_create_and_read_with_all_keys(api: Api) -> None:
    task = get(
        api,
        create(
            api,
            "subject=Zurück = rufen",
            "TaskPriority=high",
            "TaskStatus=in review",
            "UserID=4",
            "Description=two\nlines",
            "DateStart=2024-05-01T10:00:00",
            "DateEnd=5/2/2024 6:30:00 PM",
            "ReminderMinutes=15",
            "RelatedItem=ticket:1",
            "OriginalEstimate=3",
            "OriginalEstimateType=days",
            "RemainingEstimate=90",
        ),
    )
    assert (task.Subject, task.Description) == ("Zurück = rufen", "two\nlines")
    assert (task.TaskPriorityID, task.TaskStatusID, task.UserID) == (3, 6, ALICE)
    assert task.DateStart == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert task.DateDue == datetime(2024, 5, 2, 18, 30, tzinfo=UTC)
    assert (task.ReminderMinutes, task.TicketID, task.ChatID, task.CallLogID) == (15, 1, None, None)
    assert (task.OriginalEstimate, task.OriginalEstimateType) == (3, 3)
    assert (task.RemainingEstimate, task.RemainingEstimateType) == (90, 1)


def test_what_is_left_out(api: Api) -> None:
    task = get(api, create(api, "TaskPriority=", "UserID=", "DateEnd=", "RelatedItem="))
    assert (task.UserID, task.TaskPriorityID, task.TaskStatusID) == (BOB, 2, 4)
    assert not task.Description
    for name in (
        "CallLogID",
        "ChatID",
        "DateDue",
        "DateStart",
        "OriginalEstimate",
        "OriginalEstimateType",
        "RemainingEstimate",
        "RemainingEstimateType",
        "ReminderMinutes",
        "TicketID",
    ):
        assert task[name] is None


WORDS: list[tuple[Any, ...]] = [
    ("TaskPriority=4", "TaskPriorityID", 4),
    ("TaskPriorityID=Low", "TaskPriorityID", 1),
    ("TaskStatus=7", "TaskStatusID", 7),
    ("TaskStatusID=Under Consideration", "TaskStatusID", 3),
    ("taskstatusid=OnHold", "TaskStatusID", 5),
    ("TaskStatus=REJECTED", "TaskStatusID", 8),
    ("TaskStatus=approved", "TaskStatusID", 9),
    ("TaskStatusID=1", "TaskStatusID", 4),
    ("TaskStatus=Active", "TaskStatusID", 4),
    ("TaskStatusID=2", "TaskStatusID", 7),
    ("TaskStatus=Closed", "TaskStatusID", 7),
]


def test_priority_and_status_by_id_or_name(api: Api) -> None:
    for pair, member, expected in WORDS:
        assert get(api, create(api, pair))[member] == expected
        assert api.tasks("alice").UpdateTask(SEEDED, [pair]).Result
        assert get(api, SEEDED)[member] == expected


NO_TASKS: list[tuple[Any, ...]] = [
    ([], -5, "Subject"),
    (["Subject= "], -5, "Subject"),
    (["Subject=x", "TaskPriority=5"], -5, "TaskPriority"),
    (["Subject=x", "TaskStatus=0"], -5, "TaskStatus"),
    (["Subject=x", "UserID=99"], -4, "99"),
    (["Subject=x", "UserID=8"], -5, "UserID"),
    (["Subject=x", "UserID=1"], -5, "UserID"),
    (["Subject=x", "UserID=bob"], -5, "UserID"),
    (["Subject=x", "DateStart=soon"], -5, "DateStart"),
    (["Subject=x", "DateStart=2024-01-02", "DateEnd=2024-01-01"], -5, "DateEnd"),
    (["Subject=x", "ReminderMinutes=-1"], -5, "ReminderMinutes"),
    (["Subject=x", "OriginalEstimate=-1"], -5, "OriginalEstimate"),
    (["Subject=x", "OriginalEstimateType=years"], -5, "OriginalEstimateType"),
    (["Subject=x", "RelatedItem=ticket:99"], -4, "ticket 99"),
    (["Subject=x", "RelatedItem=calllog:1"], -4, "call log 1"),
    (["Subject=x", "RelatedItem=000-00000000-0000"], -4, "000-00000000-0000"),
    (["Subject=x", "RelatedItem=nonsense"], -5, "RelatedItem"),
    (["Subject=x", "ChatID=three"], -5, "ChatID"),
    (["Subject=x", "ChatID=99"], -4, "chat 99"),
    (["Subject=x", "TicketID=1", "ChatID=1"], -5, "one item"),
    (["Subject=x", "Color=red"], -5, "Color"),
    (["Subject"], -5, "Subject"),
]


def test_not_created(api: Api) -> None:
    for parameters, code, word in NO_TASKS:
        answer = api.tasks("bob").CreateTask(parameters)
        assert (answer.Result, answer.ResultCode) == (False, code)
        assert word in answer.Message
        assert tasks_of(api, BOB) == []


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_related_by_number(api: Api, case: Any) -> None:
    for model, member, by in ((Ticket, "TicketID", "bob"), (Chat, "ChatID", "bob"), (CallLog, "CallLogID", "carol")):
        task = create(api, f"RelatedItem= {case(number(api, model, 1))} ", by=by)
        assert {name: get(api, task)[name] for name in ("TicketID", "ChatID", "CallLogID")} == {
            "TicketID": None,
            "ChatID": None,
            "CallLogID": None,
            member: 1,
        }


def test_a_new_item_replaces_the_old_one(api: Api) -> None:
    tasks = api.tasks("alice")
    for pair, expected in (
        ("RelatedItem=chat:1", (None, 1, None)),
        ("TicketID=1", (1, None, None)),
        ("ChatID=1", (None, 1, None)),
        ("Subject=Other", (None, 1, None)),
        ("RelatedItem=", (None, None, None)),
    ):
        assert tasks.UpdateTask(SEEDED, [pair]).Result
        task = get(api, SEEDED)
        assert (task.TicketID, task.ChatID, task.CallLogID) == expected


def test_update(api: Api) -> None:
    task = create(api, "DateStart=2024-01-01", "DateEnd=2024-01-02", "ReminderMinutes=5", "OriginalEstimate=1")
    changes = ["DateEnd=", "ReminderMinutes=", "Description=d", "TaskStatus=", "OriginalEstimateType=weeks", "UserID=4"]
    assert api.tasks("bob").UpdateTask(task, [*changes, "TicketID=1"]).Result
    found = get(api, task)
    assert (found.Subject, found.Description, found.DateDue, found.ReminderMinutes) == ("Do it", "d", None, None)
    assert found.DateStart == datetime(2024, 1, 1, tzinfo=UTC)
    assert (found.OriginalEstimateType, found.TaskStatusID, found.UserID) == (4, 4, ALICE)
    assert api.tasks("bob").UpdateTask(task, ["OriginalEstimate=2", "UserID="]).Result
    found = get(api, task)
    assert (found.OriginalEstimate, found.OriginalEstimateType, found.UserID) == (2, 4, None)
    assert api.tasks("bob").UpdateTask(task, ["OriginalEstimate="]).Result
    assert get(api, task).OriginalEstimateType is None


NO_CHANGES: list[tuple[Any, ...]] = [
    (["Subject="], -5),
    (["DateStart=2999-01-01"], -5),
    (["TaskStatus=done"], -5),
    (["UserID=0"], -4),
    (["CallLogID=1"], -4),
    (["Unknown=1"], -5),
]


def test_not_updated(api: Api) -> None:
    for parameters, code in NO_CHANGES:
        before = get(api, SEEDED)
        answer = api.tasks("alice").UpdateTask(SEEDED, ["Description=changed", *parameters])
        assert (answer.Result, answer.ResultCode) == (False, code)
        assert get(api, SEEDED) == before


def test_delete(api: Api) -> None:
    assert api.tasks("mary").DeleteTask(SEEDED).Result
    for answer in (
        api.tasks("admin").GetTaskByID(SEEDED),
        api.tasks("admin").UpdateTask(SEEDED, ["Subject=x"]),
        api.tasks("admin").DeleteTask(SEEDED),
    ):
        assert (answer.ResultCode, answer.Message) == (-4, f"There is no task {SEEDED}.")
    assert tasks_of(api, ALICE) == []
    assert items(api.tasks("admin").GetTasksByTicketID(TICKET).Tasks) == []


def test_lists_of_items(api: Api) -> None:
    chat = create(api, "ChatID=1", "UserID=4")
    call_log = create(api, "CallLogID=1", by="carol")
    for listed, expected in (
        (api.tasks("bob").GetTasksByTicketID(TICKET), [SEEDED]),
        (api.tasks("bob").GetTasksByChatID(CHAT), [chat]),
        (api.tasks("carol").GetTasksByCallLogID(CALL_LOG), [call_log]),
        (api.tasks("bob").GetTasksByUser(ALICE), [SEEDED, chat]),
    ):
        assert listed.Result
        assert [task.TaskID for task in items(listed.Tasks)] == expected


def test_unknown_parents(api: Api) -> None:
    alice = api.tasks("alice")
    for listed in (alice.GetTasksByTicketID, alice.GetTasksByChatID, alice.GetTasksByCallLogID, alice.GetTasksByUser):
        assert listed(99).ResultCode == -4
    assert alice.GetTasksByCallLogID(CALL_LOG).ResultCode == -4  # carol's
    assert api.tasks("carol").GetTasksByTicketID(TICKET).ResultCode == -4


def test_who_sees_a_task(api: Api) -> None:
    alone = create(api)
    assert api.tasks("bob").GetTaskByID(alone).Result
    assert api.tasks("mary").GetTaskByID(alone).Result
    answer = api.tasks("alice").GetTaskByID(alone)
    assert (answer.ResultCode, answer.Message) == (-4, f"There is no task {alone}.")
    assert tasks_of(api, BOB, by="alice") == []
    assert api.tasks("alice").UpdateTask(alone, ["Subject=x"]).ResultCode == -4
    assert api.tasks("bob").GetTaskByID(SEEDED).Result  # of a ticket of bob's group
    assert api.tasks("carol").GetTaskByID(SEEDED).ResultCode == -4
    assert api.tasks("alice").UpdateTask(SEEDED, ["UserID=6"]).Result
    assert api.tasks("carol").GetTaskByID(SEEDED).Result  # her own now


def test_no_task_for_a_deleted_item(api: Api) -> None:
    assert api.call_logs("admin").DeleteCallLog(CALL_LOG).Result
    assert api.tasks("carol").CreateTask(["Subject=x", "CallLogID=1"]).ResultCode == -7


RIGHTS: list[tuple[Right, Any]] = [
    (Right.TASKS_CREATE, lambda tasks: tasks.CreateTask(["Subject=x"])),
    (Right.TASKS_VIEW, lambda tasks: tasks.GetTaskByID(SEEDED)),
    (Right.TASKS_VIEW, lambda tasks: tasks.GetTasksByTicketID(1)),
    (Right.TASKS_VIEW, lambda tasks: tasks.GetTasksByChatID(1)),
    (Right.TASKS_VIEW, lambda tasks: tasks.GetTasksByCallLogID(1)),
    (Right.TASKS_VIEW, lambda tasks: tasks.GetTasksByUser(4)),
    (Right.TASKS_MODIFY, lambda tasks: tasks.UpdateTask(SEEDED, ["Subject=x"])),
    (Right.TASKS_CHANGE_DATES, lambda tasks: tasks.UpdateTask(SEEDED, ["DateEnd=2024-01-01"])),
    (Right.TASKS_CHANGE_DATES, lambda tasks: tasks.UpdateTask(SEEDED, ["DateStart=2024-01-01"])),
    (Right.TASKS_DELETE, lambda tasks: tasks.DeleteTask(SEEDED)),
]


def test_rights(api: Api) -> None:
    check_rights(api.engine, api.tasks, "alice", RIGHTS)


def test_out_of_the_box_agents_delete_nothing(api: Api) -> None:
    assert api.tasks("alice").DeleteTask(SEEDED).ResultCode == -3


def test_every_change_is_in_the_history(api: Api) -> None:
    task = create(api)
    api.tasks("bob").UpdateTask(task, ["Subject=Other"])
    api.tasks("admin").DeleteTask(task)
    with reading(api.engine) as session:
        events = happened(session, ItemKind.TASK, task)
        people = [line.actor_name for line in history(session, ItemKind.TASK, task)]
    assert [(type(event), who, words(event)) for event, who in zip(events, people, strict=True)] == [
        (TaskCreated, "bob", ""),
        (TaskModified, "bob", "Changed: subject"),
        (TaskDeleted, "admin", ""),
    ]


def test_statements(api: Api) -> None:
    alice = api.tasks("alice")
    reads = (
        lambda: alice.GetTaskByID(SEEDED),
        lambda: alice.GetTasksByTicketID(TICKET),
        lambda: alice.GetTasksByChatID(CHAT),
        lambda: alice.GetTasksByUser(ALICE),
    )

    before = [api.statements(read) for read in reads]
    assert before == [2, 3, 3, 3]  # one of them is the login
    with writing(api.engine) as session:
        session.add_all(Task(subject="More", agent_id=ALICE, ticket_id=TICKET) for _ in range(5))
        session.add_all(Task(subject="More", agent_id=ALICE, chat_id=CHAT) for _ in range(5))
    assert [api.statements(read) for read in reads] == before
