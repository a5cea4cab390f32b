"""Properties over HTTP: keys are documented, their letter case is seen; what they do to each other is ours."""

from __future__ import annotations

from typing import Any

import pytest

from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.rights import Right
from tests.services.api import Api, items
from tests.services.roles import take_right
from tests.services.tickets.steps import (
    BOB,
    CAROL,
    LEVEL_1,
    LEVEL_2,
    QUEUE,
    SALES,
    SALES_GROUP,
    SUPPORT,
    create,
    history,
    info,
    ok,
    parts,
    property_of,
    refused,
    row,
    seeded_number,
    statements,
)

DERIVED = ["BodyContent", "BodyContentRaw", "PinImage", "TicketID", "TicketNumber"]


@pytest.fixture
def number(api: Api) -> str:
    return create(api)


def set_(api: Api, number: str, *pairs: str, by: str = "alice") -> Any:
    return api.tickets(by).SetTicketProperties(number, list(pairs))


def everything(api: Api, number: str) -> dict[str, str]:
    answer = ok(api.tickets("admin").GetTicketPropertiesList(number))
    return dict(text.split("=", 1) for text in items(answer.RequestResults))


def test_all_in_documented_order(api: Api) -> None:
    number = seeded_number(api)
    values = everything(api, number)
    assert list(values) == [
        "BodyContent",
        "BodyContentRaw",
        "BodyHTML",
        "CCAddress",
        "CustomerEmailAddress",
        "DateDeletedUTC",
        "DateOpenedUTC",
        "DateReceivedUTC",
        "DepartmentID",
        "FileIDRawContent",
        "FromAddress",
        "GroupID",
        "IdleStartTimeUTC",
        "IsDeleted",
        "IsIndexed",
        "IsPinnedToAgent",
        "IsSpam",
        "PinImage",
        "ReplyCountIn",
        "ReplyCountOut",
        "Subject",
        "TicketID",
        "TicketNumber",
        "TicketPriorityID",
        "TicketStatusID",
        "ToAddress",
        "ToCustomer",
        "UserID",
    ]
    assert values["DateOpenedUTC"].endswith("Z")
    assert (values["IsDeleted"], values["DateDeletedUTC"], values["FileIDRawContent"]) == ("False", "", "")
    assert (values["TicketNumber"], values["TicketID"], values["UserID"]) == (number, "1", "4")
    assert values["BodyContent"] == "Since Monday my password is refused."


def test_chosen_ones(api: Api) -> None:
    answer = api.tickets("alice").GetTicketProperties(seeded_number(api), ["userid", "Subject", "Colour", "userID"])
    assert items(answer.RequestResults) == ["UserID=4", "Subject=Cannot log in"]
    assert answer.Result
    assert "Colour" in answer.Message


@pytest.mark.parametrize("operation", ["GetTicketPropertiesList", "GetTicketProperties"])
def test_reading_refused(api: Api, operation: str) -> None:
    more = [["Subject"]] if operation == "GetTicketProperties" else []
    refused(getattr(api.tickets("alice"), operation)("FFF-00000000-0000", *more), -4)
    refused(getattr(api.tickets("carol"), operation)(seeded_number(api), *more), -4)
    refused(getattr(api.tickets("customer"), operation)(seeded_number(api), *more), -3)


SETTABLE = [
    ("BodyHTML", "<p>a=b</p>", "<p>a=b</p>"),
    ("CCAddress", "a@x.example; B <b@x.example>", "a@x.example, b@x.example"),
    ("CustomerEmailAddress", "zoe@new.example", "zoe@new.example"),
    ("DateOpenedUTC", "2019-08-23T22:16:00", "2019-08-23T22:16:00Z"),
    ("DateReceivedUTC", "8/23/2019 10:16:00 PM", "2019-08-23T22:16:00Z"),
    ("DepartmentID", "2", "2"),
    ("FileIDRawContent", "77", "77"),
    ("FromAddress", "other@example.com", "other@example.com"),
    ("GroupID", "2", "2"),
    ("IdleStartTimeUTC", "2019-08-23T22:16:00Z", "2019-08-23T22:16:00Z"),
    ("IsIndexed", "no", "False"),
    ("IsPinnedToAgent", "1", "True"),
    ("IsSpam", "TRUE", "True"),
    ("ReplyCountIn", "7", "7"),
    ("ReplyCountOut", "8", "8"),
    ("Subject", "New = better", "New = better"),
    ("TicketPriorityID", "4", "4"),
    ("TicketStatusID", "2", "2"),
    ("ToAddress", "support@acme.example", "support@acme.example"),
    ("ToCustomer", "true", "True"),
    ("UserID", "5", "5"),
]


@pytest.mark.parametrize(("key", "value", "read"), SETTABLE)
def test_each_is_set_and_leaves_one_event(api: Api, number: str, key: str, value: str, read: str) -> None:
    was, before = everything(api, number), len(history(api, number))
    ok(set_(api, number, f"{key.lower()}={value}", by="mary"))
    assert property_of(api, number, key) == read
    events = history(api, number)[before:]
    assert len(events) == 1
    what, details, who = events[0]
    assert who == "mary"
    assert " to " in details
    follows = {
        "TicketPriorityID": "Ticket Priority Changed",
        "TicketStatusID": "Ticket Status Changed",
        **dict.fromkeys(("DepartmentID", "GroupID", "UserID"), "Ticket Transferred"),
    }
    assert what == follows.get(key, "Ticket Changed")
    if what == "Ticket Changed":
        assert details.startswith(f"{key}: from ")
    # Set again, nothing changes: nothing is told.
    ok(set_(api, number, f"{key}={value}", by="mary"))
    assert len(history(api, number)) == before + 1
    others = {
        "BodyHTML": {"BodyContent", "BodyContentRaw"},
        "DepartmentID": {"GroupID", "UserID"},
        "IsPinnedToAgent": {"PinImage"},
        "TicketStatusID": {"IdleStartTimeUTC"},
        "ToCustomer": {"ReplyCountIn", "ReplyCountOut"},
    }.get(key, set())
    now = everything(api, number)
    assert {name for name in now if now[name] != was[name]} <= {key} | others


def test_what_follows_from_others_cannot_be_set(api: Api, number: str) -> None:
    for key in DERIVED:
        refused(set_(api, number, f"{key}=1"), -5, key)


BAD: list[tuple[str, int, str]] = [
    ("Colour=red", -5, "Colour"),
    ("Subject", -5, "key=value"),
    ("CCAddress=a", -5, "CCAddress"),
    ("CustomerEmailAddress=", -5, "CustomerEmailAddress"),
    ("CustomerEmailAddress=a b", -5, "CustomerEmailAddress"),
    ("DateDeletedUTC=2024-01-01", -5, "DateDeletedUTC"),
    ("DateOpenedUTC=", -5, "DateOpenedUTC"),
    ("DateOpenedUTC=soon", -5, "DateOpenedUTC"),
    ("DateReceivedUTC=0001-01-01T00:00:00", -5, "DateReceivedUTC"),
    ("DepartmentID=99", -4, "department 99"),
    ("DepartmentID=x", -5, "DepartmentID"),
    ("FileIDRawContent=x", -5, "FileIDRawContent"),
    ("FromAddress=a@x, b@x", -5, "FromAddress"),
    ("GroupID=99", -4, "group 99"),
    ("GroupID=-1", -5, "GroupID"),
    ("IdleStartTimeUTC=", -5, "IdleStartTimeUTC"),
    ("IsDeleted=perhaps", -5, "IsDeleted"),
    ("IsIndexed=", -5, "IsIndexed"),
    ("IsPinnedToAgent=2", -5, "IsPinnedToAgent"),
    ("IsSpam=ham", -5, "IsSpam"),
    ("ReplyCountIn=-1", -5, "ReplyCountIn"),
    ("ReplyCountIn=2147483648", -5, "ReplyCountIn"),
    ("ReplyCountOut=99999999999999999999", -5, "ReplyCountOut"),
    ("ReplyCountOut=many", -5, "ReplyCountOut"),
    ("Subject= ", -5, "Subject"),
    ("TicketPriorityID=0", -5, "TicketPriorityID"),
    ("TicketPriorityID=", -5, "TicketPriorityID"),
    ("TicketStatusID=5", -5, "TicketStatusID"),
    ("TicketStatusID=Open", -5, "TicketStatusID"),
    ("TicketStatusID=3", -7, "Asset"),
    ("TicketStatusID=4", -3, "manager"),
    ("ToAddress=x", -5, "ToAddress"),
    ("ToCustomer=maybe", -5, "ToCustomer"),
    ("UserID=99", -4, "user 99"),
    ("UserID=6", -5, "user 6"),
    ("IsDeleted=True", -3, "IsDeleted"),
]


def test_bad_values_change_nothing(api: Api, number: str) -> None:
    was = (everything(api, number), history(api, number))
    for pair, code, word in BAD:
        more = "TicketPriorityID=1" if "Priority" not in pair else ""
        refused(set_(api, number, "IsSpam=True", pair, more), code, word)
    assert (everything(api, number), history(api, number)) == was


def test_writing_refused(api: Api, number: str) -> None:
    refused(set_(api, "FFF-00000000-0000", "Subject=x"), -4)
    refused(set_(api, number, "Subject=x", by="carol"), -4, "There is no ticket")
    refused(set_(api, number, "Subject=x", by="customer"), -3)


def test_deleting_and_bringing_back(api: Api, number: str) -> None:
    ok(set_(api, number, "IsDeleted=True", "DateDeletedUTC=2024-05-01T10:00:00", by="mary"))
    assert property_of(api, number, "IsDeleted") == "True"
    assert property_of(api, number, "DateDeletedUTC") == "2024-05-01T10:00:00Z"
    assert history(api, number)[-1] == ("Ticket Deleted", "", "mary")
    refused(set_(api, number, "Subject=x", by="mary"), -7, "deleted")
    refused(set_(api, number, "IsDeleted=True", by="mary"), -7, "deleted")
    refused(set_(api, number, "IsDeleted=False"), -3)
    ok(set_(api, number, "IsDeleted=False", "Subject=Back", by="mary"))
    assert (property_of(api, number, "IsDeleted"), property_of(api, number, "DateDeletedUTC")) == ("False", "")
    assert [what for what, _, _ in history(api, number)[-2:]] == ["Ticket Restored", "Ticket Changed"]
    ok(set_(api, number, "IsDeleted=False"))  # as it is: needs no right


def test_moving(api: Api, number: str) -> None:
    ok(set_(api, number, "DepartmentID=2", "UserID=6"))
    ticket = info(api, number)
    assert (ticket.IdDepartment, ticket.IdGroup, ticket.IdAgent) == (SALES, SALES_GROUP, CAROL)
    refused(set_(api, number, "Subject=x"), -4)  # alice is not in that group
    ok(set_(api, number, "DepartmentID=1", "GroupID=2", by="admin"))
    ticket = info(api, number)
    assert (ticket.IdDepartment, ticket.IdGroup, ticket.IdAgent) == (SUPPORT, LEVEL_2, QUEUE)
    refused(set_(api, number, "DepartmentID=2", "GroupID=1"), -5, "group 1")
    ok(set_(api, number, "DepartmentID=1"))
    assert info(api, number).IdGroup == LEVEL_2
    ok(set_(api, number, "GroupID=1", "UserID=5"))
    ok(set_(api, number, "UserID=0"))
    assert (info(api, number).IdGroup, info(api, number).IdAgent) == (LEVEL_1, QUEUE)


def test_moving_needs_its_rights(api: Api, number: str) -> None:
    take_right(api.engine, Right.DISTRIBUTION_TRANSFER, BuiltInRole.AGENT)
    refused(set_(api, number, "GroupID=2"), -3, "distribution.transfer")
    refused(set_(api, number, "DepartmentID=2"), -3, "distribution.transfer")
    ok(set_(api, number, f"UserID={BOB}"))
    take_right(api.engine, Right.DISTRIBUTION_AGENT_TRANSFER, BuiltInRole.AGENT)
    refused(set_(api, number, "UserID=4"), -3, "agent_transfer")
    ok(set_(api, number, "GroupID=1", f"UserID={BOB}"))  # as it is


def test_the_first_message(api: Api, number: str) -> None:
    ok(set_(api, number, "FromAddress=bob@acme.example", "ToAddress=customer@example.com", "ToCustomer=True"))
    (part,) = parts(api, number)
    assert (part.Direction, part.Sender) == (1, "Bob Agent (bob@acme.example)")
    assert part.Recipient == "Casey Customer (customer@example.com)"
    ticket = info(api, number)
    assert (ticket.ReplyCountIn, ticket.ReplyCountOut) == (0, 1)
    ok(set_(api, number, "ToCustomer=False", "ReplyCountIn=5", "CCAddress=", "ToAddress="))
    ticket = info(api, number)
    assert (ticket.ReplyCountIn, ticket.ReplyCountOut) == (6, 0)
    ok(set_(api, number, "DateReceivedUTC=2020-01-01"))
    assert info(api, number).LastReplyDateUtc.isoformat() == "2020-01-01T00:00:00+00:00"


def test_counts_stop_at_the_end_of_32_bits(api: Api, number: str) -> None:
    end = 2**31 - 1
    ok(set_(api, number, f"ReplyCountIn={end}", f"ReplyCountOut={end}"))
    for to_customer in (False, True):
        said = (number, "", "", "", "", "Once more.", False, to_customer, False)
        ok(api.tickets("alice").AddMessageToTicket(*said))
    ok(set_(api, number, "ToCustomer=True"))
    ticket = info(api, number)
    assert (ticket.ReplyCountIn, ticket.ReplyCountOut) == (end - 1, end)
    ok(set_(api, number, "ToCustomer=False", f"ReplyCountIn={end}"))
    assert (info(api, number).ReplyCountIn, property_of(api, number, "ReplyCountIn")) == (end, str(end))


def test_another_customer(api: Api, number: str) -> None:
    ok(set_(api, number, "CustomerEmailAddress=BOB@acme.example"))
    ticket = info(api, number)
    assert (ticket.IdCustomer, ticket.CustomerEmailAddress) == (BOB, "BOB@acme.example")
    assert row(api, number).customer_name == "Bob Agent"
    found = items(api.tickets("admin").GetTicketsBySearch(["EmailAddress=bob@acme.example"]).Tickets)
    assert [ticket.TicketNumber for ticket in found] == [number]


def test_closing_and_more_at_once(api: Api, number: str) -> None:
    ok(api.tickets("alice").SetTicketCustomFields(number, ["Asset=Server [13]"]))
    ok(set_(api, number, "TicketStatusID=4", "Subject=Done", "IsDeleted=True", by="mary"))
    ticket = info(api, number)
    assert (ticket.Subject, ticket.IsOpen, ticket.IsDeleted) == ("Done", False, True)
    assert property_of(api, number, "TicketStatusID") == "4"
    ok(set_(api, number, "IsDeleted=False", by="mary"))
    refused(set_(api, number, "Subject=x", by="mary"), -7, "locked")
    ok(set_(api, number, "TicketStatusID=4", by="alice"))  # as it is
    ok(set_(api, number, "TicketStatusID=3", "Subject=x", by="mary"))


def test_statements(api: Api, number: str) -> None:
    tickets = api.tickets("alice")
    assert statements(api, lambda: tickets.GetTicketPropertiesList(number)) == 2
    assert statements(api, lambda: tickets.GetTicketProperties(number, ["Subject"])) == 2
