"""Who may call what: the reference notes' rules as docs/rights.md shows them, for all operations and callers (ours)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert

from smartertrack_emu.domain.people.models import RoleRight
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.people.roles import rights_changed
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.store.unit_of_work import writing
from tests.services.rights_calls import arguments
from tests.services.rights_matrix import (
    CALLERS,
    TABLE,
    Desk,
    desk_of_its_own,
    differences,
    fill,
    leaks,
    nothing_stays,
    operations,
    run,
    table,
)


def test_the_table_holds_and_nobody_learns_what_he_may_not_see(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path)
    desk = Desk(engine, tmp_path)
    cells = run(desk)
    assert len(cells) == 193 * len(CALLERS)
    assert {cell.outcome for cell in cells.values()}.isdisjoint({"-1", "-5"})
    assert leaks(cells) == []
    assert differences(cells, run(desk, CALLERS[:5], of_nothing=True)) == []
    assert table(cells).splitlines() == TABLE.read_text(encoding="utf-8").splitlines(), (
        "docs/rights.md is out of date: look at what changed after `python -m tests.services.rights_matrix --write`"
    )


INSIDE = CALLERS[5]
assert INSIDE.username == "inside"

MORE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a ticket of the queue": ("svcTickets", "GetTicketInfo", {"ticketId": 7710002}),
    "a chat of the queue": ("svcChats", "GetChatInfo", {"chatId": 7810002}),
    "deleted by a property": ("svcTickets", "SetTicketProperties", {"ticketPropertyValues": ["IsDeleted=True"]}),
    "a ticket to a group": ("svcTickets", "TransferTicket", {"targetGroupID": 2, "targetAgentID": 0}),
    "a chat to a group": ("svcChats", "TransferChat", {"targetGroupID": 2, "targetAgentID": 0}),
    "a group by a property": ("svcTickets", "SetTicketProperties", {"ticketPropertyValues": ["GroupID=2"]}),
    "a new task's end": ("svcTasks", "CreateTask", {"parameters": ["Subject=s", "DateEnd=2030-01-01"]}),
    "a task's end": ("svcTasks", "UpdateTask", {"parameters": ["DateEnd=2030-01-01"]}),
}
"""Calls beside those of the table, where a right depends on what is asked for."""

NAMED: dict[Right, set[str]] = {
    Right.KB_VIEW: {"svcKB.GetArticle", "svcKB.GetArticles", "svcKB.SearchKBArticlesUnderFolder"},
    Right.TICKETS_MARK_AS_DELETED: {"svcTickets.DeleteTicket", "deleted by a property"},
    Right.TICKETS_VIEW_QUEUE: {"svcTickets.AddRelatedItem", "a ticket of the queue"},
    Right.TASKS_CREATE: {"svcTasks.CreateTask", "a new task's end"},
    Right.TASKS_MODIFY: {"svcTasks.UpdateTask", "a task's end"},
    Right.TASKS_DELETE: {"svcTasks.DeleteTask"},
    Right.TASKS_VIEW: {
        "svcTasks.GetTaskByID",
        "svcTasks.GetTasksByCallLogID",
        "svcTasks.GetTasksByChatID",
        "svcTasks.GetTasksByTicketID",
        "svcTasks.GetTasksByUser",
    },
    Right.TASKS_CHANGE_DATES: {"a task's end"},
    Right.CALL_LOGS_CREATE: {"svcCallLogs.CreateCallLog", "svcCallLogs.CreateCallLog2"},
    Right.CALL_LOGS_MODIFY: {"svcCallLogs.ModifyCallLog"},
    Right.CALL_LOGS_DELETE: {"svcCallLogs.DeleteCallLog"},
    Right.CALL_LOGS_VIEW: {
        "svcCallLogs.GetCallLog",
        "svcCallLogs.GetCallLogByGroup",
        "svcCallLogs.GetCallLogByUser",
    },
    Right.DISTRIBUTION_TRANSFER: {
        "svcTickets.TransferTicketToInstance",
        "a ticket to a group",
        "a chat to a group",
        "a group by a property",
    },
    Right.DISTRIBUTION_AGENT_TRANSFER: {
        "svcTickets.SetFollowUp",
        "svcTickets.TransferTicket",
        "svcTickets.TransferTicketToInstance",
        "svcChats.TransferChat",
    },
    Right.DISTRIBUTION_AGENT_STATUS: {
        "svcTickets.HandOffActiveTickets",
        "svcTickets.SetAgentReceivingStatus",
        "svcTickets.SetAgentReceivingStatusForAllGroups",
        "svcChats.HandOffActiveChats",
        "svcChats.SetAgentReceivingStatus",
        "svcChats.SetAgentReceivingStatusForAllGroups",
    },
    Right.LIVE_CHAT_VIEW_QUEUE: {"a chat of the queue"},
}
"""What stops for an agent of the group when his roles lose a right; the others name nothing that the services do."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A helpdesk that the tests below share: each sets the rights it is about."""
    with desk_of_its_own() as desk:
        yield desk


def outcomes(desk: Desk) -> dict[str, str]:
    found = {f"{service}.{name}": cell.outcome for (service, name, _), cell in run(desk, (INSIDE,)).items()}
    declared = {(service.name, operation.name): (service, operation) for service, operation in operations()}
    with nothing_stays():
        for title, (service_name, name, given) in MORE.items():
            service, operation = declared[service_name, name]
            values = arguments(service_name, operation)
            names = [parameter.name for parameter in operation.parameters[2:]]
            values = [given.get(name, value) for name, value in zip(names, values, strict=True)]
            found[title] = desk.call(service, operation, INSIDE, values).outcome
    return found


def allow(desk: Desk, rights: Iterable[Right]) -> None:
    """Let the roles that the agent holds do these things and no others."""
    with writing(desk.engine) as session:
        session.execute(delete(RoleRight).where(RoleRight.role_id.in_((1, 2, 4))))
        session.execute(insert(RoleRight), [{"role_id": 4, "right": right} for right in rights])
        rights_changed(session)


def stopped(before: dict[str, str], after: dict[str, str]) -> set[str]:
    for name, outcome in after.items():
        assert outcome == before[name] or outcome in ("-3", "-4"), (name, outcome)
    return {name for name, outcome in after.items() if outcome != before[name]}


def test_taking_a_right_stops_just_what_it_names_and_giving_it_back_restores_it(desk: Desk) -> None:
    every = set(Right)
    allow(desk, every)
    before = outcomes(desk)
    assert {before[title] for title in MORE} == {"ok"}
    for right, named in NAMED.items():
        allow(desk, every - {right})
        assert stopped(before, outcomes(desk)) == named, right
    allow(desk, NAMED)
    assert outcomes(desk) == before


def test_every_right_an_operation_declares_is_one_of_those_tested() -> None:
    declared = {operation.options["right"] for service in SERVICES for operation in service.operations.values()} - {
        None
    }
    assert declared <= set(NAMED)
