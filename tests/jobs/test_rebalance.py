"""When a rebalance rule runs, and what it leaves alone. Rules and holds are seen; how they are counted is ours."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from smartertrack_emu.desk.callers import KnownUser
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.kinds import ItemKind, TicketStatus
from smartertrack_emu.domain.models import Installation, Ticket
from smartertrack_emu.domain.structure.models import RoundRobin
from smartertrack_emu.domain.tickets import conversation, rebalance_rules
from smartertrack_emu.domain.tickets.rebalance_rules import Rule
from smartertrack_emu.domain.tickets.visibility import by_id
from tests.jobs.helpdesk import ALICE, BOB, CAROL, LEVEL_1, LEVEL_2, QUEUE, Helpdesk

JOB = "ticket-watcher"
MOVED = 502001


def _add(helpdesk: Helpdesk, **given: Any) -> int:
    values: dict[str, Any] = {"name": "Even", "group_id": LEVEL_1, "every_seconds": 600} | given
    return helpdesk.desk.write(lambda session: rebalance_rules.create(session, Rule(**values)).id)


def _spread(helpdesk: Helpdesk) -> Counter[int]:
    return Counter(helpdesk.desk.read(lambda session: list(session.scalars(select(Ticket.agent_id)))))


def _read(helpdesk: Helpdesk, agent_id: int, ticket: int) -> None:
    which = by_id(ticket)
    helpdesk.desk.call(KnownUser(agent_id), lambda session, actor: conversation.parts(session, actor, which))


def test_every_so_many_seconds(helpdesk: Helpdesk) -> None:
    _add(helpdesk)
    tickets = []
    for _ in range(6):
        tickets.append(helpdesk.ticket(ALICE))
        helpdesk.later(seconds=1)
    assert helpdesk.run(JOB).done == 0  # its interval is not over yet
    helpdesk.later(seconds=594)
    assert helpdesk.run(JOB).done == 3
    assert [helpdesk.agent_of(ticket) for ticket in tickets] == [ALICE] * 3 + [BOB] * 3  # the newest moved
    assert helpdesk.events_by(ItemKind.TICKET, tickets[-1])[-1] == (MOVED, "system")
    helpdesk.transfer(tickets[0], BOB)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(hours=5)
    assert helpdesk.run(JOB).done == 1


def test_by_weight_and_room(helpdesk: Helpdesk) -> None:
    _add(helpdesk)
    helpdesk.set_member(BOB, ticket_weight=2)
    helpdesk.set_member(CAROL, receives_tickets=True, max_tickets=1)
    for _ in range(9):
        helpdesk.ticket(ALICE)
    helpdesk.later(minutes=10)
    helpdesk.run(JOB)
    assert _spread(helpdesk) == {ALICE: 3, BOB: 5, CAROL: 1}


def test_what_is_left_alone(helpdesk: Helpdesk) -> None:
    _add(helpdesk)
    pinned = [helpdesk.ticket(ALICE, is_pinned=True) for _ in range(3)]
    waiting = [helpdesk.ticket(ALICE, status=TicketStatus.WAITING) for _ in range(3)]
    deleted = helpdesk.ticket(ALICE)
    helpdesk.set_ticket(deleted, is_deleted=True)
    queued = helpdesk.ticket(QUEUE)
    active = [helpdesk.ticket(ALICE) for _ in range(4)]
    helpdesk.later(minutes=10)
    assert helpdesk.run(JOB).done == 2
    assert {helpdesk.agent_of(ticket) for ticket in (*pinned, *waiting, deleted)} == {ALICE}
    assert helpdesk.agent_of(queued) == QUEUE
    assert [helpdesk.agent_of(ticket) for ticket in active] == [ALICE, ALICE, BOB, BOB]


def test_who_takes_no_turns_takes_no_part(helpdesk: Helpdesk) -> None:
    _add(helpdesk)
    helpdesk.set_member(CAROL, receives_tickets=True, round_robin=RoundRobin.NONE)
    own = [helpdesk.ticket(CAROL) for _ in range(6)]
    helpdesk.ticket(ALICE), helpdesk.ticket(ALICE)
    helpdesk.later(minutes=10)
    assert helpdesk.run(JOB).done == 1
    assert {helpdesk.agent_of(ticket) for ticket in own} == {CAROL}


def test_only_the_agents_that_are_named(helpdesk: Helpdesk) -> None:
    _add(helpdesk, agent_ids=[BOB, CAROL])
    helpdesk.set_member(CAROL, receives_tickets=True)
    for agent_id in (ALICE, BOB, BOB, BOB, BOB):
        helpdesk.ticket(agent_id)
    helpdesk.later(minutes=10)
    helpdesk.run(JOB)
    assert _spread(helpdesk) == {ALICE: 1, BOB: 2, CAROL: 2}


@pytest.mark.parametrize("hold", ["assigned", "composed", "read", "pinned"])
def test_what_is_held_stays(helpdesk: Helpdesk, hold: str) -> None:
    tickets = [helpdesk.ticket(ALICE) for _ in range(2)]
    helpdesk.later(hours=2)
    rule_id = _add(helpdesk, **{f"hold_{hold}_seconds": 3600})
    if hold == "assigned":
        for ticket in tickets:
            helpdesk.transfer(ticket, BOB)
    elif hold == "composed":
        helpdesk.write_in(tickets[1], to_customer=True)
    elif hold == "read":
        helpdesk.desk.call(
            KnownUser(ALICE), lambda session, actor: conversation.parts(session, actor, by_id(tickets[1]))
        )
        assert helpdesk.find(tickets[1]).read_at == clock.now()
    else:
        helpdesk.set_ticket(tickets[1], pinned_at=clock.now())
    helpdesk.later(minutes=10)
    before = _spread(helpdesk)
    moved = helpdesk.run(JOB).done
    if hold == "assigned":
        assert (moved, _spread(helpdesk)) == (0, before)
    else:  # what can be moved is one ticket, which is even wherever it is
        assert (moved, helpdesk.agent_of(tickets[1])) == (0, ALICE)
    helpdesk.later(hours=1)
    assert helpdesk.run(JOB).done == 1
    helpdesk.desk.write(lambda session: rebalance_rules.delete(session, rule_id))
    helpdesk.set_ticket(tickets[0], agent_id=ALICE)
    helpdesk.later(hours=1)
    assert helpdesk.run(JOB).done == 0


def test_reading_is_noted_only_where_a_rule_asks_for_it(helpdesk: Helpdesk) -> None:
    ticket = helpdesk.ticket(ALICE)

    def read(agent_id: int) -> datetime | None:
        helpdesk.desk.call(
            KnownUser(agent_id), lambda session, actor: conversation.parts(session, actor, by_id(ticket))
        )
        return helpdesk.find(ticket).read_at

    assert read(ALICE) is None
    _add(helpdesk, hold_read_seconds=5)
    assert read(BOB) is None
    first = read(ALICE)
    helpdesk.later(seconds=59)
    assert read(ALICE) == first == clock.now() - timedelta(seconds=59)
    helpdesk.later(seconds=1)
    assert read(ALICE) == clock.now()


def test_when_agents_come_and_go(helpdesk: Helpdesk) -> None:
    _add(helpdesk, every_seconds=None, on_activate=True, on_deactivate=True)
    for _ in range(6):
        helpdesk.ticket(ALICE)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(days=1)
    assert helpdesk.run(JOB).done == 0
    helpdesk.set_member(CAROL, receives_tickets=True)
    assert helpdesk.run(JOB).done == 4
    assert _spread(helpdesk) == {ALICE: 2, BOB: 2, CAROL: 2}
    helpdesk.set_member(BOB, receives_tickets=False)
    assert helpdesk.run(JOB).done == 2
    assert _spread(helpdesk) == {ALICE: 3, CAROL: 3}
    for user_id in (ALICE, CAROL):
        helpdesk.set_member(user_id, receives_tickets=False)
    assert helpdesk.run(JOB).done == 0  # nobody receives any: all stays


@pytest.mark.parametrize("on", ["on_activate", "on_deactivate"])
def test_only_when_they_come_or_only_when_they_go(helpdesk: Helpdesk, on: str) -> None:
    _add(helpdesk, every_seconds=None, **{on: True})
    helpdesk.run(JOB)
    for _ in range(6):
        helpdesk.ticket(ALICE)
    helpdesk.set_member(CAROL, receives_tickets=on == "on_deactivate")
    helpdesk.run(JOB)
    helpdesk.set_member(CAROL, receives_tickets=on == "on_activate")
    assert helpdesk.run(JOB).done == {"on_activate": 4, "on_deactivate": 3}[on]


def test_at_times_of_the_day_in_the_installations_zone(helpdesk: Helpdesk) -> None:
    helpdesk.desk.write(lambda session: session.execute(update(Installation).values(time_zone="Europe/Amsterdam")))
    _add(helpdesk, every_seconds=None, at=["08:30", "17:00"])
    helpdesk.ticket(ALICE), helpdesk.ticket(ALICE)
    assert clock.now() == datetime(2031, 3, 1, 12, tzinfo=UTC)
    helpdesk.later(hours=3, minutes=59)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(minutes=1)  # 17:00 there
    assert helpdesk.run(JOB).done == 1
    helpdesk.ticket(ALICE), helpdesk.ticket(ALICE)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(days=30)  # what was missed counts once
    assert helpdesk.run(JOB).done == 1
    helpdesk.ticket(ALICE), helpdesk.ticket(ALICE)
    helpdesk.later(minutes=30)
    assert helpdesk.run(JOB).done == 0


def test_a_rule_that_is_off_and_on_again(helpdesk: Helpdesk) -> None:
    rule_id = _add(helpdesk, enabled=False, on_activate=True)
    helpdesk.ticket(ALICE), helpdesk.ticket(ALICE)
    helpdesk.later(days=1)
    helpdesk.set_member(BOB, receives_tickets=False)
    helpdesk.run(JOB)
    helpdesk.set_member(BOB, receives_tickets=True)
    assert helpdesk.run(JOB).done == 0
    helpdesk.desk.write(lambda session: rebalance_rules.change(session, rule_id, {"enabled": True}))
    assert helpdesk.run(JOB).done == 0  # it counts from now
    helpdesk.later(minutes=10)
    assert helpdesk.run(JOB).done == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"group_id": 99}, "group_id"),
        ({"agent_ids": [ALICE], "group_id": LEVEL_2}, "agent_ids"),
        ({"at": ["24:00"]}, "at"),
        ({"at": ["8:30"]}, "at"),
        ({"at": ["08:00", "09:00", "10:00", "11:00"]}, "at"),
    ],
)
def test_rules_that_are_refused(helpdesk: Helpdesk, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadValue) as refused:
        _add(helpdesk, **wrong)
    assert field in refused.value.fields
    rule_id = _add(helpdesk)
    with pytest.raises(BadValue):
        helpdesk.desk.write(lambda session: rebalance_rules.change(session, rule_id, wrong))
    with pytest.raises(NotFound):
        helpdesk.desk.write(lambda session: rebalance_rules.change(session, 99, {}))
