"""The desk: epochs, the clock of all processes, errors in one place, and what strikes calls. All of it is ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.around import Called, Effect, Strike, StruckError
from smartertrack_emu.desk.callers import Credentials, KnownUser
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import HelpdeskError, LoginFailed, NotFound, TooBusy, Unexpected
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.models import ADMIN_ID, Role, RoleRight
from smartertrack_emu.domain.people.passwords import hash_password
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.structure import emulation
from smartertrack_emu.store import prepared
from smartertrack_emu.store.unit_of_work import writing
from smartertrack_emu.store.waiting import CrowdedError

ADMIN = Credentials("admin", "admin")
FUTURE = datetime(2031, 2, 28, 23, 59, tzinfo=UTC)


@pytest.fixture
def desks(engine: Engine, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Two desks over one database, as two processes have them; but the clock is the process's."""
    with writing(engine) as session:
        create_initial(session, admin_password_hash=hash_password("admin"))
    settings = Settings(data=tmp_path)
    yield make_desk(settings, engine), make_desk(settings, engine)
    clock.follow(clock.Setting())


def moment(session: Session, actor: Principal) -> datetime:
    """Return what time it is for a call."""
    assert actor.is_administrator
    return clock.now()


def name(session: Session, actor: Principal) -> str:
    return actor.username


def test_whoever_comes(desks: tuple[Desk, Desk]) -> None:
    desk, _ = desks
    assert desk.call(ADMIN, name) == "admin"
    assert desk.call(KnownUser(ADMIN_ID), name) == "admin"
    principal = desk.call(ADMIN, lambda _, actor: actor)
    assert desk.call(principal, name, writes=True) == "admin"
    with pytest.raises(LoginFailed):
        desk.call(Credentials("admin", "wrong"), name)
    with pytest.raises(LoginFailed):
        desk.call(KnownUser(99), name)


def test_the_clock_is_everybodys(desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    assert abs(second.call(ADMIN, moment) - datetime.now(UTC)) < timedelta(seconds=5)
    first.write(lambda session: emulation.set_clock(session, clock.Setting(frozen=FUTURE)))
    clock.follow(clock.Setting())  # what this process knows of it is what the other one would know: nothing
    assert second.call(ADMIN, moment) == FUTURE
    assert second.call(KnownUser(ADMIN_ID), moment) == FUTURE
    first.write(lambda session: emulation.set_clock(session, emulation.moved(clock.Setting(frozen=FUTURE), DAY)))
    assert second.read(lambda _: clock.now()) == FUTURE + DAY


DAY = timedelta(days=1)


def test_other_data_are_not_taken_for_those_known(desks: tuple[Desk, Desk]) -> None:
    """Rights of a restored database may have the version of those that were known, and be others."""
    desk, _ = desks

    def rights_of_registered_users(session: Session, actor: Principal) -> frozenset[Right]:
        return desk.accounts._roles_of(session, 1).rights.get(2, frozenset())

    before = desk.call(ADMIN, rights_of_registered_users)
    missing = next(right for right in Right if right not in before)
    with writing(desk.engine) as session:
        assert session.get(Role, 2)
        session.add(RoleRight(role_id=2, right=missing))
        emulation.begin_epoch(session)
    assert desk.call(ADMIN, rights_of_registered_users) == before | {missing}


def test_an_epoch_costs_a_call_nothing(desks: tuple[Desk, Desk]) -> None:
    desk, _ = desks
    desk.call(ADMIN, name)
    statements: list[str] = []
    prepared.observers.append(statements.append)
    try:
        desk.call(ADMIN, name)
    finally:
        prepared.observers.remove(statements.append)
    assert len(statements) == 1


def test_work_runs_again_in_a_new_epoch(desks: tuple[Desk, Desk]) -> None:
    desk, _ = desks
    desk.call(ADMIN, name)
    with writing(desk.engine) as session:
        emulation.begin_epoch(session)
    runs = []
    desk.call(ADMIN, lambda *_: runs.append("once"), writes=True)
    assert runs == ["once"]


def test_every_error_is_one_of_the_helpdesks(desks: tuple[Desk, Desk], caplog: pytest.LogCaptureFixture) -> None:
    desk, _ = desks

    def fail(error: Exception) -> HelpdeskError:
        def work(*_: object) -> NoReturn:
            raise error

        with pytest.raises(HelpdeskError) as raised:
            desk.call(ADMIN, work, about="svcX.Y")
        return raised.value

    assert isinstance(fail(NotFound("There is no ticket 7.")), NotFound)
    assert isinstance(fail(CrowdedError()), TooBusy)
    assert not caplog.records
    unexpected = fail(LookupError("the inside"))
    assert type(unexpected) is Unexpected
    assert "inside" not in str(unexpected)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [("ERROR", "svcX.Y failed")]


class Once:
    """Faults that strike the first call."""

    def __init__(self, strike: Strike) -> None:
        self.any_set = True
        self._strike = strike

    def strike(self, called: Called) -> Strike:
        assert str(called) == "svcX.Y"
        self.any_set = False
        return self._strike


def called() -> Called:
    return Called("svcX", "Y", "admin", {})


@pytest.mark.parametrize("after", [False, True])
def test_what_strikes_a_call(desks: tuple[Desk, Desk], *, after: bool) -> None:
    desk, _ = desks
    effect = Effect(7, "http", status=503, after=after)
    object.__setattr__(desk, "faults", Once(Strike(effect=effect)))
    done = []
    with pytest.raises(StruckError) as raised:
        desk.call(ADMIN, lambda *_: done.append("done"), about=called)
    assert raised.value.effect is effect
    assert done == (["done"] if after else [])
    desk.call(ADMIN, lambda *_: done.append("done"), about=called)


def test_nothing_strikes_what_is_no_call_of_a_dialect(desks: tuple[Desk, Desk]) -> None:
    desk, _ = desks
    object.__setattr__(desk, "faults", Once(Strike(effect=Effect(7, "drop"))))
    assert desk.call(ADMIN, name, about="a page") == "admin"
