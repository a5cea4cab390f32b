"""Transfers and hand-off over HTTP: inputs and the queue are documented, rights and what follows from a move ours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import update

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.models import Department, GroupMember, Ticket
from smartertrack_emu.domain.people.models import BuiltInRole
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.unit_of_work import writing
from tests.services.api import Api, items
from tests.services.roles import take_right
from tests.services.tickets.steps import (
    ALICE,
    BOB,
    CAROL,
    LEVEL_1,
    LEVEL_2,
    MARY,
    QUEUE,
    SALES,
    SALES_GROUP,
    SEEDED,
    change,
    create,
    history,
    info,
    ok,
    parts,
    refused,
    row,
    seeded_number,
)

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


def test_a_ticket_goes_to_the_group_and_agent_named(api: Api) -> None:
    number = create(api)
    ok(api.tickets("alice").TransferTicket(number, SALES_GROUP, CAROL, "Wants to <buy>", "Waiting"))
    ticket = row(api, number)
    assert (ticket.group_id, ticket.department_id, ticket.agent_id) == (SALES_GROUP, SALES, CAROL)
    assert ticket.status is TicketStatus.WAITING
    note = next(part for part in parts(api, number) if part.Type == 11)
    assert note.Sender
    assert "Wants to &lt;buy&gt;" in api.tickets("admin").GetTicketNote(note.PartId).Comment.CommentText
    events = [(what, who) for what, _, who in history(api, number)]
    for what in ("Ticket Transferred", "Ticket Comment Added", "Ticket Status Changed"):
        assert (what, "alice") in events
    details = next(details for what, details, _ in history(api, number) if what == "Ticket Transferred")
    assert details == "From group Level 1 (1), agent Alice Agent (4) to group Sales (3), agent Carol Sales (6)."


def test_without_an_agent_the_queue_takes_it(api: Api) -> None:
    number = create(api)
    ok(api.tickets("alice").TransferTicket(number, LEVEL_2, 0, "", ""))
    found = info(api, number)
    assert (found.IdGroup, found.IdAgent, found.IsActive) == (LEVEL_2, QUEUE, True)
    assert not [part for part in parts(api, number) if part.Type == 11]


def test_group_0_is_the_tickets_own(api: Api) -> None:
    number = create(api)
    ok(api.tickets("alice").TransferTicket(number, 0, BOB, "", ""))
    found = info(api, number)
    assert (found.IdGroup, found.IdAgent) == (LEVEL_1, BOB)


def test_a_ticket_moved_where_it_is_has_no_history_of_it(api: Api) -> None:
    number = create(api)
    before = history(api, number)
    ok(api.tickets("alice").TransferTicket(number, LEVEL_1, ALICE, "", ""))
    assert history(api, number) == before


def test_another_agent_lifts_the_pin(api: Api) -> None:
    number = create(api, pinToAgent=True)
    assert info(api, number).IsPinnedToAgent
    ok(api.tickets("alice").TransferTicket(number, LEVEL_2, ALICE, "", ""))
    assert info(api, number).IsPinnedToAgent
    ok(api.tickets("alice").TransferTicket(number, LEVEL_1, BOB, "", ""))
    assert not info(api, number).IsPinnedToAgent


@pytest.mark.parametrize(
    ("group", "agent", "status", "code", "word"),
    [
        (99, 0, "", -4, "group 99"),
        (LEVEL_1, 99, "", -4, "user 99"),
        (LEVEL_2, BOB, "", -5, "user 5 is not in group 2"),
        (SALES_GROUP, ALICE, "", -5, "user 4 is not in group 3"),
        (LEVEL_1, BOB, "asleep", -5, "asleep"),
        (LEVEL_1, BOB, "Closed", -7, "Asset"),
        (-1, 0, "", -4, "group -1"),
    ],
)
def test_refused_transfers_change_nothing(api: Api, group: int, agent: int, status: str, code: int, word: str) -> None:
    number = create(api)
    before = history(api, number)
    refused(api.tickets("alice").TransferTicket(number, group, agent, "Note", status), code, word)
    found = info(api, number)
    assert (found.IdGroup, found.IdAgent, found.IsOpen) == (LEVEL_1, ALICE, True)
    assert history(api, number) == before


def test_what_the_new_department_wants_for_closing_counts(api: Api) -> None:
    number = create(api)
    ok(api.tickets("alice").TransferTicket(number, SALES_GROUP, CAROL, "", "Closed"))
    assert not info(api, number).IsOpen
    change(api, Department, SALES, requires_resolution=True)
    refused(api.tickets("alice").TransferTicket(create(api), SALES_GROUP, CAROL, "", "Closed"), -7, "resolution")


def test_tickets_that_cannot_be_transferred(api: Api) -> None:
    refused(api.tickets("alice").TransferTicket("000-00000000-0000", LEVEL_2, 0, "", ""), -4)
    refused(api.tickets("carol").TransferTicket(create(api), SALES_GROUP, CAROL, "", ""), -4)
    refused(api.tickets("customer").TransferTicket(create(api), SALES_GROUP, 0, "", ""), -3)
    deleted = create(api)
    ok(api.tickets("mary").DeleteTicket(row(api, deleted).id))
    refused(api.tickets("alice").TransferTicket(deleted, LEVEL_2, 0, "", ""), -7, "deleted")
    locked = create(api)
    change(api, Ticket, row(api, locked).id, status=TicketStatus.LOCKED, is_open=False, is_active=False)
    refused(api.tickets("alice").TransferTicket(locked, LEVEL_2, 0, "", ""), -7, "locked")


def test_changing_the_group_needs_a_right(api: Api) -> None:
    take_right(api.engine, Right.DISTRIBUTION_TRANSFER, BuiltInRole.AGENT)
    number = create(api)
    refused(api.tickets("alice").TransferTicket(number, LEVEL_2, 0, "", ""), -3, "distribution.transfer")
    ok(api.tickets("alice").TransferTicket(number, LEVEL_1, BOB, "", ""))
    ok(api.tickets("mary").TransferTicket(number, LEVEL_2, 0, "", ""))


def test_naming_an_agent_needs_a_right(api: Api) -> None:
    take_right(api.engine, Right.DISTRIBUTION_AGENT_TRANSFER, BuiltInRole.AGENT)
    number = create(api)
    refused(api.tickets("alice").TransferTicket(number, LEVEL_1, BOB, "", ""), -3, "distribution.agent_transfer")
    ok(api.tickets("alice").TransferTicket(number, LEVEL_2, 0, "", ""))


def test_a_follow_up_that_moves_the_ticket_keeps_an_agent_who_is_in_the_new_group(api: Api) -> None:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    ticket = row(api, create(api))
    ok(api.tickets("alice").SetFollowUp(ticket.id, at, LEVEL_2, 0, "", False, ""))
    assert (info(api, ticket.number).IdGroup, info(api, ticket.number).IdAgent) == (LEVEL_2, ALICE)
    other = row(api, create(api, agentID=BOB))
    ok(api.tickets("bob").SetFollowUp(other.id, at, LEVEL_2, 0, "", False, ""))
    assert (info(api, other.number).IdGroup, info(api, other.number).IdAgent) == (LEVEL_2, QUEUE)


def test_hand_off_gives_the_active_tickets_to_the_queue(api: Api) -> None:
    active, elsewhere = create(api), create(api, groupID=LEVEL_2)
    waiting, closed, others = create(api, status=2), create(api, status=3), create(api, agentID=BOB)
    deleted = create(api)
    ok(api.tickets("mary").DeleteTicket(row(api, deleted).id))
    with clock.shifted(timedelta(minutes=1)):
        ok(api.tickets("alice").HandOffActiveTickets())
    agents = {number: row(api, number).agent_id for number in (active, elsewhere, waiting, closed, others, deleted)}
    assert agents == {active: QUEUE, elsewhere: QUEUE, waiting: ALICE, closed: ALICE, others: BOB, deleted: ALICE}
    assert info(api, elsewhere).IdGroup == LEVEL_2
    assert row(api, seeded_number(api)).agent_id == QUEUE
    what, details, who = history(api, elsewhere)[-1]
    assert (what, who) == ("Ticket Transferred", "alice")
    assert details == "Handed off: from group Level 2 (2), agent Alice Agent (4) to its queue."
    assert row(api, active).last_activity_at > row(api, waiting).last_activity_at
    ok(api.tickets("alice").HandOffActiveTickets())
    assert len(history(api, elsewhere)) == 2


def test_hand_off_needs_a_right(api: Api) -> None:
    take_right(api.engine, Right.DISTRIBUTION_AGENT_STATUS, BuiltInRole.AGENT)
    refused(api.tickets("alice").HandOffActiveTickets(), -3)
    refused(api.tickets("customer").HandOffActiveTickets(), -3)
    assert row(api, seeded_number(api)).agent_id == ALICE


def test_an_administrator_hands_off_for_an_agent(api: Api) -> None:
    number = create(api)
    ok(api.tickets("admin").HandOffActiveTicketsAsAdmin("ALICE"))
    assert info(api, number).IdAgent == QUEUE
    assert history(api, number)[-1][2] == "admin"
    refused(api.tickets("mary").HandOffActiveTicketsAsAdmin("alice"), -3)
    refused(api.tickets("admin").HandOffActiveTicketsAsAdmin("nobody"), -4, "nobody")
    refused(api.tickets("admin").HandOffActiveTicketsAsAdmin("customer"), -4, "customer")


def _only_bob_and_alice(api: Api, **of_alice: object) -> None:
    with writing(api.engine) as session:
        alice = (GroupMember.user_id == ALICE) & (GroupMember.group_id == LEVEL_1)
        session.execute(update(GroupMember).where(alice).values(**of_alice))


def _three_in_level_1(api: Api, **of_all: object) -> None:
    with writing(api.engine) as session:
        session.execute(
            update(GroupMember)
            .where(GroupMember.group_id == LEVEL_1)
            .values(receives_tickets=True, ticket_weight=1, max_tickets=None, **of_all)
        )


def _created_by_turns(api: Api, how_many: int, group: int = LEVEL_1) -> list[int]:
    agents = []
    for turn in range(how_many):
        with clock.frozen(NOW + timedelta(minutes=turn)):
            agents.append(info(api, create(api, groupID=group, agentID=0)).IdAgent)
    return agents


def test_automatic_assignment_goes_round(api: Api) -> None:
    _three_in_level_1(api)
    assert _created_by_turns(api, 7) == [ALICE, BOB, MARY, ALICE, BOB, MARY, ALICE]


def test_a_weight_of_two_gets_twice_as_many(api: Api) -> None:
    _three_in_level_1(api)
    _only_bob_and_alice(api, ticket_weight=2)
    turns = _created_by_turns(api, 11)[3:]
    assert (turns.count(ALICE), turns.count(BOB), turns.count(MARY)) == (4, 2, 2)


def test_who_is_at_the_maximum_is_passed_over(api: Api) -> None:
    _only_bob_and_alice(api, max_tickets=2)  # and she has the seed file's ticket
    assert _created_by_turns(api, 4) == [ALICE, BOB, BOB, BOB]
    ok(api.tickets("alice").TransferTicket(seeded_number(api), LEVEL_1, 0, "", "Waiting"))
    assert _created_by_turns(api, 1) == [ALICE]


def test_nobody_eligible_means_the_queue(api: Api) -> None:
    with writing(api.engine) as session:
        session.execute(update(GroupMember).values(receives_tickets=False))
    assert _created_by_turns(api, 1) == [QUEUE]


def test_a_weight_of_nothing_gets_nothing(api: Api) -> None:
    _only_bob_and_alice(api, ticket_weight=0)
    assert _created_by_turns(api, 3) == [BOB, BOB, BOB]


def test_parallel_creations_spread_as_the_rule_says(api: Api) -> None:
    _three_in_level_1(api)
    with writing(api.engine) as session:
        session.execute(update(GroupMember).where(GroupMember.user_id == MARY).values(max_tickets=4))
    callers = [api.tickets(name) for name in ("alice", "bob", "mary", "admin")] * 5

    def open_ticket(turn: int) -> str:
        data = {"senderEmailAddress": f"new{turn}@example.com", "subject": f"Turn {turn}", "groupID": LEVEL_1}
        return str(ok(callers[turn].CreateIncomingTicket(data)).Ticket.TicketNumber)

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(open_ticket, range(20)))
    assert len(set(numbers)) == 20
    agents = [row(api, number).agent_id for number in numbers]
    # The first twelve go round; then mary has her four, and the others take turns.
    assert {agent: agents.count(agent) for agent in set(agents)} == {ALICE: 8, BOB: 8, MARY: 4}
    in_order = sorted(row(api, number).id for number in numbers)
    by_id = {row(api, number).id: row(api, number).agent_id for number in numbers}
    if api.engine.dialect.name == "sqlite":  # where ids are given out in the order of the turns
        assert all(len({by_id[i] for i in in_order[start : start + 3]}) == 3 for start in range(0, 12, 3))


def test_parallel_transfers_of_one_ticket_leave_one_place_and_a_whole_history(api: Api) -> None:
    number = seeded_number(api)
    targets = [(LEVEL_1, BOB), (LEVEL_2, ALICE), (SALES_GROUP, CAROL), (LEVEL_1, 0)] * 2
    callers = [api.service("svcTickets", "mary") for _ in targets]

    def move(turn: int) -> None:
        ok(callers[turn].TransferTicket(number, *targets[turn], f"Turn {turn}", ""))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(move, range(len(targets))))
    transfers = [details for what, details, _ in history(api, number) if what == "Ticket Transferred"]
    places = [details.removeprefix("From ").removesuffix(".").split(" to ") for details in transfers]
    assert all(before[1] == after[0] for before, after in pairwise(places))
    assert info(api, number).ID == SEEDED
    assert len([part for part in parts(api, number) if part.Type == 11]) == len(targets)


def test_search_finds_the_queues_tickets_by_its_user(api: Api) -> None:
    number = create(api)
    ok(api.tickets("alice").TransferTicket(number, LEVEL_1, 0, "", ""))
    found = items(ok(api.tickets("alice").GetTicketsBySearch([f"userid={QUEUE}"])).Tickets)
    assert [ticket.TicketNumber for ticket in found] == [number]
