"""Raising reminders: each at the moment it fell due, once, whoever asks and however often (ours)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.models import Reminder, Task, User
from smartertrack_emu.domain.notifications import reminders
from smartertrack_emu.domain.notifications.raising import raise_due
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.models import ADMIN_ID
from smartertrack_emu.domain.tasks.models import TaskStatus
from smartertrack_emu.store.unit_of_work import reading, writing

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def desk(engine: Engine) -> Engine:
    """A database with the users that always exist, and a task of the administrator's that is due in an hour."""
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        session.add(Task(subject="Do it", agent_id=ADMIN_ID, due_at=NOW + timedelta(hours=1), reminder_minutes=60))
    return engine


def ask(engine: Engine, *, at: datetime = NOW) -> list[str]:
    with clock.frozen(at), writing(engine) as session:
        return [one.subject for one in reminders.active(session, ADMIN_ID)]


def new(engine: Engine, since: datetime, *, at: datetime) -> int:
    with clock.frozen(at), writing(engine) as session:
        return reminders.count(session, ADMIN_ID, since=since)


def dismiss_all(engine: Engine, *, at: datetime) -> None:
    with clock.frozen(at), writing(engine) as session:
        reminders.dismiss_all(session, ADMIN_ID)


def change(engine: Engine, **values: object) -> None:
    with writing(engine) as session:
        task = session.scalars(select(Task)).one()
        for name, value in values.items():
            setattr(task, name, value)


def test_from_its_moment_on(desk: Engine) -> None:
    assert ask(desk, at=NOW - timedelta(seconds=1)) == []
    assert ask(desk) == ["Do it"]
    assert ask(desk, at=NOW + timedelta(days=365)) == ["Do it"]


def test_asked_by_many_at_once(desk: Engine) -> None:
    def one(_: int) -> None:
        with writing(desk) as session:
            raise_due(session, ADMIN_ID)

    with clock.frozen(NOW), ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(32)))
    with reading(desk) as session:
        assert len(list(session.scalars(select(Reminder.id)))) == 1


@pytest.mark.parametrize(
    "ending", [{"status": TaskStatus.COMPLETED}, {"deleted_at": NOW}, {"reminder_minutes": None}, {"agent_id": None}]
)
def test_what_no_longer_holds_goes(desk: Engine, ending: dict[str, object]) -> None:
    assert ask(desk) == ["Do it"]
    change(desk, **ending)
    assert ask(desk) == []


def test_another_time_raises_another(desk: Engine) -> None:
    assert ask(desk) == ["Do it"]
    change(desk, reminder_minutes=30)
    assert ask(desk) == []
    assert ask(desk, at=NOW + timedelta(minutes=30)) == ["Do it"]


def test_a_dismissed_one_stays_dismissed(desk: Engine) -> None:
    assert ask(desk) == ["Do it"]
    dismiss_all(desk, at=NOW)
    assert ask(desk, at=NOW + timedelta(days=1)) == []


def test_reminders_of_nothing_are_left_alone(desk: Engine) -> None:
    with clock.frozen(NOW), writing(desk) as session:
        session.add(Reminder(user_id=ADMIN_ID, subject="By hand"))
    assert sorted(ask(desk)) == ["By hand", "Do it"]


def test_many_due_at_once(desk: Engine) -> None:
    with writing(desk) as session:
        session.add_all(
            Task(subject=f"Task {number}", agent_id=ADMIN_ID, due_at=NOW, reminder_minutes=number)
            for number in range(1000)
        )
    assert len(ask(desk)) == 1001
    assert len(ask(desk)) == 1001


def test_raised_when_due_and_not_when_asked_for(desk: Engine) -> None:
    hour = timedelta(hours=1)
    assert new(desk, NOW + hour, at=NOW + 2 * hour) == 0  # the first question ever, long after
    assert new(desk, NOW - hour, at=NOW + 2 * hour) == 1
    with clock.frozen(NOW + 2 * hour), writing(desk) as session:
        (found,) = reminders.active(session, ADMIN_ID)
    assert (found.occurred_at, found.raised_at) == (NOW, NOW)


def test_both_ends_of_what_is_new(desk: Engine) -> None:
    second = timedelta(seconds=1)
    assert new(desk, NOW - 2 * second, at=NOW - second) == 0
    assert new(desk, NOW - second, at=NOW) == 1  # the end belongs to it
    assert new(desk, NOW, at=NOW + second) == 0  # the beginning does not
    assert new(desk, NOW, at=NOW) == 0


def test_one_who_asks_from_time_to_time_is_told_of_each_once(desk: Engine) -> None:
    with writing(desk) as session:
        session.add_all(
            Task(
                subject=f"Task {number}", agent_id=ADMIN_ID, due_at=NOW + timedelta(seconds=number), reminder_minutes=0
            )
            for number in range(20)
        )
    asked_at = [NOW + timedelta(seconds=number) for number in (-1, 0, 1, 2, 2, 7, 7.5, 9, 19, 60)]
    told = [new(desk, since, at=at) for since, at in pairwise(asked_at)]
    assert told == [2, 1, 1, 0, 5, 0, 2, 10, 0]  # the first with the task that was there


def test_all_are_dismissed_also_what_nobody_asked_for(desk: Engine) -> None:
    dismiss_all(desk, at=NOW - timedelta(seconds=1))
    assert ask(desk) == ["Do it"]  # it was not due then
    change(desk, reminder_minutes=30)
    dismiss_all(desk, at=NOW + timedelta(hours=1))
    assert ask(desk, at=NOW + timedelta(days=1)) == []


def test_what_was_done_meanwhile_comes_back_as_it_was(desk: Engine) -> None:
    assert ask(desk) == ["Do it"]
    for _ in range(2):
        change(desk, status=TaskStatus.COMPLETED)
        dismiss_all(desk, at=NOW)
        assert ask(desk) == []
        change(desk, status=TaskStatus.IN_PROGRESS)
        assert ask(desk) == ["Do it"]
    change(desk, subject="Do it now")
    assert ask(desk) == ["Do it now"]


@pytest.mark.parametrize("ending", [{"status": TaskStatus.COMPLETED}, {"deleted_at": NOW}, {"agent_id": None}])
def test_what_is_done_is_neither_snoozed_nor_dismissed(desk: Engine, ending: dict[str, object]) -> None:
    with clock.frozen(NOW), writing(desk) as session:
        (found,) = reminders.active(session, ADMIN_ID)
    change(desk, **ending)
    with clock.frozen(NOW), writing(desk) as session:
        for attempt in (
            lambda: reminders.snooze(session, ADMIN_ID, found.id, 60),
            lambda: reminders.dismiss(session, ADMIN_ID, found.id),
            lambda: reminders.get(session, ADMIN_ID, found.id),
        ):
            with pytest.raises(NotFound, match=str(found.id)):
                attempt()


def test_one_of_the_future_is_not_there_yet(desk: Engine) -> None:
    later = NOW + timedelta(minutes=10)
    with writing(desk) as session:
        session.add(Reminder(user_id=ADMIN_ID, subject="Later", occurred_at=later, raised_at=later))
    dismiss_all(desk, at=NOW)
    assert ask(desk, at=later - timedelta(seconds=1)) == []
    assert ask(desk, at=later) == ["Later"]


class _Undo(Exception):  # noqa: N818 - ends an example, and is no error
    """Drops what an example did."""


_MINUTE = st.integers(-5, 30).map(lambda minutes: timedelta(minutes=minutes))
_CHANGE = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from([TaskStatus.COMPLETED, TaskStatus.IN_PROGRESS]),
        "due_at": _MINUTE.map(lambda by: NOW + by),
        "deleted_at": st.sampled_from([None, NOW]),
        "subject": st.sampled_from("ABC"),
    },
)
_STEP = st.tuples(
    st.sampled_from([timedelta(0), timedelta(minutes=1), timedelta(minutes=7)]),
    st.booleans(),
    st.one_of(
        st.tuples(st.just("change"), st.integers(0, 2), _CHANGE),
        st.tuples(st.just("dismiss all"), st.just(0), st.just({})),
        st.tuples(st.sampled_from(["snooze", "dismiss"]), st.integers(0, 2), st.just({})),
    ),
)
"""How much later, whether the first user asks before, what is done."""


@given(st.lists(_STEP, max_size=12))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_asking_changes_nothing(desk: Engine, steps: list[Any]) -> None:
    """Two users with the same tasks do the same; one of them looks again and again, the other only when they must."""
    with pytest.raises(_Undo), writing(desk) as session:
        live(session, steps)


def live(session: Session, steps: list[Any]) -> None:
    users = [User(username=name) for name in ("looks", "does not")]
    session.add_all(users)
    session.flush()
    of_users = [[new_task(user.id, minutes) for minutes in range(3)] for user in users]
    session.add_all(task for tasks in of_users for task in tasks)
    session.flush()
    at = NOW - timedelta(minutes=1)
    for later, looks, (what, which, values) in steps:
        at += later
        with clock.frozen(at):
            if looks:
                reminders.active(session, users[0].id)
            for user, tasks in zip(users, of_users, strict=True):
                do(session, user.id, what, which, tasks, values)
    with clock.frozen(at):
        assert told(session, users[0].id) == told(session, users[1].id)
    raise _Undo


def new_task(user_id: int, minutes: int) -> Task:
    return Task(subject=str(minutes), agent_id=user_id, due_at=NOW + timedelta(minutes=minutes), reminder_minutes=0)


def do(session: Session, user_id: int, what: str, which: int, tasks: list[Task], values: dict[str, Any]) -> None:
    if what == "change":
        for name, value in values.items():
            setattr(tasks[which], name, value)
        session.flush()
    elif what == "dismiss all":
        reminders.dismiss_all(session, user_id)
    elif which < len(found := reminders.active(session, user_id)):
        if what == "snooze":
            reminders.snooze(session, user_id, found[which].id, 120)
        else:
            reminders.dismiss(session, user_id, found[which].id)


def told(session: Session, user_id: int) -> list[Any]:
    """Return all that a user is told at this moment, but the numbers."""
    active = [one[2:] for one in reminders.active(session, user_id)]
    since = [reminders.count(session, user_id, since=NOW + timedelta(minutes=minutes)) for minutes in range(-6, 31)]
    return [active, since, reminders.count(session, user_id)]
