"""A ticket's history over HTTP: the kinds of events are documented with the providers, their details ours."""

from __future__ import annotations

from datetime import UTC, datetime

from smartertrack_emu.domain import clock
from tests.services.api import Api, items
from tests.services.tickets.steps import SEEDED, create, history, info, ok, refused, statements

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


def test_members(api: Api) -> None:
    with clock.frozen(NOW):
        number = create(api, by="bob")
    (event,) = items(ok(api.tickets("alice").GetTicketEventHistory(info(api, number).ID)).Events)
    assert (event.Description, event.EventDateUtc, event.UserTakingAction) == ("Ticket Created", NOW, "bob")
    assert event.Details == "Inbound; department 1, group 1, assigned to Alice Agent (4)."


def test_oldest_first(api: Api) -> None:
    number = create(api)
    tickets = api.tickets("alice")
    ok(tickets.SetTicketProperties(number, ["TicketPriorityID=4"]))
    ok(tickets.AddTicketNote(number, "Note", "x"))
    ok(tickets.SetTicketProperties(number, ["TicketStatusID=2"]))
    assert [what for what, _, _ in history(api, number)] == [
        "Ticket Created",
        "Ticket Priority Changed",
        "Ticket Comment Added",
        "Ticket Status Changed",
    ]


def test_refused(api: Api) -> None:
    refused(api.tickets("alice").GetTicketEventHistory(99), -4, "ticket 99")
    refused(api.tickets("carol").GetTicketEventHistory(SEEDED), -4, "ticket 1")
    refused(api.tickets("customer").GetTicketEventHistory(SEEDED), -3)


def test_statements_do_not_grow(api: Api) -> None:
    number = create(api)
    ticket = info(api, number).ID
    for _ in range(2):
        assert statements(api, lambda: api.tickets("alice").GetTicketEventHistory(ticket)) == 2
        for n in range(5):
            ok(api.tickets("alice").AddTicketNote(number, "Note", str(n)))
