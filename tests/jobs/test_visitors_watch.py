"""What Event Processing does about visitors, and that it finds them by indexes. When is documented, the rest ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import Event, Invitation, Visitor
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure import engine_settings
from smartertrack_emu.domain.visitors import invitations, visits
from smartertrack_emu.domain.visitors.models import InvitationState
from smartertrack_emu.domain.visitors.visits import Hit
from smartertrack_emu.jobs.visitors_watch import watch
from tests.jobs.conftest import NOON


def ran(desk: Desk) -> int:
    run = Run(desk, "event-processing")
    watch(run)
    assert run.errors == []
    return run.done


def visit(desk: Desk, key: str) -> int:
    def work(session: Session) -> int:
        visitor = visits.hit(session, Hit(key=key))
        assert visitor is not None
        return visitor.id

    return desk.write(work)


def happened(desk: Desk) -> list[int]:
    return desk.read(lambda session: list(session.scalars(select(Event.event_id).order_by(Event.id))))


def test_each_at_its_time(desk: Desk) -> None:
    first, second = visit(desk, "a"), visit(desk, "b")
    desk.write(lambda session: invitations.invite(session, SYSTEM, first).id)
    with clock.frozen(NOON + timedelta(seconds=119)):
        assert ran(desk) == 0
    with clock.frozen(NOON + timedelta(seconds=120)):
        assert ran(desk) == 1
        states = desk.read(lambda session: list(session.scalars(select(Invitation.state))))
        assert states == [InvitationState.IGNORED]
    with clock.frozen(NOON + timedelta(minutes=10)):
        visit(desk, "b")
    with clock.frozen(NOON + timedelta(minutes=15)):
        assert ran(desk) == 1
        gone = desk.read(lambda session: list(session.scalars(select(Visitor.id).where(Visitor.removed_at == NOON))))
        assert gone == []
    with clock.frozen(NOON + timedelta(minutes=75)):
        assert ran(desk) == 2  # one is removed, the other forgotten
        assert desk.read(lambda session: list(session.scalars(select(Visitor.id)))) == [second]
        assert ran(desk) == 0
    assert happened(desk) == [503007, 503007, 503002, 503004, 503007, 503005, 503005, 503006]


def test_by_the_settings(desk: Desk) -> None:
    desk.write(lambda session: engine_settings.change(session, {"visitor_idle_minutes": 1, "visitor_purge_minutes": 1}))
    visit(desk, "a")
    with clock.frozen(NOON + timedelta(minutes=1)):
        assert ran(desk) == 1
    with clock.frozen(NOON + timedelta(minutes=2)):
        assert ran(desk) == 1
    assert happened(desk) == [503007, 503005, 503006]


LOOKS: dict[str, Callable[[Session], object]] = {
    "ix_visitors_idle": lambda session: visits.idle(session, (1,), minutes=15),
    "ix_visitors_removed": lambda session: visits.forgettable(session, (1,), minutes=60),
    "ix_visitor_invitations_unanswered": lambda session: invitations.unanswered(session, (1,), seconds=120),
}


@pytest.mark.parametrize("index", LOOKS)
def test_found_by_an_index(desk: Desk, index: str) -> None:
    seen: list[tuple[str, Any]] = []

    def note(*said: Any) -> None:
        seen.append((said[2], said[3]))

    def work(session: Session) -> str:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        if not is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(desk.engine, "before_cursor_execute", note)
        try:
            LOOKS[index](session)
        finally:
            event.remove(desk.engine, "before_cursor_execute", note)
        ((statement, values),) = seen
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        rows = session.connection().exec_driver_sql(f"{explain} {statement}", values)
        return "; ".join(str(row[-1]) for row in rows)

    plan = desk.write(work)
    assert index in plan
    assert "Seq Scan" not in plan
    assert "SCAN visitors" not in plan
