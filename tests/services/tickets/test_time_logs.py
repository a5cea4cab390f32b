"""Time logs of tickets over HTTP: members are documented, defaults and refusals ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.models import Ticket
from tests.services.api import Api, items
from tests.services.tickets.steps import ALICE, BOB, CAROL, CUSTOMER, change, create, history, ok, refused, row

START, END = datetime(2024, 5, 1, 9, tzinfo=UTC), datetime(2024, 5, 1, 10, 30, tzinfo=UTC)
TRAVEL = 2


def add(api: Api, ticket_id: int, by: str = "alice", **given: Any) -> Any:
    values = {
        "subject": "Drove there",
        "agentID": BOB,
        "timeLogCategoryID": TRAVEL,
        "description": "And <back>",
        "dateStartUTC": START,
        "dateEndUTC": END,
        "isBillable": True,
        **given,
    }
    return api.tickets(by).AddTicketTimeLog(ticket_id, **values)


def test_a_time_log_is_read_back_with_all_its_members(api: Api) -> None:
    ticket = row(api, create(api))
    ok(add(api, ticket.id))
    (log,) = items(ok(api.tickets("alice").GetTicketTimeLogs(ticket.id)).TimeLogs)
    assert (log.AgentID, log.TicketID, log.ChatID, log.CallLogID) == (BOB, ticket.id, 0, 0)
    assert (log.Subject, log.Description, log.IsBillable, log.IsDeleted) == ("Drove there", "And <back>", True, False)
    assert (log.TimeLogCategoryID, log.CategoryName) == (TRAVEL, "Travel")
    assert (log.DateStartUTC, log.DateEndUTC) == (START, END)
    assert ok(api.tickets("alice").GetTicketTimeLog(ticket.id, log.ID)).TimeLog.ID == log.ID
    assert history(api, ticket.number)[-1][::2] == ("Ticket Time Log Created", "alice")


def test_they_come_by_their_start(api: Api) -> None:
    ticket = row(api, create(api))
    for day in (3, 1, 2):
        at = datetime(2024, 5, day, tzinfo=UTC)
        ok(add(api, ticket.id, agentID=0, dateStartUTC=at, dateEndUTC=at))
    logs = items(ok(api.tickets("alice").GetTicketTimeLogs(ticket.id)).TimeLogs)
    assert [log.DateStartUTC.day for log in logs] == [1, 2, 3]
    assert {log.AgentID for log in logs} == {ALICE}


@pytest.mark.parametrize(
    ("given", "code", "word"),
    [
        ({"timeLogCategoryID": 99}, -4, "category 99"),
        ({"agentID": 99}, -4, "agent 99"),
        ({"agentID": CUSTOMER}, -4, "agent 8"),
        ({"dateStartUTC": END, "dateEndUTC": START}, -5, "dateEndUTC"),
    ],
)
def test_refusals_leave_nothing(api: Api, given: dict[str, Any], code: int, word: str) -> None:
    ticket = row(api, create(api))
    refused(add(api, ticket.id, **given), code, word)
    assert items(ok(api.tickets("alice").GetTicketTimeLogs(ticket.id)).TimeLogs) == []


def test_whose_tickets(api: Api) -> None:
    ticket = row(api, create(api))
    ok(add(api, ticket.id))
    (log,) = items(api.tickets("alice").GetTicketTimeLogs(ticket.id).TimeLogs)
    refused(add(api, ticket.id, by="carol", agentID=CAROL), -4, f"ticket {ticket.id}")
    refused(add(api, ticket.id, by="customer"), -3)
    refused(api.tickets("carol").GetTicketTimeLogs(ticket.id), -4)
    refused(api.tickets("carol").GetTicketTimeLog(ticket.id, log.ID), -4)
    refused(api.tickets("alice").GetTicketTimeLog(ticket.id, log.ID + 1), -4, f"time log {log.ID + 1}")
    refused(api.tickets("alice").GetTicketTimeLog(row(api, create(api)).id, log.ID), -4)
    change(api, Ticket, ticket.id, status=TicketStatus.LOCKED, is_open=False, is_active=False)
    ok(add(api, ticket.id))
    change(api, Ticket, ticket.id, is_deleted=True)
    refused(add(api, ticket.id), -7, "deleted")
    assert len(items(ok(api.tickets("alice").GetTicketTimeLogs(ticket.id)).TimeLogs)) == 2


def test_reading_takes_as_many_statements_however_many_logs(api: Api) -> None:
    ticket, alice = row(api, create(api)), api.tickets("alice")
    for _ in range(2):
        ok(add(api, ticket.id))
        logs = items(ok(alice.GetTicketTimeLogs(ticket.id)).TimeLogs)
        assert api.statements(lambda: alice.GetTicketTimeLogs(ticket.id)) == 3
        assert api.statements(lambda: alice.GetTicketTimeLog(ticket.id, logs[0].ID)) == 3  # noqa: B023 - called here
