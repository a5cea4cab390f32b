"""Evidence: documented, seen and ours. Groups and events are the helpdesk's own groups, tickets and chats."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.models import AcdEvent, Event, Installation, Ticket, User
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.tickets import conversation
from smartertrack_emu.domain.tickets.conversation import NewMessage
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.rest.jtel.client import Jtel
from tests.services.api import items
from tests.services.tickets import steps

NEW = {"AcdEventTypesID": 3, "AcdGroupsID": 1, "Sender": "4989777", "Subject": "Rückruf ☎ 'x'; --"}


def test_groups(jtel: Jtel, sales: Jtel) -> None:
    first = jtel.one("GET", "acd/groups/group/1")
    assert (first["Name"], first["DepartmentsName"], first["ServiceLevelSeconds"]) == ("Level 1", "Support", 20)
    assert (first["ForeignSystemID"], first["AcdGroupTypesID"]) == ("SERVICE_B2B", 1)
    figures = [first[name] for name in first if name.startswith("n")]
    assert figures == [3, 2, 2, 2, 0, 1, 1, 1]
    second = jtel.one("GET", "acd/groups/group/2")
    assert (second["ServiceLevelSeconds"], second["bAllowDuplicateAcdEvents"]) == (30, False)
    assert [one["Name"] for one in jtel.records("acd/groups/group", name="LEVEL")] == ["Level 1", "Level 2"]
    assert jtel.records("acd/groups/group", name="%") == []
    assert [one["Name"] for one in sales.records("acd/groups")] == ["Sales"]
    assert sales.records("acd/groups/group", name="Level") == []
    assert sales.error("GET", "acd/groups/group/1", status=404) == "ACD group not found"
    for query in ({}, {"name": ""}):
        assert jtel.error("GET", "acd/groups/group", params=query, status=400) == "name is required"


def test_figures_follow_the_services(jtel: Jtel) -> None:
    available = jtel.api.organization("alice").GetAvailableChatAgentsForGroup
    for is_away in (False, True):
        with writing(jtel.api.engine) as session:
            session.execute(update(User).where(User.username == "alice").values(is_away=is_away))
        expected = len(items(available(1).Agents))
        assert jtel.one("GET", "acd/groups/group/1")["nAgentsAvailable"] == expected == 2 - is_away


def test_events_are_tickets_and_chats(jtel: Jtel, sales: Jtel) -> None:
    events = jtel.records("acd/events")
    assert [one["ID"] for one in events] == [11, 32, 12, 22]
    ticket, _, chat, queued = events
    assert (ticket["UserData"], ticket["nPriority"], ticket["Sender"]) == ("EV1", 80, "4989123")
    assert ticket["Body"] == "Since Monday my password is refused."
    assert (ticket["AcdEventStatusID"], ticket["UsersID"], ticket["TicketsID"]) == (30, 4, 1)
    assert (chat["AcdEventTypesID"], chat["Sender"], chat["AcdEventStatusID"]) == (6, "customer@example.com", 30)
    assert (chat["ChatConnectorsID"], chat["ChatsID"], chat["UserData"]) == (1, 1, chat["ChatsNumber"])
    assert (queued["Sender"], queued["AcdEventStatusID"], queued["UsersID"]) == ("Visitor 7", 1, None)
    assert [one["AcdEventStatusID"] for one in sales.records("acd/events")] == [98]
    assert jtel.one("GET", "acd/events/event/12") == chat
    assert sales.error("GET", "acd/events/event/12", status=404) == "ACD event not found"
    for unknown in (10, 13, 42, 999_991):
        assert jtel.error("GET", f"acd/events/event/{unknown}", status=404) == "ACD event not found"


def test_what_soap_opens_is_an_event_at_once(jtel: Jtel) -> None:
    tickets = jtel.api.tickets("alice")
    made = tickets.CreateTicket(1, 1, 0, "new@example.com", "By SOAP", "Hi!", False, False, False)
    (event,) = jtel.records("acd/events", filter="Subject=By SOAP")
    assert (event["AcdEventTypesID"], event["Sender"], event["TicketsNumber"]) == (
        5,
        "new@example.com",
        made.RequestResult,
    )
    assert (event["nPriority"], event["Body"], event["AcdEventStatusID"]) == (50, None, 30)
    path = f"acd/events/event/{event['ID']}"
    number = made.RequestResult
    assert tickets.SetTicketProperties(number, ["Subject=Another", "TicketPriorityID=4"]).Result
    assert tickets.SetFollowUp(event["TicketsID"], datetime(2031, 1, 1, 9, 30, tzinfo=UTC), 0, 0, "", False, "").Result
    changed = jtel.one("GET", path)
    assert (changed["Subject"], changed["nPriority"], changed["AcdEventStatusID"]) == ("Another", 100, 40)
    assert changed["dtAppointment"] == "2031-01-01T09:30:00.000"
    assert tickets.SetTicketCustomFields(number, ["Asset=Laptop [12]"]).Result
    assert tickets.CloseTicket(number).Result
    done = jtel.one("GET", path)
    assert done["AcdEventStatusID"] == 99
    assert done["dtDone"] is not None
    assert jtel.api.tickets("admin").DeleteTicket(event["TicketsID"]).Result
    assert jtel.error("GET", path, status=404) == "ACD event not found"


def test_an_event_is_a_ticket_at_once(jtel: Jtel) -> None:
    event = jtel.one(
        "POST", "acd/events/create", NEW | {"Body": "Bitte!", "UsersID": 5, "nPriority": 90, "UserData": "X"}
    )
    assert (event["AcdEventStatusID"], event["UsersID"], event["nPriority"]) == (20, 5, 90)
    assert (event["Subject"], event["Body"], event["UserData"]) == (NEW["Subject"], "Bitte!", "X")
    assert "Result_" not in event
    number = event["TicketsNumber"]
    seen = steps.info(jtel.api, number, by="bob")
    assert (seen.Subject, seen.IdAgent) == (NEW["Subject"], 5)
    assert steps.property_of(jtel.api, number, "TicketPriorityID") == "4"
    with reading(jtel.api.engine) as session:
        ticket = session.get(Ticket, event["TicketsID"])
        assert ticket is not None
        assert (ticket.customer_id, ticket.customer_email, ticket.customer_name) == (None, "", "4989777")
        history = session.scalars(
            select(Event.actor_name).where(Event.item_id == ticket.id, Event.item_kind == "ticket")
        )
        assert set(history) == {"system"}
    assert len(steps.parts(jtel.api, number)) == 1
    assert jtel.api.tickets("admin").SetTicketProperties(event["TicketsNumber"], ["TicketPriorityID=1"]).Result
    assert jtel.one("GET", f"acd/events/event/{event['ID']}")["nPriority"] == 25


def test_senders(jtel: Jtel) -> None:
    """An address has an account, found or made; what is none has neither."""
    known = jtel.one(
        "POST", "acd/events/event", NEW | {"AcdEventTypesID": 5, "Sender": "customer@example.com", "Body": "x"}
    )
    new = jtel.one("POST", "acd/events/create", NEW | {"AcdEventTypesID": 7, "Sender": "jürgen@example.org"})
    assert (known["Body"], new["Body"]) == (None, None)
    with reading(jtel.api.engine) as session:
        found = {row.id: row for row in session.scalars(select(Ticket))}
        assert found[known["TicketsID"]].customer_id == 8
        made = session.get(User, found[new["TicketsID"]].customer_id)
        assert made is not None
        assert made.email == "jürgen@example.org"
    name = jtel.one("POST", "acd/events/create", NEW | {"Sender": "Ann <ann@example.com>"})
    assert name["Sender"] == "Ann <ann@example.com>"
    number = name["TicketsNumber"]
    sent = NewMessage(to_customer=True, body="Hi", is_html=False, send=True)
    with writing(jtel.api.engine) as session, pytest.raises(BadValue, match="no address"):
        conversation.add(session, SYSTEM, by_number(number), sent)


def test_by_configuration_and_agent_group(jtel: Jtel) -> None:
    body = {
        "AcdEventTypesID": "1",
        "AcdConfigurationGroupsID": 2,
        "AcdAgentGroupsID": "1",
        "Sender": "1",
        "Subject": "s",
    }
    made = jtel.one("POST", "acd/events/create", body)
    assert [made[name] for name in ("AcdGroupsID", "AcdConfigurationGroupsID", "AcdAgentGroupsID")] == [1, 2, 1]


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"AcdEventTypesID": None}, 400, "AcdEventTypesID is required"),
        ({"AcdEventTypesID": 6}, 400, "AcdEventTypesID: 6 is no type"),
        ({"AcdEventTypesID": 99}, 400, "AcdEventTypesID: 99"),
        ({"AcdEventTypesID": "x"}, 400, "AcdEventTypesID must be"),
        ({"AcdEventTypesID": True}, 400, "AcdEventTypesID must be"),
        ({"AcdEventTypesID": 3.0}, 400, "AcdEventTypesID must be"),
        ({"AcdGroupsID": None}, 400, "Either AcdGroupsID or both"),
        ({"AcdAgentGroupsID": 1}, 400, "Either AcdGroupsID or both"),
        ({"AcdGroupsID": None, "AcdAgentGroupsID": 1}, 400, "Either AcdGroupsID or both"),
        ({"AcdGroupsID": 99}, 404, "ACD group not found"),
        ({"AcdGroupsID": 2**70}, 404, "ACD group not found"),
        ({"AcdGroupsID": None, "AcdAgentGroupsID": 1, "AcdConfigurationGroupsID": 99}, 404, "ACD group not found"),
        ({"UsersID": 99}, 404, "User not found"),
        ({"UsersID": 8}, 404, "User not found"),
        ({"UsersID": 6}, 400, "UsersID: user 6 is not in group 1"),
        ({"Sender": ""}, 400, "Sender is required"),
        ({"Sender": "x" * 256}, 400, "Sender is longer"),
        ({"Receiver": "x" * 256}, 400, "Receiver is longer"),
        ({"Subject": "x" * 1001}, 400, "Subject is longer"),
        ({"Subject": " "}, 400, "Subject is required"),
        ({"Subject": "a\0b"}, 400, "Subject holds"),
        ({"Body": "x" * 1_000_001}, 400, "Body is longer"),
        ({"CrmURL": "ftp://example.com"}, 400, "CrmURL must"),
        ({"CrmURL": "example.com/x"}, 400, "CrmURL must"),
        ({"CrmURL": "http://"}, 400, "CrmURL must"),
        ({"nPriority": 101}, 400, "nPriority is out of range"),
        ({"nPriority": -1}, 400, "nPriority is out of range"),
        ({"dtAppointmentDate": "2024-02-30"}, 400, "dtAppointmentDate must"),
        ({"dtAppointmentDate": "2024-0201"}, 400, "dtAppointmentDate must"),
        ({"dtAppointmentTime": "24:00"}, 400, "dtAppointmentTime must"),
        ({"dtAppointmentTime": "9:00"}, 400, "dtAppointmentTime must"),
    ],
)
def test_a_refused_event_leaves_nothing(jtel: Jtel, change: dict[str, Any], status: int, sentence: str) -> None:
    assert jtel.error("POST", "acd/events/create", NEW | change, status=status).startswith(sentence)
    assert len(jtel.records("acd/events")) == 4


def test_appointments(jtel: Jtel) -> None:
    with writing(jtel.api.engine) as session:
        session.execute(update(Installation).values(time_zone="Europe/Berlin"))
    with clock.frozen(datetime(2031, 6, 1, 10, 0, tzinfo=UTC)):  # noon in Berlin
        for day, at, expected in (
            ("2031-07-01", "09:30", "2031-07-01T09:30:00.000"),
            ("20310701", "0930", "2031-07-01T09:30:00.000"),
            ("2031-07-01", None, "2031-07-01T00:00:00.000"),
            (None, "12:01", "2031-06-01T12:01:00.000"),
            (None, "1200", "2031-06-02T12:00:00.000"),
            ("2001-01-01", "00:00", "2001-01-01T00:00:00.000"),
        ):
            made = jtel.one("POST", "acd/events/create", NEW | {"dtAppointmentDate": day, "dtAppointmentTime": at})
            assert (made["dtAppointment"], made["AcdEventStatusID"]) == (expected, 40)
            assert made["dtCreated"] == "2031-06-01T12:00:00.000"
        with reading(jtel.api.engine) as session:
            ticket = session.get(Ticket, 2)
            assert ticket is not None
            assert ticket.follow_up_at == datetime(2031, 7, 1, 7, 30, tzinfo=UTC)


def test_groups_without_duplicates(jtel: Jtel, sales: Jtel) -> None:
    body = NEW | {"AcdGroupsID": 2, "Sender": "Ärger@example.com"}
    first = jtel.one("POST", "acd/events/create", body)
    again = jtel.one(
        "POST", "acd/events/create", body | {"Sender": "ÄRGER@example.com", "Subject": "Wieder", "Body": "<b>"}
    )
    assert (again["ID"], again["Result_"], again["Subject"]) == (first["ID"], "UPDATED", first["Subject"])
    assert "Wieder" in steps.parts(jtel.api, first["TicketsNumber"])[-1].Description
    assert jtel.one("POST", "acd/events/create", body | {"AcdEventTypesID": 4})["ID"] != first["ID"]
    tickets = jtel.api.tickets("alice")
    assert tickets.SetTicketCustomFields(first["TicketsNumber"], ["Asset=Laptop [12]"]).Result
    assert tickets.CloseTicket(first["TicketsNumber"]).Result
    assert jtel.one("POST", "acd/events/create", body)["ID"] != first["ID"]


def test_two_such_events_at_once_make_one_ticket(jtel: Jtel) -> None:
    with ThreadPoolExecutor(4) as pool:
        body = NEW | {"AcdGroupsID": 2}
        made = [pool.submit(jtel.one, "POST", "acd/events/create", body) for _ in range(4)]
        answers = [one.result() for one in made]
    assert len({one["ID"] for one in answers}) == 1
    assert [one.get("Result_") for one in answers].count("UPDATED") == 3


def test_the_row_goes_with_its_ticket(jtel: Jtel) -> None:
    made = jtel.one("POST", "acd/events/create", NEW)
    with writing(jtel.api.engine) as session:
        ticket = session.get(Ticket, made["TicketsID"])
        session.delete(ticket)
    with reading(jtel.api.engine) as session:
        assert session.get(AcdEvent, made["TicketsID"]) is None


def test_a_list_takes_as_many_statements_whatever_there_is(jtel: Jtel) -> None:
    def statements(path: str, **query: Any) -> int:
        jtel.records(path, **query)
        with jtel.api.counting() as run:
            jtel.records(path, **query)
        return len(run)

    def counts() -> list[int]:
        return [
            statements("acd/events"),
            statements("acd/events", limitPageSize=1),
            statements("acd/events/event/11"),
            statements("acd/events/types"),
            statements("acd/events/status"),
            statements("acd/groups"),
            statements("acd/groups/group/1"),
            statements("acd/groups/group", name="e"),
            statements("dialler/campaigns"),
            statements("dialler/campaigns/1"),
            statements("dialler/campaigns/campaign", name="a"),
            statements("dialler/campaigns/campaign/1/resultCodes"),
            statements("dialler/contacts"),
            statements("dialler/contacts", diallerCampaignsID=1, limitPageSize=1),
            statements("dialler/contacts/1"),
            statements("dialler/contacts/contact", userData="CON1"),
        ]

    before = counts()
    # The epoch, the token, the time zone; then what the list itself takes, and its number where a page is short of it.
    assert before == [4, 5, 4, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5, 7, 5, 5]
    for number in range(3):
        jtel.one("POST", "acd/events/create", NEW)
        jtel.one("POST", "dialler/contacts/import", {"DiallerCampaignsID": 1, "Name": str(number), "PhoneNumber1": "1"})
    assert counts() == before


def test_without_clients_a_ticket_writes_nothing_more(api: Any) -> None:
    """CreateTicket runs no statement about this dialect, whether or not anybody uses it."""
    tickets = api.tickets("alice")

    def create() -> Any:
        return tickets.CreateTicket(1, 1, 4, "customer@example.com", "x", "x", False, False, False)

    create()
    with api.counting() as run:
        assert create().Result
    assert not [one for one in run if "acd_" in one or "jtel_" in one or "dialler_" in one]


def test_moments_move_with_the_clock(jtel: Jtel) -> None:
    with clock.shifted(timedelta(days=400)):
        made = jtel.one("POST", "acd/events/create", NEW)
    assert made["dtCreated"][:4] >= str((datetime.now(UTC) + timedelta(days=399)).year)
