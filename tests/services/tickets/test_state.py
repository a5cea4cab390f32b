"""Status, closing, deleting and a ticket's page over HTTP: operations are documented, words and conditions ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import Department, TicketMessage
from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.tickets.status import parse
from tests.services.api import Api
from tests.services.roles import take_right
from tests.services.tickets.steps import (
    CAROL,
    SALES_GROUP,
    SUPPORT,
    change,
    create,
    history,
    info,
    ok,
    parts,
    refused,
    row,
    seeded_number,
    statements,
)

NOW = datetime(2035, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def number(api: Api) -> str:
    """A ticket that can be closed."""
    number = create(api)
    ok(api.tickets("alice").SetTicketCustomFields(number, ["Asset=Server [13]"]))
    return number


def test_close(api: Api, number: str) -> None:
    with clock.frozen(NOW):
        ok(api.tickets("alice").CloseTicket(number, "New <password>"))
    ticket = info(api, number)
    assert (ticket.IsOpen, ticket.IsActive, ticket.IsDeleted) == (False, False, False)
    assert (row(api, number).closed_at, row(api, number).has_resolution) == (NOW, True)
    comment = api.tickets("alice").GetTicketNote(parts(api, number)[-1].PartId).Comment
    assert (comment.CommentType, comment.CommentText) == ("Resolution", "New &lt;password&gt;")
    assert history(api, number)[-2:] == [
        ("Ticket Comment Added", f"Resolution {comment.CommentId}.", "alice"),
        ("Ticket Status Changed", "Status: from Open to Closed.", "alice"),
    ]


def test_close_without_comment(api: Api) -> None:
    number = create(api, status=2)
    ok(api.tickets("alice").SetTicketCustomFields(number, ["Asset=Laptop [12]"]))
    ok(api.tickets("alice").CloseTicket(number, ""))
    assert len(parts(api, number)) == 1
    assert history(api, number)[-1][1] == "Status: from Waiting to Closed."


def test_closing_needs_the_fields(api: Api) -> None:
    """The default of a field shows as its value and does not count as filled in."""
    number = create(api)
    was = history(api, number)
    refused(api.tickets("alice").CloseTicket(number, "Done"), -7, "Asset")
    assert (history(api, number), len(parts(api, number))) == (was, 1)
    assert not row(api, number).has_resolution
    ok(api.tickets("alice").SetTicketCustomFields(number, ["Asset=Pick one"]))
    ok(api.tickets("alice").CloseTicket(number, "Done"))


def test_closing_needs_a_resolution(api: Api, number: str) -> None:
    change(api, Department, SUPPORT, requires_resolution=True)
    refused(api.tickets("alice").CloseTicket(number, ""), -7, "resolution")
    refused(api.tickets("admin").SetTicketProperties(number, ["TicketStatusID=3"]), -7, "resolution")
    assert info(api, number).IsOpen
    ok(api.tickets("alice").AddTicketNote(number, "Resolution", "Done"))
    ok(api.tickets("alice").CloseTicket(number, ""))
    other = create(api)
    ok(api.tickets("alice").SetTicketCustomFields(other, ["Asset=Server [13]"]))
    ok(api.tickets("alice").CloseTicket(other, "This is one"))


def test_close_refused(api: Api, number: str) -> None:
    refused(api.tickets("alice").CloseTicket("FFF-00000000-0000", ""), -4)
    refused(api.tickets("carol").CloseTicket(number, ""), -4)
    refused(api.tickets("customer").CloseTicket(number, ""), -3)
    ok(api.tickets("alice").CloseTicket(number, ""))
    refused(api.tickets("alice").CloseTicket(number, "again"), -7, "closed already")
    ok(api.tickets("mary").SetTicketProperties(number, ["TicketStatusID=4"]))
    refused(api.tickets("alice").CloseTicket(number, ""), -7, "locked")
    assert len(parts(api, number)) == 1


def test_delete(api: Api, number: str) -> None:
    ticket_id = info(api, number).ID
    with clock.frozen(NOW):
        ok(api.tickets("mary").DeleteTicket(ticket_id))
    assert info(api, number, by="alice").IsDeleted
    assert (row(api, number).is_deleted, row(api, number).deleted_at) == (True, NOW)
    assert history(api, number)[-1] == ("Ticket Deleted", "", "mary")
    assert len(parts(api, number, by="alice")) == 1
    refused(api.tickets("mary").DeleteTicket(ticket_id), -7, "deleted")
    refused(api.tickets("alice").CloseTicket(number, ""), -7, "deleted")


def test_delete_refused(api: Api, number: str) -> None:
    ticket_id = info(api, number).ID
    refused(api.tickets("alice").DeleteTicket(ticket_id), -3)
    refused(api.tickets("customer").DeleteTicket(ticket_id), -3)
    refused(api.tickets("admin").DeleteTicket(99), -4, "ticket 99")
    assert not info(api, number).IsDeleted


def test_a_locked_ticket_can_be_deleted(api: Api, number: str) -> None:
    ok(api.tickets("mary").SetTicketProperties(number, ["TicketStatusID=4"]))
    ok(api.tickets("mary").DeleteTicket(info(api, number).ID))


@pytest.mark.parametrize(
    ("status", "portal", "internal"),
    [(1, "Open", "Active"), (2, "Waiting", "Waiting"), (3, "Closed", "Closed"), (4, "Closed", "Closed and Locked")],
)
def test_words(api: Api, number: str, status: int, portal: str, internal: str) -> None:
    ok(api.tickets("mary").SetTicketProperties(number, [f"TicketStatusID={status}"]))
    assert ok(api.tickets("alice").GetTicketStatus(number)).RequestResult == portal
    assert ok(api.tickets("customer").GetTicketStatus(number.lower())).RequestResult == portal
    assert ok(api.tickets("alice").GetTicketStatusInternal(number)).RequestResult == internal


def test_parse_words() -> None:
    assert [parse(word) for word in ("open", " WAITING ", "Closed", "", "  ")] == [1, 2, 3, None, None]


@pytest.mark.parametrize("operation", ["GetTicketStatus", "GetTicketStatusInternal", "GetTicketURL"])
def test_words_and_address_refused(api: Api, operation: str) -> None:
    hidden = create(api, groupID=SALES_GROUP, agentID=CAROL, senderEmailAddress="zoe@new.example")

    def call(by: str, number: str) -> Any:
        return getattr(api.tickets(by), operation)(number)

    refused(call("alice", "FFF-00000000-0000"), -4)
    refused(call("alice", hidden), -4, "There is no ticket")
    refused(call("customer", hidden), -3 if operation == "GetTicketStatusInternal" else -4)


def test_unlocking(api: Api, number: str) -> None:
    ok(api.tickets("mary").SetTicketProperties(number, ["TicketStatusID=4"]))
    refused(api.tickets("alice").SetTicketProperties(number, ["TicketStatusID=1"]), -3, "manager")
    refused(api.tickets("admin").SetTicketProperties(number, ["Subject=x"]), -7, "locked")
    ok(api.tickets("mary").SetTicketProperties(number, ["TicketStatusID=1", "Subject=x"]))
    assert row(api, number).closed_at is None
    refused(api.tickets("alice").SetTicketProperties(number, ["TicketStatusID=4"]), -3, "manager")


def test_who_may_delete(api: Api, number: str) -> None:
    take_right(api.engine, Right.TICKETS_MARK_AS_DELETED, BuiltInRole.AGENT)
    refused(api.tickets("alice").DeleteTicket(info(api, number).ID), -3)
    ok(api.tickets("admin").DeleteTicket(info(api, number).ID))


def page_of(api: Api, number: str, by: str = "customer") -> Any:
    url = ok(api.tickets(by).GetTicketURL(number)).RequestResult
    assert url.startswith(api.url)
    return api.http.get(url, timeout=10)


def test_page(api: Api) -> None:
    number = create(api, subject="<script>alert(1)</script> & more", body="plain <b>\nsecond line")
    ok(api.tickets("alice").AddTicketNote(number, "Note", "The customer must not read this"))
    html = (
        '<p onclick="x()">Hello <b>there</b></p><script>alert(2)</script><img src="x" onerror="y()">'
        '<a href="javascript:z()">go</a><style>p{}</style><iframe src="//e"></iframe>'
    )
    ok(
        api.tickets("alice").AddMessageToTicketWithBcc(
            number, "", "", "", "secret@acme.example", "Re", html, isHtml=True, toCustomer=True
        )
    )
    response = page_of(api, number)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    page = response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
    assert "plain &lt;b&gt;<br />\nsecond line" in page
    assert "<p>Hello <b>there</b></p>" in page
    assert number in page
    assert "Open" in page
    assert "Casey Customer (customer@example.com)" in page
    for hidden in ("must not read", "secret@", "<script", "onclick", "onerror", "javascript:", "p{}", "<iframe"):
        assert hidden not in page
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "private, no-store"


def test_page_follows_the_ticket(api: Api, number: str) -> None:
    assert "<strong>Open</strong>" in page_of(api, number).text
    ok(api.tickets("alice").CloseTicket(number, ""))
    assert "<strong>Closed</strong>" in page_of(api, number, by="alice").text
    ok(api.tickets("admin").DeleteTicket(info(api, number).ID))
    response = page_of(api, number, by="alice")
    assert (response.status_code, number in response.text) == (404, False)
    ok(api.tickets("admin").SetTicketProperties(number, ["IsDeleted=False"]))
    assert page_of(api, number).status_code == 200


def test_page_without_drafts(api: Api) -> None:
    change(api, TicketMessage, 1, is_draft=True, body="not yet")
    assert "not yet" not in page_of(api, seeded_number(api)).text


def test_statements(api: Api, number: str) -> None:
    tickets = api.tickets("alice")
    assert statements(api, lambda: tickets.GetTicketStatus(number)) == 1
    assert statements(api, lambda: tickets.GetTicketStatusInternal(number)) == 1
    assert statements(api, lambda: tickets.GetTicketURL(number)) == 1
