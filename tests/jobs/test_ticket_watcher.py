"""What the ticket watcher does. Its steps are documented or seen; when exactly, is ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.kinds import ItemKind, NoteKind, Priority, TicketStatus
from smartertrack_emu.domain.models import OutgoingMail, Reminder, Task
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure.models import Distribution, RoundRobin
from smartertrack_emu.domain.tasks.models import TaskStatus
from smartertrack_emu.domain.tickets import follow_up, notes, properties
from smartertrack_emu.domain.tickets.assignment import hand_off
from smartertrack_emu.domain.tickets.visibility import by_id
from tests.jobs.helpdesk import ALICE, BOB, CAROL, LEVEL_1, LEVEL_2, QUEUE, Helpdesk

CREATED, MOVED, STATUS, DELETED, IDLE = 502000, 502001, 502002, 502004, 502008
JOB = "ticket-watcher"
OPEN, WAITING, CLOSED, LOCKED = TicketStatus


def _nobody_receives(helpdesk: Helpdesk) -> None:
    for user_id in (ALICE, BOB):
        helpdesk.set_member(user_id, receives_tickets=False)


# Assigning


def test_tickets_that_wait_are_assigned_oldest_first(helpdesk: Helpdesk) -> None:
    _nobody_receives(helpdesk)
    tickets = []
    for _ in range(3):
        tickets.append(helpdesk.ticket())
        helpdesk.later(seconds=1)
    assert {helpdesk.agent_of(ticket) for ticket in tickets} == {QUEUE}
    assert helpdesk.run(JOB).done == 0
    helpdesk.set_member(BOB, receives_tickets=True, max_tickets=2)
    assert helpdesk.run(JOB).done == 2
    assert [helpdesk.agent_of(ticket) for ticket in tickets] == [BOB, BOB, QUEUE]
    assert helpdesk.events_by(ItemKind.TICKET, tickets[0]) == [(CREATED, "system"), (MOVED, "system")]
    assert helpdesk.find(tickets[0]).awaits_assignment_since is None
    helpdesk.set_member(ALICE, receives_tickets=True)
    assert helpdesk.run(JOB).done == 1
    assert helpdesk.agent_of(tickets[2]) == ALICE
    assert helpdesk.run(JOB).done == 0


def test_while_it_is_stopped_new_tickets_stay_in_the_queue(helpdesk: Helpdesk) -> None:
    helpdesk.stop(JOB)
    ticket, named = helpdesk.ticket(), helpdesk.ticket(ALICE)
    assert (helpdesk.agent_of(ticket), helpdesk.agent_of(named)) == (QUEUE, ALICE)
    helpdesk.start(JOB)
    assert helpdesk.agent_of(helpdesk.ticket()) in (ALICE, BOB)
    helpdesk.run(JOB)
    assert helpdesk.agent_of(ticket) in (ALICE, BOB)


@pytest.mark.parametrize("how", ["opened", "transferred", "transferred while waiting", "handed off"])
def test_what_a_person_puts_into_the_queue_stays(helpdesk: Helpdesk, how: str) -> None:
    ticket = helpdesk.ticket(QUEUE if how == "opened" else ALICE)
    if how == "transferred while waiting":
        helpdesk.set_ticket(ticket, agent_id=QUEUE, awaits_assignment_since=clock.now())
    if how.startswith("transferred"):
        helpdesk.transfer(ticket, 0)
    elif how == "handed off":
        helpdesk.desk.write(lambda session: hand_off(session, SYSTEM, ALICE))
    assert helpdesk.run(JOB).done == 0
    assert helpdesk.agent_of(ticket) == QUEUE


def test_moved_to_another_group_it_still_waits(helpdesk: Helpdesk) -> None:
    _nobody_receives(helpdesk)
    ticket = helpdesk.ticket()
    helpdesk.set_ticket(ticket, group_id=LEVEL_2)
    assert helpdesk.run(JOB).done == 0
    helpdesk.set_ticket(ticket, group_id=LEVEL_1)
    helpdesk.set_member(CAROL, receives_tickets=True)
    assert helpdesk.run(JOB).done == 1
    assert helpdesk.agent_of(ticket) == CAROL


def test_where_agents_take_tickets_none_is_assigned(helpdesk: Helpdesk) -> None:
    helpdesk.set_department(distribution=Distribution.PULL)
    ticket = helpdesk.ticket()
    assert helpdesk.agent_of(ticket) == QUEUE
    helpdesk.set_ticket(ticket, awaits_assignment_since=clock.now())
    assert helpdesk.run(JOB).done == 0
    helpdesk.set_department(distribution=Distribution.ROUND_ROBIN)
    assert helpdesk.run(JOB).done == 1


@pytest.mark.parametrize("gone", [{"is_deleted": True}, {"status": CLOSED, "is_open": False, "is_active": False}])
def test_what_is_over_is_not_assigned(helpdesk: Helpdesk, gone: dict[str, Any]) -> None:
    helpdesk.stop(JOB)
    helpdesk.set_ticket(helpdesk.ticket(), **gone)
    assert helpdesk.run(JOB).done == 0


def test_secondary_members_come_after_primary_ones(helpdesk: Helpdesk) -> None:
    helpdesk.set_member(ALICE, max_tickets=1)
    helpdesk.set_member(BOB, round_robin=RoundRobin.SECONDARY)
    helpdesk.set_member(CAROL, receives_tickets=True, round_robin=RoundRobin.NONE)
    assert [helpdesk.agent_of(helpdesk.ticket()) for _ in range(3)] == [ALICE, BOB, BOB]


# Follow-ups


def _follow(helpdesk: Helpdesk, ticket: int, *, pin: bool = False) -> None:
    at = clock.now() + timedelta(hours=1)
    helpdesk.desk.write(lambda session: follow_up.set_follow_up(session, SYSTEM, by_id(ticket), at, pin=pin))


def test_a_follow_up_falls_due(helpdesk: Helpdesk) -> None:
    queued, pinned, taken = helpdesk.ticket(QUEUE), helpdesk.ticket(QUEUE), helpdesk.ticket(ALICE)
    _follow(helpdesk, queued)
    _follow(helpdesk, pinned, pin=True)
    _follow(helpdesk, taken)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(hours=1)
    assert helpdesk.run(JOB).done == 3
    assert [helpdesk.agent_of(ticket) for ticket in (pinned, taken)] == [QUEUE, ALICE]
    reminders = helpdesk.desk.read(lambda session: session.execute(select(Reminder.user_id, Reminder.ticket_id)).all())
    assert [tuple(row) for row in reminders] == [(ALICE, taken)]
    # The first step of the next run finds that one waits for somebody now.
    assert helpdesk.run(JOB).done == 1
    assert helpdesk.agent_of(queued) in (ALICE, BOB)
    assert helpdesk.run(JOB).done == 0
    _follow(helpdesk, taken)  # another date: once more
    helpdesk.later(hours=2)
    assert helpdesk.run(JOB).done == 1


# Closing, locking, deleting


def test_waiting_tickets_are_closed(helpdesk: Helpdesk) -> None:
    helpdesk.set_department(auto_close_hours=2, requires_resolution=True, requires_closed_tasks=True)
    ticket, answered, active = (helpdesk.ticket() for _ in range(3))
    for one in (ticket, answered):
        helpdesk.change_status(one, WAITING)
    helpdesk.later(hours=1, minutes=59)
    helpdesk.write_in(answered, to_customer=True)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(minutes=1)
    assert helpdesk.run(JOB).done == 1
    assert [helpdesk.find(one).status for one in (ticket, answered, active)] == [CLOSED, WAITING, OPEN]
    assert helpdesk.events_by(ItemKind.TICKET, ticket)[-1] == (STATUS, "system")
    helpdesk.later(hours=1, minutes=59)
    assert helpdesk.run(JOB).done == 1
    assert helpdesk.find(answered).status is CLOSED


@pytest.mark.parametrize("tells", [True, False])
def test_the_customer_is_told_that_it_was_closed(helpdesk: Helpdesk, *, tells: bool) -> None:
    helpdesk.set_department(auto_close_hours=1, auto_close_mail=tells)
    ticket = helpdesk.ticket(status=WAITING)
    closed_by_hand = helpdesk.ticket()
    helpdesk.change_status(closed_by_hand, CLOSED)
    helpdesk.later(hours=1)
    helpdesk.run(JOB)
    found = select(OutgoingMail.to_address, OutgoingMail.subject, OutgoingMail.ticket_id)
    mails = helpdesk.desk.read(lambda session: [tuple(row) for row in session.execute(found)])
    number = helpdesk.find(ticket).number
    assert len(mails) == tells
    if tells:
        ((to, subject, about),) = mails
        assert (to, about) == ("casey@example.com", ticket)
        assert number in str(subject)


def test_opened_waiting_and_opened_again(helpdesk: Helpdesk) -> None:
    helpdesk.set_department(auto_close_hours=1)
    ticket = helpdesk.ticket(status=WAITING)
    helpdesk.write_in(ticket, to_customer=False)
    helpdesk.later(hours=2)
    assert helpdesk.run(JOB).done == 0
    assert helpdesk.find(ticket).waiting_since is None
    assert helpdesk.find(ticket).status is OPEN


def test_closed_tickets_are_locked_and_deleted(helpdesk: Helpdesk) -> None:
    helpdesk.set_department(auto_lock_hours=12, auto_delete_days=2)
    ticket, other = helpdesk.ticket(), helpdesk.ticket()
    helpdesk.change_status(ticket, CLOSED)
    helpdesk.later(hours=12)
    assert helpdesk.run(JOB).done == 1
    assert helpdesk.find(ticket).status is LOCKED
    helpdesk.later(hours=35, minutes=59)
    assert helpdesk.run(JOB).done == 0
    helpdesk.later(minutes=1)
    assert helpdesk.run(JOB).done == 1
    assert (helpdesk.find(ticket).is_deleted, helpdesk.find(other).is_deleted) == (True, False)
    assert helpdesk.events_by(ItemKind.TICKET, ticket)[-1] == (DELETED, "system")
    assert helpdesk.run(JOB).done == 0


def test_all_of_it_is_off_out_of_the_box(helpdesk: Helpdesk) -> None:
    ticket, closed = helpdesk.ticket(status=WAITING), helpdesk.ticket(status=CLOSED)
    helpdesk.later(days=3000)
    assert helpdesk.run(JOB).done == 0
    assert (helpdesk.find(ticket).status, helpdesk.find(closed).status) == (WAITING, CLOSED)


def test_after_a_long_pause_each_step_comes_once(helpdesk: Helpdesk) -> None:
    helpdesk.set_department(auto_close_hours=1, auto_lock_hours=1, auto_delete_days=1)
    ticket = helpdesk.ticket(status=WAITING)
    helpdesk.later(days=90)
    assert helpdesk.run(JOB).done == 1  # it was closed a moment ago, and is locked an hour later
    helpdesk.later(hours=1)
    assert helpdesk.run(JOB).done == 1
    helpdesk.later(hours=23)
    assert helpdesk.run(JOB).done == 1
    assert helpdesk.events(ItemKind.TICKET, ticket) == [CREATED, STATUS, STATUS, DELETED]


# Idle tickets


def test_an_idle_ticket_is_told_once_a_spell(helpdesk: Helpdesk) -> None:
    helpdesk.set_department(idle_minutes=30)
    ticket, spam = helpdesk.ticket(ALICE), helpdesk.ticket(ALICE)
    helpdesk.set_ticket(spam, is_spam=True)
    ended: list[Any] = [
        lambda: helpdesk.write_in(ticket, to_customer=True),
        lambda: helpdesk.change_status(ticket, WAITING),
        lambda: helpdesk.transfer(ticket, BOB),
    ]
    for number, end in enumerate([lambda: None, *ended], start=1):
        end()
        helpdesk.later(minutes=29)
        assert helpdesk.run(JOB).done == 0
        helpdesk.later(minutes=1)
        assert helpdesk.run(JOB).done == 1
        helpdesk.later(hours=9)
        assert helpdesk.run(JOB).done == 0
        assert helpdesk.events(ItemKind.TICKET, ticket).count(IDLE) == number
    assert IDLE not in helpdesk.events(ItemKind.TICKET, spam)


def test_a_note_and_a_priority_end_no_spell(helpdesk: Helpdesk) -> None:
    helpdesk.set_department(idle_minutes=30)
    ticket = helpdesk.ticket(priority=Priority.LOW)
    helpdesk.later(minutes=30)
    helpdesk.run(JOB)
    helpdesk.desk.write(lambda session: notes.add(session, SYSTEM, by_id(ticket), NoteKind.NOTE, "Hm."))
    helpdesk.desk.write(
        lambda session: properties.set_properties(session, SYSTEM, by_id(ticket), {"priority": Priority.URGENT})
    )
    helpdesk.later(hours=1)
    assert helpdesk.run(JOB).done == 0


def test_waiting_tickets_stop_being_idle(helpdesk: Helpdesk) -> None:
    waiting, active = helpdesk.ticket(status=WAITING), helpdesk.ticket()
    helpdesk.later(days=31)
    helpdesk.set_department(idle_minutes=30)  # 30 days after its last activity nobody wants to know any more
    assert helpdesk.run(JOB).done == 1
    assert IDLE not in helpdesk.events(ItemKind.TICKET, waiting)
    assert helpdesk.events(ItemKind.TICKET, active) == [CREATED, IDLE]
    helpdesk.set_engine(stop_idle_events_days=32)
    assert helpdesk.run(JOB).done == 1


def test_closing_needs_closed_tasks_only_where_a_person_closes(helpdesk: Helpdesk) -> None:
    ticket = helpdesk.ticket()
    helpdesk.set_department(requires_closed_tasks=True)

    def add(session: Any) -> int:
        session.add(task := Task(subject="Call back", ticket_id=ticket))
        session.flush()
        return int(task.id)

    task_id = helpdesk.desk.write(add)
    with pytest.raises(NotPossible, match="needs its tasks completed or rejected first"):
        helpdesk.change_status(ticket, CLOSED)

    def set_task(status: TaskStatus) -> None:
        helpdesk.desk.write(lambda session: setattr(session.get_one(Task, task_id), "status", status))

    for status in (TaskStatus.COMPLETED, TaskStatus.REJECTED):
        set_task(status)
        helpdesk.change_status(ticket, CLOSED)
        helpdesk.change_status(ticket, OPEN)
    set_task(TaskStatus.ON_HOLD)
    helpdesk.set_department(requires_closed_tasks=False)
    helpdesk.change_status(ticket, CLOSED)
