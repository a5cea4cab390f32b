"""The whole of a SQLite database: copied out, checked, and put in place by SQLite's backup API.

What is put in place is prepared in a file of its own. Copying that over the live one is one transaction: whoever reads
keeps what they see, whoever writes waits, and a process that is killed meanwhile has changed nothing.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from smartertrack_emu.store import migrate
from smartertrack_emu.store.encryption import key_of
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.failures import raise_explained
from smartertrack_emu.store.unit_of_work import reading, turn, write

from . import rows
from .alone import nobody_writes
from .errors import NotASnapshotError

DATABASE: Final = "database.db"
"""The file of a snapshot."""

_MAGIC: Final = b"SQLite format 3\x00"
_STEPS: Final = 8
_PATIENCE_S: Final = 10.0
_NAP_S: Final = 0.01
_SPACE: Final = re.compile(r"\s+")


def take(engine: Engine, folder: Path, keep_parts: Callable[[set[str]], object]) -> set[str]:
    """Copy the database into a snapshot's folder, and return the digests of the contents that it names.

    `keep_parts` gets the tokens of unfinished files while nobody writes.
    """
    target = folder / DATABASE
    with _scratch_engine(engine, Path(engine.url.database or "")) as apart, reading(apart) as session:
        with nobody_writes(engine):
            digests, tokens = rows.files_named(session)  # from here on the session sees the data of this moment
            keep_parts(tokens)
        source: Any = session.connection().connection.dbapi_connection
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode=OFF")
            copy.execute("PRAGMA synchronous=OFF")
            source.backup(copy)
    descriptor = os.open(target, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return digests


def make_empty(engine: Engine, path: Path) -> None:
    """Make a database of the same shape with nothing in it."""
    with _raw(engine) as live, closing(sqlite3.connect(path, isolation_level=None)) as made:
        made.execute(f"PRAGMA page_size={_pragma(live, 'page_size')}")
        made.execute("PRAGMA synchronous=OFF")
        made.execute("BEGIN")
        order = ("table", "index", "view", "trigger")
        for _, _, statement in sorted(_shape(live), key=lambda entry: order.index(entry[0])):
            made.execute(statement)
        made.executemany("INSERT INTO alembic_version VALUES (?)", live.execute("SELECT * FROM alembic_version"))
        made.execute("COMMIT")


def fill(engine: Engine, path: Path, work: Callable[[Session], object]) -> None:
    """Do something in a transaction on a database that is being prepared, with the key of another one."""
    with _scratch_engine(engine, path) as scratch:
        write(scratch, work)


def prepare(engine: Engine, path: Path) -> None:
    """Bring a copy of a snapshot's database to the shape of the live one; NotASnapshotError where that cannot be."""
    try:
        with closing(_opened(path)) as opened:
            encoding = _pragma(opened, "encoding")
            is_current = opened.execute("SELECT version_num FROM alembic_version").fetchall() == [(migrate.HEAD,)]
        if encoding != "UTF-8":
            raise NotASnapshotError("its texts are in another encoding")
        if not is_current:
            with _scratch_engine(engine, path) as scratch:
                migrate.upgrade(scratch)
        with _raw(engine) as live, closing(_opened(path)) as opened:
            if _described(live) != _described(opened):
                raise NotASnapshotError("its tables are others than this version's")
            if opened.execute("SELECT id FROM installation").fetchall() != [(1,)]:
                raise NotASnapshotError("it holds no installation")
            if opened.execute("PRAGMA foreign_key_check").fetchone():
                raise NotASnapshotError("rows in it refer to what is not there")
            page_size = _pragma(live, "page_size")
            if _pragma(opened, "page_size") != page_size:
                opened.execute("PRAGMA journal_mode=DELETE")
                opened.execute(f"PRAGMA page_size={page_size}")
                opened.execute("VACUUM")
    except (sqlite3.Error, DBAPIError, migrate.MigrationError) as error:
        raise NotASnapshotError("its database cannot be read") from error


def check_sound(path: Path) -> None:
    """Look at the whole of a database that came from elsewhere; NotASnapshotError."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise NotASnapshotError("its database cannot be read")
    try:
        with closing(_opened(path)) as opened:
            answer = opened.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        raise NotASnapshotError("its database cannot be read") from error
    if answer != [("ok",)]:
        raise NotASnapshotError("its database is damaged")


def put_in_place(engine: Engine, path: Path, under_lock: Callable[[], object] = lambda: None) -> None:
    """Copy a prepared database over the live one, all of it or nothing.

    `under_lock` is called when nobody writes any more and nothing is changed yet. DBAPIError.
    """
    key = key_of(engine.dialect)
    with turn(engine):
        while True:
            with reading(engine) as session:
                live = rows.marks(session)

            def mark(session: Session, live: rows.Marks = live) -> None:
                saved = rows.marks(session)
                rows.give_up_secrets_of_other_keys(session, saved, key)
                rows.set_marks(session, rows.following(live, saved, key))

            fill(engine, path, mark)
            try:
                _copy_over(engine, path, live, under_lock)
            except _ChangedMeanwhileError:
                continue
            except sqlite3.Error as error:
                failure = OperationalError("backup", None, error)
                raise_explained(failure)
                raise failure from error
            return


class _ChangedMeanwhileError(Exception):
    """Another process has changed the marks since they were read."""


def _copy_over(engine: Engine, path: Path, live: rows.Marks, under_lock: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    is_locked = False

    def look(status: int, remaining: int, total: int) -> None:
        """Called after each step; the first one that succeeds has taken the write lock."""
        nonlocal is_locked
        del total
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            if time.monotonic() > deadline:
                raise sqlite3.OperationalError("database is locked")
        elif not is_locked and remaining:
            is_locked = True
            with reading(engine) as session:
                if rows.marks(session) != live:
                    raise _ChangedMeanwhileError
            under_lock()

    with closing(sqlite3.connect(path, isolation_level=None)) as source, _raw(engine) as target:
        # Several steps, so that there is one after the lock is taken and before the last.
        pages = max(1, _pragma(source, "page_count") // _STEPS)
        source.backup(target, pages=pages, progress=look, sleep=_NAP_S)
        # The log is as long as the database now. Whoever reads keeps it so; then it is cut another time.
        target.execute("PRAGMA busy_timeout=0")
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _raw(engine: Engine) -> Iterator[sqlite3.Connection]:
    """A connection of the engine's, outside any transaction, which is not used again."""
    connection = engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        yield driver
    finally:
        connection.invalidate()


@contextmanager
def _scratch_engine(engine: Engine, path: Path) -> Iterator[Engine]:
    """Another engine on a file, with the key of an engine."""
    made = create_engine(engine.url.set(database=str(path)), synchronous="OFF", key=key_of(engine.dialect))
    try:
        yield made
    finally:
        made.dispose()


def _opened(path: Path) -> sqlite3.Connection:
    """Open a database that may come from anywhere."""
    opened = sqlite3.connect(path, isolation_level=None)
    opened.execute("PRAGMA trusted_schema=OFF")
    opened.execute("PRAGMA cell_size_check=ON")
    return opened


def _pragma(connection: sqlite3.Connection, name: str) -> Any:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def _shape(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Kind, name and statement of everything that makes up a database, in the order in which it was made.

    SQLite's own tables, and those that stand behind a virtual one, are made with them.
    """
    found = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    everything = [(kind, name, sql) for kind, name, sql in found if not name.startswith("sqlite_")]
    virtual = tuple(f"{name}_" for _, name, sql in everything if sql.startswith("CREATE VIRTUAL TABLE"))
    return [entry for entry in everything if not (entry[0] == "table" and entry[1].startswith(virtual))]


def _described(connection: sqlite3.Connection) -> dict[tuple[str, str], object]:
    """What has to be the same in two databases: everything's name, tables' columns, the text of all that runs."""
    described: dict[tuple[str, str], object] = {}
    for kind, name, sql in _shape(connection):
        if kind == "table" and not sql.startswith("CREATE VIRTUAL TABLE"):
            columns = connection.execute("SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)", (name,))
            described[kind, name] = sorted(columns.fetchall())
        else:
            described[kind, name] = _SPACE.sub(" ", sql)
    return described
