"""What becomes of a unit of work whose COMMIT fails, or whose database takes no changes (ours)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from smartertrack_emu.domain.models import Brand
from smartertrack_emu.store.engine import WRITERS_TURN, create_engine
from smartertrack_emu.store.failures import (
    CommitOutcomeUnknown,
    DatabaseFull,
    DatabaseReadOnly,
    reason_of,
    sentence_of,
)
from smartertrack_emu.store.unit_of_work import (
    _Desk,
    after_commit,
    after_rollback,
    beforehand,
    reading,
    write,
    writing,
)
from tests.postgresql_proxy import Cut, proxy
from tests.store.test_unit_of_work import names


class Watched:
    """What was called after a unit of work."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def watch(self, session: Session) -> None:
        after_commit(session, lambda: self.calls.append("committed"))
        after_rollback(session, lambda: self.calls.append("rolled back"))


@pytest.fixture
def watched() -> Watched:
    return Watched()


def add(engine: Engine, watched: Watched, name: str = "Acme") -> None:
    with writing(engine) as session:
        watched.watch(session)
        session.add(Brand(name=name))


def run(engine: Engine, watched: Watched, *statements: str) -> None:
    with writing(engine) as session:
        watched.watch(session)
        for statement in statements:
            session.execute(text(statement))


class TestPostgresqlIsCutOff:
    @pytest.mark.parametrize(("cut", "kept"), [(Cut.BEFORE_COMMIT, []), (Cut.BEFORE_ANSWER, ["Acme"])])
    def test_before_the_answer(self, postgresql_url: str, watched: Watched, cut: Cut, kept: list[str]) -> None:
        with proxy(postgresql_url) as (server, url):
            engine = create_engine(url)
            assert names(engine) == []
            server.cut = cut
            with pytest.raises(CommitOutcomeUnknown) as raised:
                add(engine, watched)
            assert watched.calls == []
            assert "not known" in sentence_of(raised.value)
            assert "\n" not in reason_of(raised.value)
            add(engine, watched, "Next")
            assert names(engine) == [*kept, "Next"]
            engine.dispose()

    def test_after_the_answer(self, postgresql_url: str, watched: Watched) -> None:
        with proxy(postgresql_url) as (server, url):
            engine = create_engine(url)
            assert names(engine) == []
            server.cut = Cut.AFTER_ANSWER
            add(engine, watched)
            assert watched.calls == ["committed"]
            assert names(engine) == ["Acme"]
            engine.dispose()

    def test_while_it_shuts_down(self, postgresql_url: str, watched: Watched) -> None:
        """The server says in COMMIT itself that it ends the connection: FATAL, and no word of the transaction."""
        engine = create_engine(postgresql_url)
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE TABLE slow (id int)")
            connection.exec_driver_sql(
                "CREATE FUNCTION go() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(30); RETURN NULL; END $$"
            )
            connection.exec_driver_sql(
                "CREATE CONSTRAINT TRIGGER go AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION go()"
            )
            connection.exec_driver_sql("COMMIT")
        with pytest.raises(CommitOutcomeUnknown):
            run(engine, watched, "INSERT INTO slow VALUES (1)")
        assert watched.calls == []
        add(engine, watched)
        assert names(engine) == ["Acme"]
        engine.dispose()


@contextmanager
def no_file_longer_than(length: int) -> Iterator[None]:
    """Let nothing of this process write beyond a length: what a failing disk looks like to SQLite (`SQLITE_IOERR`)."""
    resource = pytest.importorskip("resource", reason="only some systems bound what a process may write")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestSqlitesDisk:
    def test_fails_in_commit(self, sqlite_url: str, watched: Watched) -> None:
        engine = create_engine(sqlite_url)
        add(engine, watched, "First")
        log = Path(f"{engine.url.database}-wal")
        with no_file_longer_than(log.stat().st_size + 2000), pytest.raises(CommitOutcomeUnknown):
            add(engine, watched)
        assert watched.calls == ["committed"]
        add(engine, watched, "Next")
        assert names(engine) in (["First", "Next"], ["Acme", "First", "Next"])
        engine.dispose()

    def test_is_full(self, sqlite_url: str, watched: Watched) -> None:
        engine = create_engine(sqlite_url)
        long = "INSERT INTO brands (name, name_key) VALUES (hex(zeroblob(100000)), 'x')"
        with pytest.raises(DatabaseFull) as raised:
            run(engine, watched, "PRAGMA max_page_count=1", long)  # no more pages than there are
        assert "no space left" in sentence_of(raised.value)
        assert watched.calls == ["rolled back"]
        add(engine, watched)
        assert names(engine) == ["Acme"]
        engine.dispose()


def test_a_refused_commit_changed_nothing(engine: Engine, watched: Watched) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE first (id int PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE second (of int REFERENCES first (id) DEFERRABLE INITIALLY DEFERRED)")
        connection.exec_driver_sql("COMMIT")
    with pytest.raises(IntegrityError):
        run(engine, watched, "INSERT INTO second VALUES (7)")
    assert watched.calls == ["rolled back"]
    with reading(engine) as session:
        assert session.execute(text("SELECT * FROM second")).all() == []


def test_a_read_only_database(engine: Engine, watched: Watched) -> None:
    setting = {"sqlite": "PRAGMA query_only=ON", "postgresql": "SET default_transaction_read_only = on"}

    def set_read_only(connection: Any, record: object) -> None:
        connection.execute(setting[engine.dialect.name])

    add(engine, watched)
    event.listen(engine, "connect", set_read_only)
    engine.dispose()
    with pytest.raises(DatabaseReadOnly) as raised:
        add(engine, watched, "Next")
    assert "read-only" in sentence_of(raised.value)
    assert "committed" not in watched.calls[1:]
    assert names(engine) == ["Acme"]
    event.remove(engine, "connect", set_read_only)
    engine.dispose()
    add(engine, watched, "Next")
    assert names(engine) == ["Acme", "Next"]


def test_a_connection_that_breaks_after_the_commit(engine: Engine, watched: Watched) -> None:
    def broken(desk: _Desk) -> None:
        raise engine.dialect.loaded_dbapi.OperationalError("the connection is closed")

    for unit in (writing, reading):
        with patch.object(_Desk, "end", broken), unit(engine) as session:
            watched.watch(session)
            session.execute(text("SELECT 1"))
    assert watched.calls == ["committed"]
    add(engine, watched)
    assert names(engine) == ["Acme"]


def test_what_follows_a_commit_cannot_undo_it(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    def fail(error: Exception) -> None:
        raise error

    with writing(engine) as session:
        session.add(Brand(name="Acme"))
        after_commit(session, lambda: fail(OSError(30, "Read-only file system", "/secret/token")))
        after_commit(session, lambda: fail(ValueError("of ours")))
    assert names(engine) == ["Acme"]
    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.ERROR]
    assert "token" not in caplog.records[0].getMessage()


class TestBeforehand:
    def test_is_done_outside(self, engine: Engine) -> None:
        turn = vars(engine).get(WRITERS_TURN)
        held: list[bool] = []

        def long(number: int) -> int:
            held.append(turn is not None and turn._lock.locked())
            with writing(engine) as session:  # nobody is in the way
                session.add(Brand(name=f"Beside {number}"))
            return number + 1

        def work(session: Session) -> int:
            session.add(Brand(name="Acme"))
            session.flush()
            return beforehand(session, long, 1) + beforehand(session, long, 2) + beforehand(session, long, 1)

        assert write(engine, work) == 7
        assert held == [False, False]
        assert names(engine) == ["Acme", "Beside 1", "Beside 2"]

    def test_is_asked_for_a_few_times_only(self, engine: Engine) -> None:
        runs: list[int] = []

        def work(session: Session) -> int:
            runs.append(len(runs))
            return sum(beforehand(session, abs, -number) for number in (len(runs), 100, 200, 300, 400))

        assert write(engine, work) == 1004
        assert len(runs) == 4

    def test_an_error_of_it_changes_nothing(self, engine: Engine) -> None:
        def refuse(number: int) -> int:
            raise ValueError(number)

        def work(session: Session) -> int:
            session.add(Brand(name="Acme"))
            return beforehand(session, refuse, 7)

        with pytest.raises(ValueError, match="7"):
            write(engine, work)
        assert names(engine) == []

    def test_elsewhere_it_is_done_at_once(self, engine: Engine) -> None:
        with writing(engine) as session:
            assert beforehand(session, abs, -1) == 1
        with reading(engine) as session:
            assert beforehand(session, abs, -1) == 1
