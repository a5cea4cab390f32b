"""Follow-ups over HTTP: inputs are documented, what is left as it is and what is refused are ours."""

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
    LEVEL_1,
    LEVEL_2,
    QUEUE,
    SEEDED,
    create,
    history,
    info,
    ok,
    parts,
    refused,
    seeded_number,
)

DUE = datetime(2030, 1, 2, 8, 30, tzinfo=UTC)
LATER = datetime(2030, 2, 3, 8, 30, tzinfo=UTC)
LEAST = datetime(1, 1, 1)  # noqa: DTZ001 - DateTime.MinValue


def set_up(
    api: Api,
    ticket: int = SEEDED,
    at: datetime = DUE,
    *,
    group: int = 0,
    agent: int = 0,
    status: str = "",
    pin: bool = False,
    comment: str = "",
    by: str = "alice",
) -> Any:
    return api.tickets(by).SetFollowUp(ticket, at, group, agent, status, pin, comment)


def test_set_and_removed(api: Api) -> None:
    number = seeded_number(api)
    was = info(api, number)
    ok(set_up(api))
    ticket = info(api, number)
    assert (ticket.RequiresFollowUp, ticket.ShowInFollowUpView, ticket.FollowUpDateUtc) == (True, True, DUE)
    assert (ticket.IdAgent, ticket.IdGroup, ticket.IsActive, ticket.IsPinnedToAgent) == (
        was.IdAgent,
        was.IdGroup,
        True,
        False,
    )
    found = items(api.tickets("alice").GetTicketsBySearch(["ShowInFollowUpView=True"]).Tickets)
    assert [ticket.ID for ticket in found] == [SEEDED]
    ok(api.tickets("bob").RemoveFollowUp(SEEDED))
    ticket = info(api, number)
    assert (ticket.RequiresFollowUp, ticket.ShowInFollowUpView, ticket.FollowUpDateUtc) == (False, False, None)
    assert history(api, number)[-2:] == [
        ("Ticket Follow Up Scheduled", "For 2030-01-02 08:30 UTC.", "alice"),
        ("Ticket Followed Up", "It was due 2030-01-02 08:30 UTC.", "bob"),
    ]


def test_removed_without_one(api: Api) -> None:
    was = history(api, seeded_number(api))
    ok(api.tickets("alice").RemoveFollowUp(SEEDED))
    assert history(api, seeded_number(api)) == was


def test_everything_at_once(api: Api) -> None:
    number = seeded_number(api)
    ok(set_up(api, group=LEVEL_1, agent=BOB, status="waiting", pin=True, comment="Call <him>"))
    ticket = info(api, number)
    assert (ticket.IdAgent, ticket.IsOpen, ticket.IsActive, ticket.IsPinnedToAgent) == (BOB, True, False, True)
    note = parts(api, number)[-1]
    assert (note.Type, note.Description) == (10, "Call <him>")
    assert ok(api.tickets("bob").GetTicketNote(note.PartId)).Comment.CommentType == "FollowUp"
    assert [what for what, _, _ in history(api, number)[-5:]] == [
        "Ticket Transferred",
        "Ticket Changed",
        "Ticket Follow Up Scheduled",
        "Ticket Comment Added",
        "Ticket Status Changed",
    ]


def test_another_date(api: Api) -> None:
    ok(set_up(api))
    ok(set_up(api, at=LATER))
    what, details, _ = history(api, seeded_number(api))[-1]
    assert what == "Ticket Follow Up Scheduled"
    assert details == "FollowUpDate: from 2030-01-02 08:30 UTC to 2030-02-03 08:30 UTC."


def test_another_group_without_an_agent(api: Api) -> None:
    """The agent stays where they are in the new group, else the queue takes it."""
    ok(set_up(api, group=LEVEL_2))
    ticket = info(api, seeded_number(api))
    assert (ticket.IdGroup, ticket.IdAgent) == (LEVEL_2, ALICE)
    other = info(api, create(api, agentID=BOB)).ID
    ok(set_up(api, other, group=LEVEL_2))
    ticket = api.tickets("admin").GetTicketInfo(other).Ticket
    assert (ticket.IdGroup, ticket.IdAgent) == (LEVEL_2, QUEUE)


@pytest.mark.parametrize(
    ("given", "code", "word"),
    [
        ({"ticket": 99}, -4, "ticket 99"),
        ({"at": LEAST}, -5, "followUpDateUtc"),
        ({"group": 99}, -4, "group 99"),
        ({"agent": 99}, -4, "user 99"),
        ({"agent": 6}, -5, "user 6"),
        ({"status": "Locked"}, -5, "newStatus"),
        ({"status": "Closed", "agent": BOB, "comment": "x"}, -7, "Asset"),
        ({"by": "carol"}, -4, "ticket 1"),
        ({"by": "customer"}, -3, ""),
    ],
)
def test_not_set(api: Api, given: dict[str, Any], code: int, word: str) -> None:
    number = seeded_number(api)
    was = (info(api, number), history(api, number), parts(api, number))
    refused(set_up(api, **given), code, word)
    assert (info(api, number), history(api, number), parts(api, number)) == was


def test_not_on_deleted_ones(api: Api) -> None:
    ok(set_up(api))
    ok(api.tickets("admin").DeleteTicket(SEEDED))
    refused(set_up(api), -7, "deleted")
    refused(api.tickets("alice").RemoveFollowUp(SEEDED), -7, "deleted")


def test_not_removed(api: Api) -> None:
    refused(api.tickets("alice").RemoveFollowUp(99), -4, "ticket 99")
    refused(api.tickets("carol").RemoveFollowUp(SEEDED), -4, "ticket 1")
    refused(api.tickets("customer").RemoveFollowUp(SEEDED), -3)


def test_moving_needs_its_rights(api: Api) -> None:
    take_right(api.engine, Right.DISTRIBUTION_AGENT_TRANSFER, BuiltInRole.AGENT)
    take_right(api.engine, Right.DISTRIBUTION_TRANSFER, BuiltInRole.AGENT)
    refused(set_up(api, agent=BOB), -3, "agent_transfer")
    refused(set_up(api, group=LEVEL_2), -3, "distribution.transfer")
    ok(set_up(api))
