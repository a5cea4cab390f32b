"""How long texts may be, over HTTP: ours, so that no call needs much more memory than it sends."""

from __future__ import annotations

import pytest

from smartertrack_emu.services.lengths import LONGEST
from tests.services.api import Api
from tests.services.tickets.steps import create, ok, parts, refused

LONG = "x" * (LONGEST + 1)


@pytest.fixture
def number(api: Api) -> str:
    return create(api)


def test_other_texts_than_bodies(api: Api, number: str) -> None:
    tickets = api.tickets("alice")
    refused(tickets.AddTicketNote(number, "note", LONG), -5, f"notetext is longer than {LONGEST} characters.")
    ok(tickets.AddTicketNote(number, "note", LONG[1:]))
    refused(tickets.GetTicketInfoByTicketNumber(LONG), -5, "ticketNumber is longer than")
    refused(tickets.GetTicketsBySearch(["Status=1", f"Subject={LONG}"]), -5, "searchCriteria is longer than")


def test_messages_and_notes_in_html_may_fill_a_request(api: Api, number: str) -> None:
    tickets = api.tickets("alice")
    ok(tickets.AddTicketNoteHtml(number, "note", f"<p>{LONG}</p>"))
    before = len(parts(api, number))
    body = "<p>\U0001f600</p>" + LONG * 20
    ok(tickets.AddMessageToTicket(number, "", "", "", "s", body, True, True, False))
    assert len(parts(api, number)) == before + 1


def test_whoever_may_not_call_is_told_that_first(api: Api) -> None:
    refused(api.tickets("alice", "wrong").AddTicketNote("x", "note", LONG), -2, "")
    refused(api.tickets("customer").AddTicketNote("x", "note", LONG), -3, "")
    refused(api.tickets(LONG, "x").AddTicketNote("x", "note", "y"), -2, "")


def test_members_of_structures_are_looked_at(api: Api) -> None:
    made = api.tickets("alice").CreateIncomingTicket({"subject": LONG, "body": "b", "departmentID": 1, "groupID": 1})
    refused(made, -5, "subject is longer than")


def test_lists_of_addresses(api: Api, number: str) -> None:
    many = "somebody@customers.example, " * 2000
    made = api.tickets("alice").AddMessageToTicket(number, "", many, "", "s", "b", False, True, False)
    refused(made, -5, "toAddress is longer than 32000 characters.")
