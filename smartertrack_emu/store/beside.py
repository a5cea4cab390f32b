"""What stands beside the data: faults, sessions, the journal. Resets and snapshots of the data leave it alone.

SQLite keeps it in a file of its own beside the database's, so that it never waits for whoever writes data; what is lost
with a loss of power is no loss. PostgreSQL keeps it in the same database, in tables whose names begin alike.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, event, inspect

from .base import NAMES
from .engine import create_engine

metadata = MetaData(naming_convention=NAMES)
"""The tables that stand beside the data; whoever owns one adds it. Their names begin with `emulator_`."""

VERSION = 4
"""Of these tables. Those of another version are thrown away: nothing in them is meant to last."""

_BESIDE = "_beside"
_LOCK = 0x73746D76
_lock = threading.Lock()


def beside(engine: Engine) -> Engine:
    """Return the engine of what stands beside the data of `engine`, with its tables made."""
    known: Engine | None = vars(engine).get(_BESIDE)
    if known is not None:
        return known
    with _lock:
        known = vars(engine).get(_BESIDE)
        if known is None:
            known = _of_sqlite(engine) if engine.dialect.name == "sqlite" else _of_postgresql(engine)
            vars(engine)[_BESIDE] = known
            if known is not engine:
                event.listen(engine, "engine_disposed", close)
    return known


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """Return a transaction beside the data of `engine` that may read before it writes.

    On SQLite it takes the write lock at once: one that had begun by reading would fail where another has written since.
    """
    made = beside(engine)
    with made.connect() as connection:
        if made.dialect.name == "sqlite":
            raw: Any = connection.connection.dbapi_connection
            raw.execute("BEGIN IMMEDIATE")
        with connection.begin():
            yield connection


def close(engine: Engine) -> None:
    """Let go of what stands beside the data of `engine`."""
    known: Engine | None = vars(engine).pop(_BESIDE, None)
    if known is not None and known is not engine:
        known.dispose()


def path_of(engine: Engine) -> Path:
    """Return the file of what stands beside a SQLite database."""
    database = Path(engine.url.database or "")
    return database.with_name(f"{database.stem}-emulator.db")


def _of_sqlite(engine: Engine) -> Engine:
    made = create_engine(engine.url.set(database=str(path_of(engine))), synchronous="OFF")
    event.listen(made, "connect", _set_page_size, insert=True)
    with made.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("BEGIN IMMEDIATE")  # of several processes that start together one makes the tables
        if connection.exec_driver_sql("PRAGMA user_version").scalar() != VERSION:
            metadata.drop_all(connection)
            metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
        connection.commit()
    return made


def _set_page_size(connection: Any, record: object) -> None:
    """Have pages that a call's bodies fit into, where the file is new: writing them takes half the time."""
    del record
    connection.execute("PRAGMA page_size=16384")


def _of_postgresql(engine: Engine) -> Engine:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        marker = f"emulator_version_{VERSION}"
        if not inspect(connection).has_table(marker):
            metadata.drop_all(connection)
            metadata.create_all(connection)
            connection.exec_driver_sql(f"CREATE TABLE {marker} ()")
    return engine
