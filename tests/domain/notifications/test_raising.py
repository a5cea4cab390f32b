"""Raising reminders: each once, whoever asks and however often (ours)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import Reminder, Task
from smartertrack_emu.domain.notifications import raising, reminders
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
        raising.bring_up_to_date(session, ADMIN_ID)
        return [one.subject for one in reminders.active(session, ADMIN_ID)]


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
            raising.bring_up_to_date(session, ADMIN_ID)

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
    with writing(desk) as session:
        reminders.dismiss_all(session, ADMIN_ID)
    assert ask(desk, at=NOW + timedelta(days=1)) == []


def test_reminders_of_nothing_are_left_alone(desk: Engine) -> None:
    with writing(desk) as session:
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
