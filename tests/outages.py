"""Disks that refuse and databases that fail, made without either."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import FileIO
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from smartertrack_emu.store import beside, disk, unit_of_work
from smartertrack_emu.store.failures import CommitOutcomeUnknown
from smartertrack_emu.store.unit_of_work import _Desk


@contextmanager
def lost_commit(*, made: bool, of: Engine | None = None) -> Iterator[None]:
    """Break each connection in COMMIT, which the database has carried out or has not; or the next one of an engine."""
    commit = _Desk.commit
    lost = 0

    def broken(desk: _Desk) -> None:
        nonlocal lost
        spared = of is not None and (lost > 0 or desk.connection.engine is not of)
        if made or spared:
            commit(desk)
        if not spared:
            lost += 1
            raise CommitOutcomeUnknown("COMMIT", None, Exception("the connection\n\tis lost"))

    with patch.object(_Desk, "commit", broken):
        yield


@contextmanager
def refusing_disk(number: int) -> Iterator[None]:
    """Have the disk refuse files with an error of the system, after it has taken half of what is written."""

    def refuse(file: FileIO, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            file.write(piece[: len(piece) // 2])
        raise OSError(number, os.strerror(number), "/secret/path")

    with patch.object(disk, "write_synced", refuse):
        yield


@contextmanager
def nothing_beside(engine: Engine) -> Iterator[None]:
    """Let the database fail in every statement about what stands beside the data."""
    known = beside.beside(engine)

    def fail(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "emulator_" in statement:
            raise OperationalError(statement, None, Exception("the server closed the connection: secret-word"))

    event.listen(known, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(known, "before_cursor_execute", fail)


@contextmanager
def full_database(engine: Engine) -> Iterator[None]:
    """Let the database take no more tickets for want of space."""
    if engine.dialect.name == "sqlite":
        with _on_every_connection(engine, "PRAGMA max_page_count=1", "PRAGMA max_page_count=1000000"):
            yield
        return
    with _beside(engine) as other:
        other.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'could not extend file \"base/1/2\": No space left on device' USING ERRCODE = 'disk_full'; END $$"
        )
        other.execute("CREATE TRIGGER full_disk BEFORE INSERT ON tickets FOR EACH ROW EXECUTE FUNCTION full_disk()")
        yield
        other.execute("DROP TRIGGER full_disk ON tickets")


@contextmanager
def read_only_database(engine: Engine) -> Iterator[None]:
    """Let the database take no changes at all."""
    if engine.dialect.name == "sqlite":
        with _on_every_connection(engine, "PRAGMA query_only=ON", "PRAGMA query_only=OFF"):
            yield
        return
    name = engine.url.database
    end_the_others = (
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
    with _beside(engine) as other:
        for setting in ("on", "off"):
            other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {setting}")
            other.execute(end_the_others)
            if setting == "on":
                yield


@contextmanager
def _on_every_connection(engine: Engine, statement: str, undo: str) -> Iterator[None]:
    """Run a statement on the connections that are kept and those to come; nobody uses one at the moment."""

    def run(connection: Any, record: object) -> None:
        connection.execute(statement)

    def on_kept_ones(statement: str) -> None:
        for desk in unit_of_work._free_of(engine):
            desk.raw.execute(statement)

    on_kept_ones(statement)
    event.listen(engine, "connect", run)
    yield
    event.remove(engine, "connect", run)
    on_kept_ones(undo)


@contextmanager
def _beside(engine: Engine) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection to the database beside those of the engine, each statement at once."""
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        yield connection
