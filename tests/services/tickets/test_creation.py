"""Opening tickets over HTTP: inputs and defaults are documented, numbers and mails seen, the rest ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import Department, Group, Ticket, User
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api, items
from tests.services.tickets.steps import (
    ALICE,
    BOB,
    CUSTOMER,
    LEVEL_1,
    LEVEL_2,
    QUEUE,
    SALES_GROUP,
    SUPPORT,
    change,
    create,
    history,
    info,
    mails,
    parts,
    property_of,
    refused,
    row,
)

NOW = datetime(2024, 5, 1, 12, 0, 7, tzinfo=UTC)
LEAST = datetime(1, 1, 1)  # noqa: DTZ001 - DateTime.MinValue
OPENED, IDLE, FIRST = (datetime(2020, 1, day, 10, tzinfo=UTC) for day in (1, 2, 3))

_OUT = {
    "departmentID": SUPPORT,
    "groupId": LEVEL_1,
    "userIdOfAgent": ALICE,
    "toAddress": "customer@example.com",
    "subject": "Grüße <&>",
    "body": "Zeile 1\nZeile 2",
    "isHtml": False,
    "setWaiting": True,
    "sendEmail": False,
}
_IN = {
    "departmentId": SUPPORT,
    "fromAddress": "customer@example.com",
    "subject": "Grüße <&>",
    "body": "Zeile 1\nZeile 2",
    "isHtml": False,
    "sendAutoResponder": False,
}
_CC = {"ccAddress": "one@example.com; Two <two@example.com>"}
_DATES = {"dateOpenedUTC": OPENED, "dateIdleStartTimeUTC": IDLE, "dateFirstMessageReceived": FIRST}
_PLACE = {"groupId": LEVEL_2, "userId": ALICE}

OPERATIONS: dict[str, dict[str, Any]] = {
    "CreateTicket": _OUT,
    "CreateTicketWithDate": _OUT | _DATES,
    "CreateTicketWithCC": _OUT | _CC,
    "CreateTicketWithDateAndCC": _OUT | _CC | _DATES,
    "CreateTicketFromCustomer": _IN,
    "CreateTicketFromCustomerWithDate": _IN | _PLACE | _DATES,
    "CreateTicketFromCustomerWithCC": _IN | _CC,
    "CreateTicketFromCustomerWithDateAndCC": _IN | _PLACE | _CC | _DATES,
    "CreateTicketFromCustomerWithGroup": _IN | {"groupId": LEVEL_2},
    "CreateTicketFromCustomerWithGroupWithCC": _IN | {"groupId": LEVEL_2} | _CC,
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_created_as_told(api: Api, operation: str) -> None:
    given = OPERATIONS[operation]
    outbound = "toAddress" in given
    with clock.frozen(NOW):
        answer = getattr(api.tickets("alice"), operation)(**given)
    assert (answer.Result, answer.ResultCode, answer.Message) == (True, 0, None)
    number = answer.RequestResult
    assert re.fullmatch(r"[0-9A-F]{3}-[0-9A-F]{8}-[0-9A-F]{4}", number)
    ticket = info(api, number)
    assert (ticket.Subject, ticket.CustomerEmailAddress, ticket.IdCustomer) == (
        "Grüße <&>",
        "customer@example.com",
        CUSTOMER,
    )
    assert (ticket.IdDepartment, ticket.IdGroup) == (SUPPORT, given.get("groupId", LEVEL_1))
    assert ticket.IdAgent == ALICE  # named, or the first whose turn it is
    assert (ticket.ReplyCountIn, ticket.ReplyCountOut) == ((0, 1) if outbound else (1, 0))
    assert (ticket.IsOpen, ticket.IsActive, ticket.Priority) == (True, not outbound, 2)
    dated = "dateOpenedUTC" in given
    stored = row(api, number)
    assert (stored.opened_at, stored.idle_since, stored.last_reply_at) == (
        (OPENED, IDLE, FIRST) if dated else (NOW, NOW, NOW)
    )
    # The middle of the number is the second it was opened, since 2000-01-01 (seen).
    assert int(number[4:12], 16) == int(((OPENED if dated else NOW) - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds())
    (part,) = parts(api, number)
    assert (part.Type, part.Direction, part.CreationDateUtc) == (1, int(outbound), FIRST if dated else NOW)
    expected = "one@example.com, two@example.com" if "ccAddress" in given else ""
    assert property_of(api, number, "CCAddress") == expected
    assert property_of(api, number, "BodyContent") == "Zeile 1\nZeile 2"
    assert [(what, who) for what, _, who in history(api, number)] == [("Ticket Created", "alice")]
    assert mails(api) == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_refused_and_nothing_changed(api: Api, operation: str) -> None:
    given = OPERATIONS[operation]
    call = getattr(api.tickets("alice"), operation)
    address = "toAddress" if "toAddress" in given else "fromAddress"
    department = "departmentID" if "departmentID" in given else "departmentId"
    refused(call(**given | {address: "nobody"}), -5, address)
    refused(call(**given | {address: ""}), -5, address)
    refused(call(**given | {"subject": " "}), -5, "subject")
    refused(call(**given | {department: 99, **({"groupId": 0} if "groupId" in given else {})}), -4, "department 99")
    if "groupId" in given:
        refused(call(**given | {"groupId": SALES_GROUP}), -5, "group 3")
        refused(call(**given | {"groupId": 99}), -4, "group 99")
        refused(call(**given | {department: 99}), -4, "department 99")
    if "userIdOfAgent" in given or "userId" in given:
        agent = "userIdOfAgent" if "userIdOfAgent" in given else "userId"
        refused(call(**given | {agent: 99}), -4, "user 99")
        refused(call(**given | {agent: CUSTOMER}), -5, "user 8")
    if "ccAddress" in given:
        refused(call(**given | {"ccAddress": "a@example.com; b"}), -5, "ccAddress")
    refused(getattr(api.tickets("customer"), operation)(**given), -3)
    refused(getattr(api.tickets("alice", "wrong"), operation)(**given), -2)
    with reading(api.engine) as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_dates_left_out(api: Api) -> None:
    given = OPERATIONS["CreateTicketWithDate"] | dict.fromkeys(_DATES, LEAST)
    with clock.frozen(NOW):
        stored = row(api, api.tickets("alice").CreateTicketWithDate(**given).RequestResult)
    assert (stored.opened_at, stored.idle_since, stored.last_reply_at) == (NOW, NOW, NOW)


def test_incoming_with_every_field(api: Api) -> None:
    answer = api.tickets("alice").CreateIncomingTicket(
        {
            "agentID": BOB,
            "body": "<p>It <b>burns</b></p>",
            "ccEmailAddress": "boss@example.com",
            "creationDate": OPENED,
            "departmentID": SUPPORT,
            "displayName": "Zoë New",
            "followUpComment": "Ask <again>",
            "followUpDate": FIRST,
            "groupID": LEVEL_1,
            "isHtml": True,
            "pinToAgent": True,
            "priority": 4,
            "sendAutoResponder": True,
            "senderEmailAddress": "zoe@new.example",
            "status": 2,
            "subject": "Fire",
        }
    )
    assert answer.Result, answer.Message
    ticket = answer.Ticket
    assert (ticket.IdAgent, ticket.IdGroup, ticket.IdDepartment) == (BOB, LEVEL_1, SUPPORT)
    assert (ticket.Priority, ticket.IsOpen, ticket.IsActive, ticket.IsPinnedToAgent) == (4, True, False, True)
    assert (ticket.RequiresFollowUp, ticket.ShowInFollowUpView, ticket.FollowUpDateUtc) == (True, True, FIRST)
    number = ticket.TicketNumber
    assert property_of(api, number, "DateOpenedUTC") == "2020-01-01T10:00:00Z"
    assert property_of(api, number, "CCAddress") == "boss@example.com"
    assert property_of(api, number, "BodyHTML") == "<p>It <b>burns</b></p>"
    assert property_of(api, number, "BodyContent") == "It burns"
    with reading(api.engine) as session:
        customer = session.get_one(User, ticket.IdCustomer)
        assert (customer.username, customer.email, customer.display_name) == ("zoe@new.example",) * 2 + ("Zoë New",)
        assert customer.password_hash is None
    message, note = parts(api, number)
    assert message.Sender == "Zoë New (zoe@new.example)"
    assert (note.Type, note.Description) == (10, "Ask <again>")
    assert api.tickets("alice").GetTicketNote(note.PartId).Comment.CommentType == "FollowUp"
    assert [what for what, _, _ in history(api, number)] == [
        "Ticket Created",
        "Ticket Follow Up Scheduled",
        "Ticket Comment Added",
    ]
    (mail,) = mails(api)
    assert (mail.kind, mail.to_address, mail.ticket_id) == ("auto_responder", "zoe@new.example", ticket.ID)
    assert number in mail.body


def test_incoming_with_the_least(api: Api) -> None:
    answer = api.tickets("alice").CreateIncomingTicket(
        {"senderEmailAddress": "CUSTOMER@example.com", "subject": "x", "departmentID": SUPPORT}
    )
    ticket = answer.Ticket
    # Upper and lower case are one address, and department 1's first group is Level 1.
    assert (ticket.IdCustomer, ticket.IdGroup, ticket.Priority, ticket.IsActive) == (CUSTOMER, LEVEL_1, 2, True)
    assert ticket.FollowUpDateUtc is None
    assert mails(api) == []


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"senderEmailAddress": None}, -5, "senderEmailAddress"),
    ({"subject": None}, -5, "subject"),
    ({"groupID": None}, -5, "departmentID"),
    ({"groupID": 99}, -4, "group 99"),
    ({"departmentID": 2}, -5, "group 1"),
    ({"status": 4}, -5, "status"),
    ({"status": 9}, -5, "status"),
    ({"priority": 0}, -5, "priority"),
    ({"agentID": 99}, -4, "user 99"),
    ({"agentID": 6}, -5, "user 6"),
    ({"ccEmailAddress": "x"}, -5, "cc"),
]


def test_incoming_refused(api: Api) -> None:
    for given, code, word in BAD:
        data = {"senderEmailAddress": "a@b.example", "subject": "x", "groupID": LEVEL_1} | given
        refused(api.tickets("alice").CreateIncomingTicket(data), code, word)
    with reading(api.engine) as session:
        assert session.scalar(select(User.id).where(User.email_key == "a@b.example")) is None


def test_incoming_without_data(api: Api) -> None:
    refused(api.tickets("alice").CreateIncomingTicket(None), -5, "data")


def test_assigned_in_turn(api: Api) -> None:
    agents = [info(api, create(api, agentID=None)).IdAgent for _ in range(4)]
    assert sorted(agents) == [ALICE, ALICE, BOB, BOB]
    assert agents[0] != agents[1]


def test_nobody_receives(api: Api) -> None:
    for user in ("alice", "bob"):
        assert api.tickets(user).SetAgentReceivingStatusForAllGroups(False).Result
    assert info(api, create(api, agentID=0)).IdAgent == QUEUE


def test_outbound_mail(api: Api) -> None:
    change(api, Department, SUPPORT, email="support@acme.example")
    given = OPERATIONS["CreateTicketWithCC"] | {"sendEmail": True, "isHtml": True, "body": "<b>Hi</b>"}
    number = api.tickets("alice").CreateTicketWithCC(**given).RequestResult
    (mail,) = mails(api)
    assert (mail.kind, mail.from_address, mail.from_name) == ("message", "support@acme.example", "Alice Agent")
    assert (mail.to_address, mail.cc_address) == ("customer@example.com", "one@example.com, two@example.com")
    assert (mail.subject, mail.body, mail.is_html) == (f"[{number}] Grüße <&>", "<b>Hi</b>", True)
    (part,) = parts(api, number)
    assert mail.message_id == part.PartId
    assert part.Sender == "Alice Agent (support@acme.example)"
    assert part.Recipient == "Casey Customer (customer@example.com)"


def test_own_auto_responder(api: Api) -> None:
    change(api, Department, SUPPORT, auto_responder_subject="Thanks", auto_responder_body="<p>Soon</p>")
    create(api, sendAutoResponder=True)
    (mail,) = mails(api)
    assert (mail.subject, mail.body, mail.is_html) == ("Thanks", "<p>Soon</p>", True)


def test_the_first_group_is_by_order(api: Api) -> None:
    change(api, Group, LEVEL_2, sort_order=-1)
    assert info(api, create(api, groupID=None, departmentID=SUPPORT)).IdGroup == LEVEL_2


def test_customers_user_name_taken(api: Api) -> None:
    """Whoever bears the address as their user name alone is somebody else."""
    with writing(api.engine) as session:
        session.add(User(username="who@example.com", email="", display_name="Who"))
    ticket = info(api, create(api, senderEmailAddress="who@example.com"))
    with reading(api.engine) as session:
        assert session.get_one(User, ticket.IdCustomer).email == "who@example.com"
    again = info(api, create(api, senderEmailAddress="Who@Example.com"))
    assert again.IdCustomer == ticket.IdCustomer


def test_numbers_differ(api: Api) -> None:
    numbers = {create(api) for _ in range(5)}
    assert len(numbers) == 5
    answer = api.tickets("admin").GetTicketsBySearch(["GroupId=1", "TicketNumber=" + min(numbers).lower()])
    assert [ticket.TicketNumber for ticket in items(answer.Tickets)] == [min(numbers)]
