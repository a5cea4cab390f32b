"""Related items over HTTP: kinds and ids are documented, the forms of a number and both directions ours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.models import CallLog, Chat, Ticket, TicketRelation
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api, items
from tests.services.tickets.steps import (
    CAROL,
    SALES_GROUP,
    SEEDED,
    change,
    create,
    history,
    ok,
    refused,
    row,
    seeded_number,
)


def related(api: Api, ticket_id: int, by: str = "admin") -> list[tuple[str, int]]:
    answer = ok(api.tickets(by).GetTicketRelatedItemInfoArrayResult(ticket_id))
    return [(item.RelatedItemType, item.RelatedItemID) for item in items(answer.RelatedItems)]


def relate(api: Api, number: str, other: str, by: str = "admin") -> None:
    ok(api.tickets(by).AddRelatedItem(number, other))


def test_two_tickets_are_related_from_both_sides(api: Api) -> None:
    number, other = create(api), row(api, create(api))
    ticket = row(api, number)
    relate(api, number, other.number.lower(), by="alice")
    assert related(api, ticket.id) == [("Ticket", other.id)]
    assert related(api, other.id) == [("Ticket", ticket.id)]
    assert history(api, number)[-1] == ("Ticket Related Item Added", f"Related to ticket {other.id}.", "alice")
    assert history(api, other.number)[-1] == ("Ticket Related Item Added", f"Related to ticket {ticket.id}.", "alice")
    for again in (other.number, f"ticket:{other.id}", str(other.id)):
        relate(api, number, again)
    relate(api, other.number, number)
    assert related(api, ticket.id) == [("Ticket", other.id)]
    assert len(history(api, number)) == 2


def test_chats_and_call_logs(api: Api) -> None:
    number = seeded_number(api)
    with reading(api.engine) as session:
        chat_number = session.scalars(select(Chat.number).where(Chat.id == 1)).one()
        call_number = session.scalars(select(CallLog.number).where(CallLog.id == 1)).one()
    relate(api, number, chat_number)
    relate(api, number, "Chat: 2")
    relate(api, number, call_number)
    assert related(api, SEEDED) == [("Chat", 1), ("Chat", 2), ("CallLog", 1)]
    # Alice is in Support, the call log is Sales'.
    assert related(api, SEEDED, by="alice") == [("Chat", 1), ("Chat", 2)]
    relate(api, number, "calllog:1")
    assert len(related(api, SEEDED)) == 3


def test_what_one_does_not_see_does_not_show(api: Api) -> None:
    sales = row(api, create(api, by="admin", groupID=SALES_GROUP, agentID=CAROL))
    refused(api.tickets("alice").AddRelatedItem(seeded_number(api), sales.number), -4, sales.number)
    refused(api.tickets("carol").AddRelatedItem(seeded_number(api), sales.number), -4)
    relate(api, seeded_number(api), sales.number)
    assert related(api, SEEDED) == [("Ticket", sales.id)]
    assert related(api, SEEDED, by="alice") == []
    assert related(api, sales.id, by="carol") == []
    refused(api.tickets("carol").GetTicketRelatedItemInfoArrayResult(SEEDED), -4, "ticket 1")
    refused(api.tickets("customer").GetTicketRelatedItemInfoArrayResult(SEEDED), -3)


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("ticket:1", -5, "itself"),
        ("1", -5, "itself"),
        ("ticket:99", -4, "ticket 99"),
        ("99", -4, "ticket 99"),
        ("chat:99", -4, "chat 99"),
        ("000-00000000-0000", -4, "000-00000000-0000"),
        ("task:1", -5, "relatedItemNumber"),
        ("", -5, "relatedItemNumber"),
    ],
)
def test_refusals(api: Api, text: str, code: int, word: str) -> None:
    refused(api.tickets("alice").AddRelatedItem(seeded_number(api), text), code, word)
    assert related(api, SEEDED) == []


def test_deleted_and_locked_items(api: Api) -> None:
    number, other = seeded_number(api), row(api, create(api))
    change(api, Ticket, other.id, status=TicketStatus.LOCKED, is_open=False, is_active=False)
    relate(api, number, other.number)
    change(api, Ticket, other.id, is_deleted=True)
    assert related(api, SEEDED) == []
    refused(api.tickets("alice").AddRelatedItem(number, other.number), -7, "deleted")
    refused(api.tickets("alice").AddRelatedItem(other.number, number), -7, "deleted")
    with writing(api.engine) as session:
        session.execute(update(Chat).where(Chat.id == 1).values(is_deleted=True))
    refused(api.tickets("alice").AddRelatedItem(number, "chat:1"), -7, "deleted")


def test_the_same_relation_made_at_once_from_both_sides_is_one(api: Api) -> None:
    first, second = create(api), create(api)
    callers = [api.service("svcTickets", "alice") for _ in range(8)]

    def run(turn: int) -> None:
        ok(callers[turn].AddRelatedItem(*((first, second) if turn % 2 else (second, first))))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    with reading(api.engine) as session:
        assert len(session.scalars(select(TicketRelation.id)).all()) == 1
    assert len(history(api, first)) == len(history(api, second)) == 2


def test_reading_takes_as_many_statements_however_many_items(api: Api) -> None:
    alice = api.tickets("alice")
    for other in ("chat:1", create(api), "chat:2"):
        relate(api, seeded_number(api), other, by="alice")
        with api.counting() as statements:
            related(api, SEEDED, by="alice")
        assert len(statements) == 3, statements
    assert len(items(ok(alice.GetTicketRelatedItemInfoArrayResult(SEEDED)).RelatedItems)) == 3
