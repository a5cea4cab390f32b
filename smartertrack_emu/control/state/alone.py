"""Who changes the whole is alone: with other such changes, and for a moment with the data."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.store import disk
from smartertrack_emu.store.tracing import waiting_for
from smartertrack_emu.store.unit_of_work import writing

PATIENCE_S: Final = 30.0
"""How long a reset or a snapshot waits for another one."""

_NAP_S: Final = 0.02
_LOCK: Final = 0x73746D77  # any number of ours: who holds it changes the whole


@contextmanager
def one_at_a_time(engine: Engine, folder: Path) -> Iterator[None]:
    """Keep every other reset, snapshot and restore waiting: of this data directory, and of a PostgreSQL database.

    `folder` is the directory of snapshots. NotPossible where another one takes too long.
    """
    deadline = time.monotonic() + PATIENCE_S
    disk.make_directory(folder)
    # SQLite's lock on a file of ours: the same on every system, and gone with the process that holds it.
    with closing(sqlite3.connect(folder / ".lock", isolation_level=None, timeout=0, check_same_thread=False)) as lock:
        with waiting_for("the lock of resets and snapshots, in the data directory"):
            _wait(lambda: _locked(lock), deadline)
        if engine.dialect.name == "sqlite":
            yield
            return
        with engine.connect() as connection:
            try:
                query = text("SELECT pg_try_advisory_lock(:lock)")
                with waiting_for("the advisory lock of resets and snapshots"):
                    _wait(lambda: bool(connection.scalar(query, {"lock": _LOCK})), deadline)
                connection.rollback()
                yield
            finally:
                connection.invalidate()  # which gives the lock back, whatever state the connection is in


def _locked(lock: sqlite3.Connection) -> bool:
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise
        return False
    return True


def _wait(succeeds: Callable[[], bool], deadline: float) -> None:
    while not succeeds():
        if time.monotonic() > deadline:
            raise NotPossible("Another reset, snapshot or restore is still under way. Please try again later.")
        time.sleep(_NAP_S)


@contextmanager
def nobody_writes(engine: Engine) -> Iterator[Session]:
    """Let the writers' transactions under way finish, and keep new ones waiting, until the block ends.

    On PostgreSQL readers wait as well: every unit of work reads the installation in its first statement.
    OperationalError where the calls under way do not finish in time.
    """
    with writing(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text("LOCK TABLE installation IN ACCESS EXCLUSIVE MODE"))
        yield session
