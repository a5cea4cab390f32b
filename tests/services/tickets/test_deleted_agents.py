"""Tickets of agents who are deleted: history while closed or deleted, the queue's when they come back (ours)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from sqlalchemy import select, text

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across.deletion import delete_user
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.models import Ticket
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.tickets import status
from smartertrack_emu.domain.tickets.status import change_status
from smartertrack_emu.domain.tickets.visibility import by_number, open_to_change
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api
from tests.services.tickets.steps import ALICE, BOB, LEVEL_1, QUEUE, create, history, info, ok, property_of, refused

TO_THE_QUEUE = ("Ticket Transferred", "To the queue: the agent Bob Agent (5) was deleted.")


def bobs(api: Api, *endings: str) -> str:
    """Give bob, who is deleted then, a pinned ticket that ended so."""
    number = create(api, by="bob", agentID=BOB, pinToAgent=True)
    ok(api.tickets("bob").SetTicketCustomFields(number, ["Asset=Server [13]"]))
    for ending in endings:
        ok(api.tickets("admin").SetTicketProperties(number, [ending]))
    ok(api.organization("admin").DeleteUser(BOB))
    return number


def set_properties(*values: str) -> Callable[[Api, str], Any]:
    return lambda api, number: api.tickets("admin").SetTicketProperties(number, list(values))


def customers_message(api: Api, number: str) -> Any:
    message = (number, "customer@example.com", "", "", "", "Again.", False, False, False)
    return api.tickets("alice").AddMessageToTicket(*message)


def customers_dated_message(api: Api, number: str) -> Any:
    message = (number, "customer@example.com", "", "", "", "Again.", False, False, False, clock.now(), None)
    return api.tickets("alice").AddMessageToTicketWithDateFromUser(*message)


def follow_up(api: Api, number: str) -> Any:
    ticket = info(api, number)
    return api.tickets("alice").SetFollowUp(ticket.ID, clock.now(), 0, 0, "Waiting", False, "")


def transfer(api: Api, number: str) -> Any:
    return api.tickets("alice").TransferTicket(number, LEVEL_1, 0, "", "Open")


@pytest.mark.parametrize(
    "reopen",
    [
        customers_message,
        customers_dated_message,
        follow_up,
        set_properties("TicketStatusID=1"),
        set_properties("TicketStatusID=2", "Subject=Again"),
    ],
)
def test_a_closed_one_that_is_reopened(api: Api, reopen: Callable[[Api, str], Any]) -> None:
    number = bobs(api, "TicketStatusID=3")
    assert info(api, number).IdAgent == BOB
    ok(reopen(api, number))
    ticket = info(api, number, by="alice")
    assert (ticket.IsOpen, ticket.IdAgent, ticket.IdGroup, ticket.IsPinnedToAgent) == (True, QUEUE, LEVEL_1, False)
    assert [line[:2] for line in history(api, number)].count(TO_THE_QUEUE) == 1


def test_transferred_to_the_queue_and_reopened(api: Api) -> None:
    number = bobs(api, "TicketStatusID=3")
    ok(transfer(api, number))
    assert (info(api, number).IsOpen, info(api, number).IdAgent) == (True, QUEUE)


def test_a_locked_one_that_is_unlocked(api: Api) -> None:
    number = bobs(api, "TicketStatusID=4")
    ok(api.tickets("admin").SetTicketProperties(number, ["TicketStatusID=3"]))  # still not open
    assert info(api, number).IdAgent == BOB
    ok(api.tickets("mary").SetTicketProperties(number, ["TicketStatusID=2"]))
    assert info(api, number).IdAgent == QUEUE


@pytest.mark.parametrize("endings", [("IsDeleted=True",), ("TicketStatusID=3", "IsDeleted=True")])
def test_a_deleted_one_that_is_restored(api: Api, endings: tuple[str, ...]) -> None:
    number = bobs(api, *endings)
    assert info(api, number).IdAgent == BOB
    ok(api.tickets("admin").SetTicketProperties(number, ["IsDeleted=False"]))
    assert (info(api, number).IdAgent, info(api, number).IsPinnedToAgent) == (QUEUE, False)
    assert TO_THE_QUEUE in [line[:2] for line in history(api, number)]


def test_reopened_for_somebody(api: Api) -> None:
    number = bobs(api, "TicketStatusID=3")
    ok(api.tickets("admin").SetTicketProperties(number, ["TicketStatusID=1", f"UserID={ALICE}"]))
    assert (info(api, number).IsOpen, info(api, number).IdAgent) == (True, ALICE)


def test_the_deleted_one_cannot_be_named(api: Api) -> None:
    number = bobs(api, "TicketStatusID=3")
    refused(api.tickets("alice").TransferTicket(number, LEVEL_1, BOB, "", "Open"), -4, "user 5")
    assert (info(api, number).IsOpen, info(api, number).IdAgent) == (False, BOB)


def test_open_ones_go_at_once(api: Api) -> None:
    number = bobs(api)
    assert (info(api, number).IdAgent, info(api, number).IsPinnedToAgent) == (QUEUE, False)
    assert property_of(api, number, "UserID") == str(QUEUE)


def test_one_whose_agent_is_there_stays_his(api: Api) -> None:
    number = create(api)
    ok(api.tickets("alice").SetTicketCustomFields(number, ["Asset=Server [13]"]))
    ok(api.tickets("alice").CloseTicket(number, ""))
    ok(customers_message(api, number))
    ok(api.tickets("admin").DeleteTicket(info(api, number).ID))
    ok(api.tickets("admin").SetTicketProperties(number, ["IsDeleted=False"]))
    assert (info(api, number).IsOpen, info(api, number).IdAgent) == (True, ALICE)


def test_reopened_while_he_is_being_deleted(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deletion begins when the agent was found to be there, and sees the ticket all the same."""
    number = create(api, by="bob", agentID=BOB)
    ok(api.tickets("bob").SetTicketCustomFields(number, ["Asset=Server [13]"]))
    ok(api.tickets("bob").CloseTicket(number, ""))
    looked = threading.Event()
    look = status.leave_deleted_agent

    def look_and_let_delete(*arguments: Any) -> None:
        look(*arguments)
        looked.set()
        while not is_waiting(api) and not deletion.done():
            wait([deletion], timeout=0.01)

    def delete() -> None:
        looked.wait(10)
        with writing(api.engine) as session:
            delete_user(session, SYSTEM, BOB)

    monkeypatch.setattr(status, "leave_deleted_agent", look_and_let_delete)
    with ThreadPoolExecutor(1) as pool:
        deletion = pool.submit(delete)
        with writing(api.engine) as session:
            change_status(session, SYSTEM, open_to_change(session, SYSTEM, by_number(number)), TicketStatus.OPEN)
        deletion.result()
    with reading(api.engine) as session:
        assert session.scalar(select(Ticket.agent_id).where(Ticket.number == number)) == QUEUE


def is_waiting(api: Api) -> bool:
    """Say whether a transaction waits for another one; on SQLite, where writers queue, it does not even begin."""
    if api.engine.dialect.name == "sqlite":
        return True
    with api.engine.connect() as connection:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(connection.scalar(text(waiting)))
