"""Finding tickets over HTTP: keys documented, their letter case seen, order, limits and refusals ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import Ticket, TicketFieldValue
from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.unit_of_work import writing
from tests.services.api import Api, items
from tests.services.roles import take_right
from tests.services.tickets.steps import (
    ALICE,
    BOB,
    CAROL,
    LEVEL_2,
    QUEUE,
    SALES,
    SALES_GROUP,
    SEEDED,
    create,
    info,
    ok,
    refused,
    seeded_number,
    statements,
)

DAY = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def desk(api: Api) -> dict[str, str]:
    """Five tickets, each of its own kind, by name; opened a day apart, the seed file's last."""
    given: dict[str, dict[str, Any]] = {
        "urgent": {"priority": 4, "senderEmailAddress": "zoe@new.example"},
        "waiting": {"status": 2, "groupID": LEVEL_2},
        "closed": {"status": 3, "agentID": BOB},
        "sales": {"groupID": SALES_GROUP, "agentID": CAROL},
        "later": {"followUpDate": DAY, "agentID": QUEUE},
    }
    numbers = {}
    for days, (name, data) in enumerate(given.items()):
        with clock.frozen(DAY + timedelta(days=days)):
            numbers[name] = create(api, creationDate=None, **data)
    with clock.frozen(DAY + timedelta(days=7)):
        tickets = api.tickets("admin")
        ok(tickets.AddTicketNote(numbers["waiting"], "Resolution", "Done"))
        ok(tickets.SetTicketProperties(numbers["urgent"], ["IsSpam=True"]))
        ok(tickets.SetTicketCustomFields(numbers["closed"], ["Account=Straße 100%"]))
    numbers["seeded"] = seeded_number(api)
    return numbers


def found(api: Api, *criteria: str, by: str = "admin") -> list[str]:
    answer = ok(api.tickets(by).GetTicketsBySearch(list(criteria)))
    return [ticket.TicketNumber for ticket in items(answer.Tickets)]


def names(api: Api, desk: dict[str, str], *criteria: str, by: str = "admin") -> set[str]:
    numbers = {number: name for name, number in desk.items()}
    return {numbers[number] for number in found(api, *criteria, by=by)}


ALL = {"urgent", "waiting", "closed", "sales", "later", "seeded"}


CRITERIA: list[tuple[list[str], set[str]]] = [
    ([], ALL),
    (["BrandId=1"], ALL),
    (["BrandId=99"], set()),
    (["DepartmentId=2"], {"sales"}),
    (["GroupId=2"], {"waiting"}),
    (["groupid=2"], {"waiting"}),
    ([" GROUPID =2"], {"waiting"}),
    (["GroupId=1", "groupID=3"], {"sales"}),
    (["UserId=5"], {"closed"}),
    (["userid=1"], {"later"}),
    (["EmailAddress=ZOE@new.example"], {"urgent"}),
    (["EmailAddress=zoe"], set()),
    (["DateStartUtc=2024-05-03T00:00:00", "DateEndUtc=2024-05-04T00:00:00"], {"closed", "sales"}),
    (["DateEndUtc=5/2/2024"], {"urgent", "waiting"}),
    (["DateEndUtc=2024-05-02T02:00:00+02:00"], {"urgent", "waiting"}),
    (["HasResolution=true"], {"waiting"}),
    (["HasResolution=0", "UserId=4"], {"urgent", "seeded"}),
    (["IsActive=yes"], ALL - {"waiting", "closed"}),
    (["IsActive=no"], {"waiting", "closed"}),
    (["IsOpen=True"], ALL - {"closed"}),
    (["isopen=False"], {"closed"}),
    (["IsOpen="], ALL),
    (["IsSpam=1"], {"urgent"}),
    (["IsSpam=false", "Priority=4"], set()),
    (["Priority=3"], {"seeded"}),
    (["ShowInFollowUpView=True"], {"later"}),
    (["ShowInFollowUpView=False"], ALL - {"later"}),
    (["1=strasse"], {"closed"}),
    (["1=INC [2"], {"seeded"}),
    (["1=100%"], {"closed"}),
    (["1=1%0"], set()),
    (["1=a", "GroupId=1", "IsOpen=true"], {"seeded"}),
    (["2=laptop"], set()),
    (["2=PICK"], ALL - {"sales"}),  # the default, in the department whose tickets have the field
    (["2=pick", "1=strasse"], {"closed"}),
    (["02=pick one", "GroupId=2"], {"waiting"}),
    (["2=picked"], set()),
    *(
        ([f"{key}="], ALL)
        for key in ("BrandId", "DateEndUtc", "DateStartUtc", "DepartmentId", "EmailAddress", "GroupId")
    ),
    *(([f"{key}= "], ALL) for key in ("HasResolution", "IsActive", "IsDeleted", "IsSpam", "MaxResults", "Priority")),
    *(([f"{key}="], ALL) for key in ("ShowInFollowUpView", "SortOrder", "TicketNumber", "UserId", "1", "2", "99")),
    (["", "GroupId=2"], {"waiting"}),
    (["IsDeleted=false"], ALL),
    (["IsDeleted=true"], set()),
]


def test_criteria(api: Api, desk: dict[str, str]) -> None:
    for criteria, expected in CRITERIA:
        assert names(api, desk, *criteria) == expected, criteria


def test_a_value_that_was_set_is_not_the_default(api: Api, desk: dict[str, str]) -> None:
    ok(api.tickets("admin").SetTicketCustomFields(desk["urgent"], ["Asset=Laptop [12]"]))
    ok(api.tickets("admin").SetTicketCustomFields(desk["later"], ["Asset="]))
    ok(api.tickets("admin").SetTicketCustomFields(desk["sales"], ["Asset=Pick one"]))
    assert names(api, desk, "2=pick") == ALL - {"urgent", "later"}
    assert names(api, desk, "2=[1") == {"urgent"}


def test_by_number(api: Api, desk: dict[str, str]) -> None:
    assert names(api, desk, f"TicketNumber={desk['sales'].lower()}") == {"sales"}
    assert names(api, desk, f"TicketNumber={desk['sales'][:-1]}") == set()


def test_deleted_ones_only_when_asked_for(api: Api, desk: dict[str, str]) -> None:
    ok(api.tickets("admin").DeleteTicket(info(api, desk["sales"]).ID))
    assert names(api, desk) == ALL - {"sales"}
    assert names(api, desk, "IsDeleted=True") == {"sales"}
    assert names(api, desk, "IsDeleted=True", "GroupId=1") == set()


def test_order_and_limit(api: Api, desk: dict[str, str]) -> None:
    """The latest activity first: the three that were touched on the eighth day, later ones before."""
    everything = found(api)
    assert everything[0] == desk["seeded"]
    assert set(everything[1:4]) == {desk["waiting"], desk["urgent"], desk["closed"]}
    assert everything[4:] == [desk["later"], desk["sales"]]
    assert found(api, "SortOrder=ASCENDING") == everything[::-1]
    assert found(api, "sortorder=descending", "MaxResults=2") == everything[:2]
    assert found(api, "SortOrder=ascending", "MaxResults=1") == everything[-1:]


def test_nothing_found_is_an_empty_list(api: Api) -> None:
    answer = api.post(
        "svcTickets",
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><GetTicketsBySearch '
        'xmlns="http://www.smartertools.com/SmarterTrack/Services2/svcTickets.asmx"><authUserName>admin</authUserName>'
        "<authPassword>admin</authPassword><searchCriteria><string>GroupId=99</string></searchCriteria>"
        "</GetTicketsBySearch></soap:Body></soap:Envelope>",
    )
    assert "<Tickets />" in answer.text


BAD: list[tuple[str, int, str]] = [
    ("BrandId=x", -5, "BrandId"),
    ("DateEndUtc=soon", -5, "DateEndUtc"),
    ("DateStartUtc=2024-13-01", -5, "DateStartUtc"),
    ("DepartmentId=1.5", -5, "DepartmentId"),
    ("GroupId=99999999999", -5, "GroupId"),
    ("HasResolution=perhaps", -5, "HasResolution"),
    ("IsActive=2", -5, "IsActive"),
    ("IsDeleted=gone", -5, "IsDeleted"),
    ("IsOpen=ja", -5, "IsOpen"),
    ("IsSpam=ham", -5, "IsSpam"),
    ("MaxResults=0", -5, "MaxResults"),
    ("MaxResults=many", -5, "MaxResults"),
    ("Priority=5", -5, "Priority"),
    ("Priority=high", -5, "Priority"),
    ("ShowInFollowUpView=x", -5, "ShowInFollowUpView"),
    ("SortOrder=up", -5, "SortOrder"),
    ("UserId=alice", -5, "UserId"),
    ("Colour=red", -5, "Colour"),
    ("Subject", -5, "key=value"),
    ("99=x", -4, "custom field 99"),
]


def test_bad_values(api: Api) -> None:
    for criterion, code, word in BAD:
        refused(api.tickets("alice").GetTicketsBySearch([criterion]), code, word)


def test_unknown_key_lists_the_known_ones(api: Api) -> None:
    message = api.tickets("alice").GetTicketsBySearch(["Colour=red"]).Message
    assert "BrandId" in message
    assert "UserId" in message


def test_who_sees_what(api: Api, desk: dict[str, str]) -> None:
    assert names(api, desk, by="alice") == ALL - {"sales"}
    assert names(api, desk, by="bob") == ALL - {"sales", "waiting"}
    assert names(api, desk, by="carol") == {"sales"}
    assert names(api, desk, by="mary") == ALL
    assert names(api, desk, "GroupId=3", by="alice") == set()
    refused(api.tickets("customer").GetTicketsBySearch([]), -3)
    take_right(api.engine, Right.TICKETS_VIEW_QUEUE, BuiltInRole.AGENT)
    assert names(api, desk, by="alice") == ALL - {"sales", "later"}
    refused(api.tickets("alice").GetTicketInfoByTicketNumber(desk["later"]), -4)


def test_what_the_queue_holds_takes_its_right(api: Api, desk: dict[str, str]) -> None:
    assert "later" in names(api, desk, by="mary")
    take_right(api.engine, Right.TICKETS_VIEW_QUEUE)
    for user, seen in (("mary", ALL), ("alice", ALL - {"sales"})):
        assert names(api, desk, by=user) == seen - {"later"}
        assert names(api, desk, "UserId=1", by=user) == set()
        refused(api.tickets(user).GetTicketInfoByTicketNumber(desk["later"]), -4)
        refused(api.tickets(user).AddTicketNote(desk["later"], "Note", "x"), -4)
    assert names(api, desk) == ALL  # an administrator's rights cannot be reduced


def test_facts_by_id_and_number(api: Api, desk: dict[str, str]) -> None:
    tickets = api.tickets("alice")
    ticket = ok(tickets.GetTicketInfo(SEEDED)).Ticket
    assert (ticket.ID, ticket.IdAgent, ticket.IdCustomer, ticket.IdDepartment, ticket.IdGroup) == (1, ALICE, 8, 1, 1)
    assert (ticket.Subject, ticket.CustomerEmailAddress) == ("Cannot log in", "customer@example.com")
    assert (ticket.IsActive, ticket.IsOpen, ticket.IsDeleted, ticket.IsSpam) == (True, True, False, False)
    assert (ticket.ReplyCountIn, ticket.ReplyCountOut, ticket.Priority) == (1, 1, 3)
    assert (ticket.RequiresFollowUp, ticket.ShowInFollowUpView, ticket.FollowUpDateUtc) == (False, False, None)
    again = ok(tickets.GetTicketInfoByTicketNumber(f" {ticket.TicketNumber.lower()} ")).Ticket
    assert again == ticket
    assert info(api, desk["sales"]).IdDepartment == SALES


def test_facts_refused(api: Api, desk: dict[str, str]) -> None:
    refused(api.tickets("alice").GetTicketInfo(99), -4, "There is no ticket 99.")
    hidden = info(api, desk["sales"]).ID
    refused(api.tickets("alice").GetTicketInfo(hidden), -4, f"There is no ticket {hidden}.")
    refused(api.tickets("alice").GetTicketInfoByTicketNumber("FFF-00000000-0000"), -4)
    refused(api.tickets("alice").GetTicketInfoByTicketNumber(desk["sales"]), -4)
    refused(api.tickets("customer").GetTicketInfo(SEEDED), -3)
    refused(api.tickets("customer").GetTicketInfoByTicketNumber(desk["seeded"]), -3)


def test_statements_do_not_grow(api: Api) -> None:
    tickets, number = api.tickets("alice"), seeded_number(api)

    def counts() -> dict[str, int]:
        return {
            "info": statements(api, lambda: tickets.GetTicketInfo(SEEDED)),
            "info by number": statements(api, lambda: tickets.GetTicketInfoByTicketNumber(number)),
            "search": statements(api, lambda: tickets.GetTicketsBySearch(["GroupId=1"])),
            "search by fields": statements(api, lambda: tickets.GetTicketsBySearch(["1=a", "2=b"])),
        }

    pinned = {"info": 1, "info by number": 1, "search": 1, "search by fields": 2}
    assert counts() == pinned
    _copy_the_seeded_one(api, 50)
    assert counts() == pinned


def _copy_the_seeded_one(api: Api, times: int) -> None:
    table = Ticket.__table__
    with writing(api.engine) as session:
        columns = [column for column in table.c if column.computed is None]
        row = dict(session.execute(select(*columns).where(table.c.id == SEEDED)).one()._mapping)
        rows = [
            row | {"id": 1000 + n, "number": f"{n:03X}-00000000-0000", "portal_token": str(n)} for n in range(times)
        ]
        session.execute(insert(table), rows)
        values = [{"ticket_id": row["id"], "field_id": 1, "value": "abc"} for row in rows]
        session.execute(insert(TicketFieldValue.__table__), values)
