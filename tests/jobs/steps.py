"""What tests of jobs do again and again: run a job, write rows, read events, look at plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from smartertrack_emu.compose import JOB_FUNCTIONS
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import Event
from smartertrack_emu.domain.structure import engine_settings
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.unit_of_work import reading

Row = TypeVar("Row", bound=Base)


def run(desk: Desk, name: str) -> Run:
    """Run a job once, and return what became of it; nothing has failed."""
    done = run_and_fail(desk, name)
    assert done.errors == []
    return done


def run_and_fail(desk: Desk, name: str) -> Run:
    """Run a job once."""
    made = Run(desk, name)
    JOB_FUNCTIONS[name]()(made)
    return made


def add(desk: Desk, *rows: Base) -> list[Any]:
    """Write rows, each flushed before the next, and return their ids."""

    def work(session: Session) -> list[Any]:
        for row in rows:
            session.add(row)
            session.flush()
        return [getattr(row, "id", None) for row in rows]

    return desk.write(work)


def get(desk: Desk, kind: type[Row], row_id: Any) -> Row:
    """Return a row."""
    return desk.read(lambda session: session.get_one(kind, row_id))


def ids(desk: Desk, kind: type[Any]) -> list[Any]:
    """Return the ids of all rows of a kind."""
    return desk.read(lambda session: list(session.scalars(select(kind.id).order_by(kind.id))))


def choose(desk: Desk, **values: object) -> None:
    """Choose engine's numbers."""
    desk.write(lambda session: engine_settings.change(session, values))


def events(desk: Desk, kind: ItemKind, item_id: int) -> list[int]:
    """Return the numbers of an item's events, in order."""
    of_item = select(Event.event_id).where(Event.item_kind == kind, Event.item_id == item_id)
    return desk.read(lambda session: list(session.scalars(of_item.order_by(Event.id))))


def plans(engine: Engine, work: Callable[[Session], object]) -> str:
    """Return how the database carries out the selects of a piece of work.

    PostgreSQL is told that scans are dear: with few rows it would take one whatever indexes there are.
    """
    statements: list[tuple[str, Any]] = []

    def note(*given: Any) -> None:
        if given[2].lstrip().upper().startswith(("SELECT", "WITH")):
            statements.append((given[2], given[3]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        with reading(engine) as session:
            work(session)
            event.remove(engine, "before_cursor_execute", note)
            connection = session.connection()
            is_sqlite = engine.dialect.name == "sqlite"
            if not is_sqlite:
                session.execute(text("SET LOCAL enable_seqscan = off"))
            explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
            lines = []
            for statement, parameters in statements:
                rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
                lines += [str(row[-1]) for row in rows]
            return "\n".join(lines)
    finally:
        if event.contains(engine, "before_cursor_execute", note):
            event.remove(engine, "before_cursor_execute", note)
