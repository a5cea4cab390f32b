"""Evidence: documented (what the jobs do) and ours (how): recurring tasks, watched tasks, old call logs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.calllogs import watching as calls
from smartertrack_emu.domain.kinds import ItemKind, Priority
from smartertrack_emu.domain.models import (
    CallLog,
    Department,
    Installation,
    RecurringTask,
    Reminder,
    Task,
    Ticket,
    User,
)
from smartertrack_emu.domain.notifications import reminders
from smartertrack_emu.domain.notifications import watching as reminding
from smartertrack_emu.domain.people.models import ADMIN_ID, QUEUE_ID
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.tasks import recurring, tasks, watching
from smartertrack_emu.domain.tasks.models import RecurrenceKind, TaskStatus
from tests.jobs.conftest import NOON
from tests.jobs.steps import add, choose, events, get, ids, plans, run, run_and_fail

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def recurs(desk: Desk, **given: Any) -> int:
    values = {"subject": "Backups", "kind": RecurrenceKind.DAILY, "interval": 1, "days": "", "is_enabled": True}
    values |= {"starts_at": NOON, "due_minutes": 90, **given}
    return desk.write(lambda session: recurring.create(session, values).id)


def made(desk: Desk) -> list[Task]:
    return desk.read(lambda session: list(session.scalars(select(Task).order_by(Task.id))))


def test_a_task_recurs(desk: Desk) -> None:
    recurring_id = recurs(desk, agent_id=ADMIN_ID, description="All of them", priority=Priority.HIGH)
    run(desk, "task-scheduler")
    (task,) = made(desk)
    assert (task.subject, task.description, task.agent_id) == ("Backups", "All of them", ADMIN_ID)
    assert (task.priority, task.status) == (Priority.HIGH, TaskStatus.IN_PROGRESS)
    assert (task.starts_at, task.due_at) == (NOON, NOON + timedelta(minutes=90))
    assert events(desk, ItemKind.TASK, task.id) == [507000]
    assert get(desk, RecurringTask, recurring_id).next_at == NOON + DAY
    assert run(desk, "task-scheduler").done == 0


def test_missed_ones_come_once(desk: Desk) -> None:
    recurring_id = recurs(desk, due_minutes=None)
    with clock.frozen(NOON + 10 * DAY + HOUR):
        assert run(desk, "task-scheduler").done == 1
    (task,) = made(desk)
    assert (task.starts_at, task.due_at) == (NOON + 10 * DAY, None)
    assert get(desk, RecurringTask, recurring_id).next_at == NOON + 11 * DAY


def test_by_the_clock_on_the_wall(desk: Desk) -> None:
    """The clock goes forward on 2031-03-30 in Berlin."""
    desk.write(lambda session: setattr(session.get_one(Installation, 1), "time_zone", "Europe/Berlin"))
    recurring_id = recurs(desk, starts_at=datetime(2031, 3, 29, 8, tzinfo=UTC))
    with clock.frozen(datetime(2031, 3, 29, 8, tzinfo=UTC)):
        run(desk, "task-scheduler")
    assert get(desk, RecurringTask, recurring_id).next_at == datetime(2031, 3, 30, 7, tzinfo=UTC)


def test_none_of_what_is_off_deleted_or_to_come(desk: Desk) -> None:
    recurs(desk, is_enabled=False)
    recurs(desk, starts_at=NOON + HOUR)
    gone = recurs(desk)
    desk.write(lambda session: recurring.delete(session, gone))
    assert run(desk, "task-scheduler").done == 0
    assert made(desk) == []


def test_switched_on_again_it_begins_from_now(desk: Desk) -> None:
    recurring_id = recurs(desk, is_enabled=False)
    with clock.frozen(NOON + 3 * DAY + HOUR):
        row = desk.write(lambda session: recurring.change(session, recurring_id, {"is_enabled": True}))
        assert row.next_at == NOON + 4 * DAY
        assert run(desk, "task-scheduler").done == 0


def test_an_agent_who_is_none_any_more(desk: Desk) -> None:
    (user,) = add(desk, User(username="gone", deleted_at=NOON))
    add(desk, RecurringTask(subject="x", kind=RecurrenceKind.DAILY, starts_at=NOON, next_at=NOON, agent_id=user))
    run(desk, "task-scheduler")
    assert [task.agent_id for task in made(desk)] == [None]


def test_what_is_looked_for_in_recurring_tasks(desk: Desk) -> None:
    assert "ix_recurring_tasks_due" in plans(desk.engine, lambda session: recurring.due(session, [], limit=5))


def task_of(desk: Desk, **values: Any) -> int:
    return int(add(desk, Task(subject="Do it", agent_id=ADMIN_ID, **values))[0])


def told(desk: Desk, task_id: int) -> list[int]:
    return events(desk, ItemKind.TASK, task_id)


def test_start_and_end_are_told_once_for_each_date(desk: Desk) -> None:
    task_id = task_of(desk, starts_at=NOON, due_at=NOON + HOUR)
    run(desk, "task-watcher")
    assert told(desk, task_id) == [507003]
    with clock.frozen(NOON + HOUR):
        run(desk, "task-watcher")
        run(desk, "task-watcher")
        assert told(desk, task_id) == [507003, 507004]
        moved = {"due_at": NOON + 2 * HOUR}
        desk.write(lambda session: tasks.update(session, SYSTEM, task_id, moved))
        run(desk, "task-watcher")
    with clock.frozen(NOON + 3 * HOUR):
        run(desk, "task-watcher")
        assert told(desk, task_id) == [507003, 507004, 507001, 507004]
        desk.write(lambda session: tasks.update(session, SYSTEM, task_id, {**moved, "starts_at": NOON}))
        assert run(desk, "task-watcher").done == 0


@pytest.mark.parametrize(
    "ending", [{"status": TaskStatus.COMPLETED}, {"status": TaskStatus.REJECTED}, {"deleted_at": NOON}]
)
def test_nothing_is_told_of_what_is_over(desk: Desk, ending: dict[str, Any]) -> None:
    task_id = task_of(desk, starts_at=NOON, due_at=NOON, reminder_minutes=5, **ending)
    assert run(desk, "task-watcher").done == 0
    assert told(desk, task_id) == []


def remembered(desk: Desk) -> list[tuple[int, datetime]]:
    rows = select(Reminder.user_id, Reminder.occurred_at).order_by(Reminder.id)
    return desk.read(lambda session: [(user, at) for user, at in session.execute(rows)])


def active(desk: Desk, user: int = ADMIN_ID) -> list[str]:
    return desk.write(lambda session: [one.subject for one in reminders.active(session, user)])


def test_a_reminder_is_raised_whoever_comes_first(desk: Desk) -> None:
    task_of(desk, due_at=NOON + HOUR, reminder_minutes=60)
    run(desk, "task-watcher")
    assert remembered(desk) == [(ADMIN_ID, NOON)]
    assert active(desk) == ["Do it"]
    task_of(desk, due_at=NOON + HOUR, reminder_minutes=61)
    assert active(desk) == ["Do it", "Do it"]
    run(desk, "task-watcher")
    assert remembered(desk) == [(ADMIN_ID, NOON), (ADMIN_ID, NOON - timedelta(minutes=1))]


def test_another_date_or_agent_is_reminded_anew(desk: Desk) -> None:
    task_id = task_of(desk, due_at=NOON + HOUR, reminder_minutes=60)
    (other,) = add(desk, User(username="other"))

    def hand_over(session: Any) -> None:
        session.get_one(Task, task_id).agent_id = other

    run(desk, "task-watcher")
    desk.write(hand_over)
    run(desk, "task-watcher")
    assert remembered(desk) == [(ADMIN_ID, NOON), (other, NOON)]
    assert run(desk, "task-watcher").done == 0


def ticket(**values: Any) -> Ticket:
    given = {"number": "0AF-24F24A57-000E", "subject": "Fire", "brand_id": 1, "department_id": 1, "group_id": 1}
    return Ticket(**given | {"agent_id": ADMIN_ID, "portal_token": "x"} | values)


def test_follow_ups_are_reminded_of(desk: Desk) -> None:
    add(desk, ticket(follow_up_at=NOON), ticket(number="B", follow_up_at=NOON, agent_id=QUEUE_ID))
    add(desk, ticket(number="C", follow_up_at=NOON + HOUR), ticket(number="D", follow_up_at=NOON, is_deleted=True))
    assert run(desk, "task-watcher").done == 1
    assert remembered(desk) == [(ADMIN_ID, NOON)]
    row = get(desk, Reminder, 1)
    assert (row.subject, row.body) == ("Fire", "Ticket 0AF-24F24A57-000E is to be followed up.")
    assert active(desk) == ["Fire"]
    assert run(desk, "task-watcher").done == 0


def test_completed_tasks_are_deleted(desk: Desk) -> None:
    old = NOON - 8 * DAY
    done = task_of(desk, status=TaskStatus.COMPLETED, modified_at=old)
    task_of(desk, status=TaskStatus.COMPLETED, modified_at=NOON - 6 * DAY)
    task_of(desk, modified_at=old)
    assert run(desk, "task-watcher").done == 0
    choose(desk, delete_completed_tasks_days=7)
    assert run(desk, "task-watcher").done == 1
    assert told(desk, done) == [507002]
    assert get(desk, Task, done).deleted_at == NOON


def test_what_is_looked_for_in_tasks(desk: Desk) -> None:
    def look(session: Any) -> None:
        watching.to_start(session, [], limit=5)
        watching.to_be_due(session, [], limit=5)
        watching.completed(session, [], days=7, limit=5)
        reminding.tasks_to_remind(session, [], limit=5)
        reminding.follow_ups_to_remind(session, [], limit=5)

    plan = plans(desk.engine, look)
    for name in ("to_start", "to_be_due", "to_remind", "completed"):
        assert f"ix_tasks_{name}" in plan
    assert "ix_tickets_follow_up_at" in plan


def call(**values: Any) -> CallLog:
    return CallLog(**{"subject": "Rang", "group_id": 1, "agent_id": ADMIN_ID} | values)


def test_old_call_logs(desk: Desk) -> None:
    old, young = add(desk, call(number="A", created_at=NOON - 8 * DAY), call(number="B", created_at=NOON - 6 * DAY))
    assert run(desk, "call-log-watcher").done == 0
    desk.write(lambda session: setattr(session.get_one(Department, 1), "auto_delete_call_logs_days", 7))
    assert run(desk, "call-log-watcher").done == 1
    assert get(desk, CallLog, old).deleted_at == NOON
    assert get(desk, CallLog, young).deleted_at is None
    assert events(desk, ItemKind.CALL_LOG, old) == [508002]
    assert run(desk, "call-log-watcher").done == 0


def test_what_is_looked_for_in_call_logs(desk: Desk) -> None:
    plan = plans(desk.engine, lambda session: calls.old(session, [], group_id=1, days=7, limit=5))
    assert "ix_call_logs_there" in plan


def test_one_that_fails_keeps_none_waiting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    recurs(desk, subject="First")
    recurs(desk, subject="Second")
    whole = tasks.create

    def fail(session: Any, actor: Any, attributes: Any) -> int:
        if attributes["subject"] == "First":
            raise ValueError
        return whole(session, actor, attributes)

    monkeypatch.setattr(tasks, "create", fail)
    done = run_and_fail(desk, "task-scheduler")
    assert (done.done, done.errors) == (1, ["task-scheduler, 1: ValueError"])
    assert len(ids(desk, Task)) == 1
