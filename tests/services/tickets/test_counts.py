"""Counts over HTTP: what each counts is documented in a line each, whose groups and the form of the answer are ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.rights import Right
from tests.services.api import Api, items
from tests.services.roles import take_right
from tests.services.tickets.steps import (
    ALICE,
    BOB,
    CAROL,
    LEVEL_1,
    LEVEL_2,
    QUEUE,
    SALES,
    SALES_GROUP,
    SUPPORT,
    create,
    ok,
    refused,
    row,
)

LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def filled(api: Api) -> Api:
    """Beside the seed file's active ticket of alice's in Level 1."""
    create(api, status=2)
    create(api, status=3)
    create(api, groupID=LEVEL_2, followUpDate=LATER)
    create(api, agentID=BOB, status=2, followUpDate=LATER)
    create(api, agentID=QUEUE)
    create(api, groupID=SALES_GROUP, agentID=CAROL, by="admin")
    deleted = create(api)
    ok(api.tickets("admin").DeleteTicket(row(api, deleted).id))
    return api


def rows(answer: Any) -> list[tuple[int, ...]]:
    ok(answer)
    return [
        (
            c.BrandId,
            c.DepartmentId,
            c.GroupId,
            c.UserId,
            c.ActiveTicketCount,
            c.WaitingTicketCount,
            c.FollowUpTicketCount,
        )
        for c in items(answer.TicketCounts)
    ]


def test_an_agents_open_tickets(filled: Api) -> None:
    assert ok(filled.tickets("alice").GetTicketCount()).RequestResult == 3
    assert ok(filled.tickets("bob").GetTicketCount()).RequestResult == 1
    assert ok(filled.tickets("admin").GetTicketCount()).RequestResult == 0
    refused(filled.tickets("customer").GetTicketCount(), -3)


def test_an_agents_counts_are_his_rows_alone(filled: Api) -> None:
    assert rows(filled.tickets("alice").GetTicketCounts_Agent()) == [
        (1, SUPPORT, LEVEL_1, ALICE, 1, 1, 0),
        (1, SUPPORT, LEVEL_2, ALICE, 1, 0, 1),
    ]
    assert rows(filled.tickets("bob").GetTicketCounts_Agent()) == [(1, SUPPORT, LEVEL_1, BOB, 0, 1, 1)]
    assert rows(filled.tickets("admin").GetTicketCounts_Agent()) == []
    refused(filled.tickets("customer").GetTicketCounts_Agent(), -3)


def test_global_counts_are_of_all_that_one_sees(filled: Api) -> None:
    support = [
        (1, SUPPORT, LEVEL_1, QUEUE, 1, 0, 0),
        (1, SUPPORT, LEVEL_1, ALICE, 1, 1, 0),
        (1, SUPPORT, LEVEL_1, BOB, 0, 1, 1),
    ]
    level_2 = [(1, SUPPORT, LEVEL_2, ALICE, 1, 0, 1)]
    sales = [(1, SALES, SALES_GROUP, CAROL, 1, 0, 0)]
    assert rows(filled.tickets("mary").GetTicketCounts_Global()) == [*support, *level_2, *sales]
    assert rows(filled.tickets("bob").GetTicketCounts_Global()) == support
    assert rows(filled.tickets("carol").GetTicketCounts_Global()) == sales
    take_right(filled.engine, Right.TICKETS_VIEW_QUEUE, BuiltInRole.AGENT)
    assert rows(filled.tickets("bob").GetTicketCounts_Global()) == support[1:]
    refused(filled.tickets("customer").GetTicketCounts_Global(), -3)


def test_group_info_has_one_line_a_group(filled: Api) -> None:
    assert items(ok(filled.tickets("alice").GetGroupTicketInfo()).RequestResults) == ["1=4", "2=1"]
    assert items(ok(filled.tickets("carol").GetGroupTicketInfo()).RequestResults) == ["3=1"]
    assert items(ok(filled.tickets("admin").GetGroupTicketInfo()).RequestResults) == ["1=4", "2=1", "3=1"]
    refused(filled.tickets("customer").GetGroupTicketInfo(), -3)


def test_a_group_without_tickets_shows_as_none(api: Api) -> None:
    assert items(ok(api.tickets("alice").GetGroupTicketInfo()).RequestResults) == ["1=1", "2=0"]


@pytest.mark.parametrize(
    "operation", ["GetTicketCount", "GetTicketCounts_Agent", "GetTicketCounts_Global", "GetGroupTicketInfo"]
)
@pytest.mark.parametrize("caller", ["bob", "mary"])
def test_counting_takes_two_statements(api: Api, operation: str, caller: str) -> None:
    """The login and the count, however many tickets there are."""
    for _ in range(2):
        assert api.statements(getattr(api.tickets(caller), operation)) == 2
        create(api, agentID=BOB)
        create(api, agentID=0)
