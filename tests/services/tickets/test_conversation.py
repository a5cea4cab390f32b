"""Messages over HTTP: types and direction are documented, sender's form is seen, statuses and refusals ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import Department, FieldTemplateEntry, TicketMessage
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api, items
from tests.services.tickets.steps import (
    ALICE,
    BOB,
    CUSTOMER,
    SEEDED,
    SUPPORT,
    change,
    create,
    history,
    info,
    mails,
    ok,
    parts,
    refused,
    row,
    seeded_number,
    statements,
)

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
SENT = datetime(2024, 4, 1, 9, 30, tzinfo=UTC)
LEAST = datetime(1, 1, 1)  # noqa: DTZ001 - DateTime.MinValue

_PLAIN = {
    "fromAddress": "alice@acme.example",
    "toAddress": "customer@example.com",
    "ccAddress": "boss@example.com",
    "subject": "Re: fire",
    "body": "Use <water>\nat once",
    "isHtml": False,
    "toCustomer": True,
}
_SEND, _BCC = {"sendEmail": True}, {"bccAddress": "audit@acme.example; law@acme.example"}
_USER, _DATE = {"userID": BOB}, {"dateMessageReceived": SENT}

OPERATIONS: dict[str, dict[str, Any]] = {
    "AddMessageToTicket": _PLAIN | _SEND,
    "AddMessageToTicketFromUser": _PLAIN | _SEND | _USER,
    "AddMessageToTicketWithDate": _PLAIN | _SEND | _DATE,
    "AddMessageToTicketWithDateFromUser": _PLAIN | _SEND | _DATE | _USER,
    "AddMessageToTicketWithBcc": _PLAIN | _BCC,
    "AddMessageToTicketWithBccFromUser": _PLAIN | _BCC | _USER,
    "AddMessageToTicketWithDateAndBcc": _PLAIN | _BCC | _DATE,
    "AddMessageToTicketWithDateAndBccFromUser": _PLAIN | _BCC | _DATE | _USER,
}


@pytest.fixture
def number(api: Api) -> str:
    with clock.frozen(NOW):
        return create(api)


def say(api: Api, number: str, *, by: str = "alice", at: datetime | None = None, **given: Any) -> Any:
    """Add a message, from the customer unless told otherwise."""
    data = _PLAIN | {"fromAddress": "", "toAddress": "", "ccAddress": "", "sendEmail": False, "toCustomer": False}
    call = api.tickets(by).AddMessageToTicketWithDateFromUser
    return call(**data | {"ticketNumber": number, "dateMessageReceived": at or LEAST, "userID": None} | given)


def stored(api: Api, message: int) -> TicketMessage:
    with reading(api.engine) as session:
        found = session.get_one(TicketMessage, message)
        session.expunge_all()
    return found


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_agents_answer(api: Api, number: str, operation: str) -> None:
    given = OPERATIONS[operation]
    with clock.frozen(NOW + timedelta(hours=1)):
        answer = ok(getattr(api.tickets("alice"), operation)(ticketNumber=number, **given))
    dated, from_bob = "dateMessageReceived" in given, "userID" in given
    part = next(part for part in parts(api, number) if part.Direction == 1)
    at = SENT if dated else NOW + timedelta(hours=1)
    assert (part.Type, part.CreationDateUtc, part.Description, part.IsDraft) == (1, at, "Re: fire", False)
    assert part.Sender == f"{'Bob' if from_bob else 'Alice'} Agent (alice@acme.example)"
    assert part.Recipient == "Casey Customer (customer@example.com)"
    if dated:
        assert answer.Part == part
    message = stored(api, part.PartId)
    assert (message.author_id, message.cc_address) == (BOB if from_bob else ALICE, "boss@example.com")
    assert message.bcc_address == ("audit@acme.example, law@acme.example" if "bccAddress" in given else "")
    ticket = info(api, number)
    assert (ticket.ReplyCountIn, ticket.ReplyCountOut, ticket.IsActive) == (1, 1, True)
    assert ticket.LastReplyDateUtc == (NOW if dated else at)
    (mail,) = mails(api)
    assert (mail.to_address, mail.cc_address, mail.bcc_address) == (
        "customer@example.com",
        "boss@example.com",
        message.bcc_address,
    )
    assert (mail.subject, mail.body, mail.is_html) == (f"[{number}] Re: fire", "Use <water>\nat once", False)
    assert (mail.from_address, mail.message_id, mail.ticket_id) == ("alice@acme.example", part.PartId, ticket.ID)
    what, details, who = history(api, number)[-1]
    assert (what, who) == ("Ticket Message Sent", "alice")
    assert details == f"Message {part.PartId} from {part.Sender} to {part.Recipient}."


@pytest.mark.parametrize("operation", OPERATIONS)
def test_refused_and_nothing_changed(api: Api, number: str, operation: str) -> None:
    given, tickets = OPERATIONS[operation], api.tickets("alice")
    before, was = parts(api, number), history(api, number)

    def call(by: str = "alice", **other: Any) -> Any:
        return getattr(api.tickets(by), operation)(**{"ticketNumber": number, **given, **other})

    refused(call(ticketNumber="FFF-00000000-0000"), -4, "FFF-00000000-0000")
    refused(call(fromAddress="me"), -5, "fromAddress")
    refused(call(toAddress="a@b, c"), -5, "toAddress")
    refused(call(ccAddress="x"), -5, "ccAddress")
    if "bccAddress" in given:
        refused(call(bccAddress="x"), -5, "bccAddress")
    if "userID" in given:
        refused(call(userID=99), -4, "user 99")
    refused(call(by="carol"), -4, "There is no ticket")
    refused(call(by="customer"), -3)
    assert (parts(api, number), history(api, number), mails(api)) == (before, was, [])
    ok(api.tickets("admin").DeleteTicket(info(api, number).ID))
    refused(call(), -7, "deleted")
    assert tickets.GetTicketInfoByTicketNumber(number).Ticket.ReplyCountOut == 0


@pytest.mark.parametrize("status", [1, 2, 3])
def test_the_customer_reopens(api: Api, status: int) -> None:
    number = create(api, status=status)
    ok(say(api, number))
    ticket = info(api, number)
    assert (ticket.IsOpen, ticket.IsActive, ticket.ReplyCountIn, ticket.ReplyCountOut) == (True, True, 2, 0)
    assert row(api, number).closed_at is None
    changes = [details for what, details, _ in history(api, number) if what == "Ticket Status Changed"]
    assert changes == {1: [], 2: ["Status: from Waiting to Open."], 3: ["Status: from Closed to Open."]}[status]


@pytest.mark.parametrize("status", [1, 2, 3])
def test_an_agent_leaves_the_status(api: Api, status: int) -> None:
    number = create(api, status=status)
    ok(say(api, number, toCustomer=True))
    assert row(api, number).status == status


def test_locked(api: Api, number: str) -> None:
    ok(api.tickets("mary").SetTicketCustomFields(number, ["Asset=Server [13]"]))
    ok(api.tickets("mary").SetTicketProperties(number, ["TicketStatusID=4"]))
    refused(say(api, number), -7, "locked")
    refused(say(api, number, by="admin", toCustomer=True), -7, "locked")


def test_first_response(api: Api, number: str) -> None:
    """The first answer that is not before the question, in whatever order they are told of."""
    assert row(api, number).first_response_at is None
    ok(say(api, number, toCustomer=True, at=NOW - timedelta(days=1)))
    assert row(api, number).first_response_at is None
    ok(say(api, number, toCustomer=True, at=NOW + timedelta(hours=5)))
    assert row(api, number).first_response_at == NOW + timedelta(hours=5)
    ok(say(api, number, toCustomer=True, at=NOW + timedelta(hours=2)))
    ok(say(api, number, toCustomer=True, at=NOW + timedelta(hours=9)))
    found = row(api, number)
    assert found.first_response_at == NOW + timedelta(hours=2)
    assert found.last_reply_at == found.idle_since == found.last_activity_at == NOW + timedelta(hours=9)


def test_addresses_left_out(api: Api, number: str) -> None:
    change(api, Department, SUPPORT, email="support@acme.example")
    inbound = ok(say(api, number, subject=" ")).Part
    assert (inbound.Sender, inbound.Recipient) == (
        "Casey Customer (customer@example.com)",
        "Support (support@acme.example)",
    )
    assert inbound.Description == "Printer on fire"
    assert stored(api, inbound.PartId).author_id == CUSTOMER
    outbound = ok(say(api, number, toCustomer=True, by="mary", sendEmail=True)).Part
    assert outbound.Sender == "Mary Manager (support@acme.example)"
    assert outbound.Recipient == "Casey Customer (customer@example.com)"
    assert mails(api)[0].from_address == "support@acme.example"


def test_senders(api: Api, number: str) -> None:
    stranger = ok(say(api, number, fromAddress="Jo Stranger <jo@else.example>", toAddress="bob@acme.example")).Part
    assert (stranger.Sender, stranger.Recipient) == ("Jo Stranger (jo@else.example)", "Bob Agent (bob@acme.example)")
    assert stored(api, stranger.PartId).author_id is None
    assert ok(say(api, number, fromAddress="BOB@acme.example")).Part.Sender == "Bob Agent (BOB@acme.example)"
    several = ok(say(api, number, toCustomer=True, toAddress="a@x.example; b@x.example", userID=0)).Part
    assert (several.Sender, several.Recipient) == ("Alice Agent (alice@acme.example)", "a@x.example, b@x.example")


def test_nobody_to_send_to(api: Api, number: str) -> None:
    refused(say(api, number, sendEmail=True), -5, "toAddress")
    assert ok(say(api, number)).Part.Recipient is None


def test_fields_required_to_reply(api: Api, number: str) -> None:
    with writing(api.engine) as session:
        entry = session.get_one(FieldTemplateEntry, (1, 1))
        entry.is_required_by_agents = True
    refused(say(api, number, toCustomer=True), -7, "Account")
    ok(say(api, number))
    ok(api.tickets("alice").SetTicketCustomFields(number, ["Account=Acme"]))
    ok(say(api, number, toCustomer=True))


def test_bodies(api: Api, number: str) -> None:
    tickets = api.tickets("alice")
    plain = ok(say(api, number, body="a < b &\nc")).Part.PartId
    html = "<h1>Hi</h1><p>one<br>two</p><ul><li>x &amp; y</li></ul><script>no</script>"
    rich = ok(say(api, number, body=html, isHtml=True)).Part.PartId
    assert ok(tickets.GetTicketMessagePlainText(plain)).messageBody == "a < b &\nc"
    assert ok(tickets.GetTicketMessageHtml(plain)).messageBody == "a &lt; b &amp;<br />\nc"
    assert ok(tickets.GetTicketMessageHtml(rich)).messageBody == html
    text = ok(tickets.GetTicketMessagePlainText(rich)).messageBody
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert lines == ["Hi", "one", "two", "* x & y"]
    assert ok(tickets.GetTicketMessagePlainText(ok(say(api, number, body="")).Part.PartId)).messageBody is None


def test_bodies_refused(api: Api, number: str) -> None:
    message = parts(api, number)[0].PartId
    for operation in ("GetTicketMessagePlainText", "GetTicketMessageHtml"):
        refused(getattr(api.tickets("alice"), operation)(2**40), -4, str(2**40))
        refused(getattr(api.tickets("carol"), operation)(message), -4, f"There is no message {message}.")
        refused(getattr(api.tickets("customer"), operation)(message), -3)


def test_parts_in_order_of_time(api: Api) -> None:
    number = seeded_number(api)
    ok(api.tickets("bob").AddTicketNoteHtmlWithDate(number, "Resolution", "<b>Old</b>\nnote", SENT))
    ok(api.tickets("bob").AddTicketNote(number, "TransferNote", "To <you> " + "x" * 100))
    ok(api.tickets("bob").AddTicketNote(number, "FollowUp", "Later"))
    ok(say(api, number, at=SENT - timedelta(days=1)))
    change(api, TicketMessage, 1, is_draft=True)
    found = ok(api.tickets("alice").GetTicketConversationPartList(SEEDED)).Parts
    listed = items(found)
    assert listed == parts(api, number, by="bob")
    assert [part.CreationDateUtc for part in listed] == sorted(part.CreationDateUtc for part in listed)
    assert [(part.Type, part.Direction) for part in listed if part.Type == 1] == [(1, 0), (1, 0), (1, 1)]
    assert [part.Type for part in listed if part.Type != 1] == [12, 10, 11, 10]
    old, _, handed, later = (part for part in listed if part.Type != 1)
    assert (old.Sender, old.Recipient, old.Description) == ("Bob Agent (bob@acme.example)", None, "Old note")
    assert handed.Description.startswith("To <you> xxx")
    assert len(handed.Description) == 100
    assert later.Description == "Later"
    assert [part.PartId for part in listed if part.IsDraft] == [1]


def test_parts_refused(api: Api, number: str) -> None:
    refused(api.tickets("alice").GetTicketConversationPartList(99), -4, "ticket 99")
    refused(api.tickets("carol").GetTicketConversationPartList(SEEDED), -4, "ticket 1")
    refused(api.tickets("carol").GetTicketConversationPartListFromTicketNumber(number), -4)
    refused(api.tickets("customer").GetTicketConversationPartListFromTicketNumber(number), -3)


def test_statements_do_not_grow(api: Api, number: str) -> None:
    tickets, message, ticket = api.tickets("alice"), parts(api, number)[0].PartId, info(api, number).ID
    for _ in range(2):
        assert statements(api, lambda: tickets.GetTicketConversationPartList(ticket)) == 3
        assert statements(api, lambda: tickets.GetTicketConversationPartListFromTicketNumber(number)) == 3
        assert statements(api, lambda: tickets.GetTicketMessageHtml(message)) == 1
        assert statements(api, lambda: tickets.GetTicketMessagePlainText(message)) == 1
        for n in range(5):
            ok(say(api, number))
            ok(tickets.AddTicketNote(number, "Note", f"note {n}"))
