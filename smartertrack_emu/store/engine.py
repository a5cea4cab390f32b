"""One engine for SQLite and PostgreSQL: transactions begun in so many words, so that who writes says so at once."""

import sqlite3
import threading
import time
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy import create_engine as sqlalchemy_engine
from sqlalchemy.exc import ArgumentError

from smartertrack_emu.store.encryption import KeyFile, give_key
from smartertrack_emu.store.tracing import waiting_for
from smartertrack_emu.store.waiting import waiting

SYNCHRONOUS: Final = ("OFF", "NORMAL", "FULL", "EXTRA")
"""What SQLite knows; FULL: an answered call survives a loss of power."""

_PAGES_BETWEEN_CHECKPOINTS = 4000
"""16 MB of write-ahead log: the same few pages change again and again, and reach the database file once."""

_CACHE_KIBIBYTES = 6 * 1024
"""Of each connection; SQLite's own 2 MB are less than the indexes of a few thousand tickets."""

WRITERS_TURN = "_writers_turn"
"""Where a SQLite engine has its `WritersTurn`."""

SUPPORTED = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"


class UnsupportedDatabaseError(ValueError):
    """The database URL is malformed or names a database that is not supported; never repeats the URL's password."""


def create_engine(
    url: str | URL,
    *,
    synchronous: str = "FULL",
    busy_timeout_ms: int = 5000,
    pool_size: int = 5,
    connect_timeout_s: int = 5,
    key: KeyFile | None = None,
) -> Engine:
    """An engine for `url`; nothing is connected yet.

    `busy_timeout_ms`: how long a writer waits for another one (SQLite) or for a row that another holds (PostgreSQL).
    `pool_size`: how many idle connections are kept beside those the units of work hold; more are opened when needed.
    `connect_timeout_s`: for PostgreSQL. `key`: encrypts the columns of type `Secret`, of which none can be read or
    written without. Raises `UnsupportedDatabaseError`.
    """
    parsed = _supported(url)
    if parsed.get_backend_name() == "sqlite":
        engine = _sqlite(parsed, synchronous=synchronous, busy_timeout_ms=busy_timeout_ms, pool_size=pool_size)
    else:
        engine = _postgresql(
            parsed, pool_size=pool_size, connect_timeout_s=connect_timeout_s, busy_timeout_ms=busy_timeout_ms
        )
    give_key(engine, key)
    return engine


def _supported(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
        backend, _, driver = parsed.drivername.partition("+")
    except (ArgumentError, ValueError):
        # Not chained: SQLAlchemy's own error repeats parts of the URL.
        raise UnsupportedDatabaseError(f"the database URL cannot be read: give {SUPPORTED}") from None
    if backend in {"postgresql", "postgres"} and driver in {"", "psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite" or driver not in {"", "pysqlite"}:
        raise UnsupportedDatabaseError(f"no support for databases of the kind {parsed.drivername!r}: give {SUPPORTED}")
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise UnsupportedDatabaseError("SQLite needs a file, which all connections share: give sqlite:///FILE")
    return parsed


def _sqlite(url: URL, *, synchronous: str, busy_timeout_ms: int, pool_size: int) -> Engine:
    mode = synchronous.upper()
    if mode not in SYNCHRONOUS:
        raise ValueError(f"synchronous is one of {', '.join(SYNCHRONOUS)}, not {synchronous!r}")
    engine = sqlalchemy_engine(
        url,
        pool_size=pool_size,
        max_overflow=-1,
        hide_parameters=True,  # an error must not carry a password's hash or a customer's words into the log
        connect_args={
            "isolation_level": None,  # BEGIN is ours to say
            "timeout": busy_timeout_ms / 1000,
            "check_same_thread": False,  # a connection serves one unit of work at a time, in whichever thread
            "cached_statements": 512,
        },
    )

    def prepare(connection: sqlite3.Connection, record: object) -> None:
        del record
        _switch_to_wal(connection, busy_timeout_ms / 1000)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA synchronous={mode}")
        connection.execute(f"PRAGMA wal_autocheckpoint={_PAGES_BETWEEN_CHECKPOINTS}")
        connection.execute(f"PRAGMA cache_size=-{_CACHE_KIBIBYTES}")
        connection.create_function("folded", 1, _folded, deterministic=True)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    vars(engine)[WRITERS_TURN] = WritersTurn(busy_timeout_ms / 1000)
    return engine


class WritersTurn:
    """Whose turn it is to write, among the threads of this process.

    SQLite has one writer and lets the others ask again after ever longer naps; threads that queue here are woken at
    once. Between processes SQLite's own way remains.
    """

    def __init__(self, patience_s: float) -> None:
        self._lock = threading.Lock()
        self.patience_s = patience_s

    def take(self, *, patient: bool) -> bool:
        """Wait for the turn; False when it did not come in time, or at once where one is not patient.

        Raises `CrowdedError` where too many wait for something already.
        """
        if self._lock.acquire(blocking=False):
            return True
        if not patient:
            return False
        with waiting(), waiting_for("SQLite's write lock, of this process"):
            return self._lock.acquire(timeout=self.patience_s)

    def pass_on(self) -> None:
        """Let the next one write."""
        self._lock.release()


def _folded(text: Any) -> Any:
    """Fold a text in SQL; most connections never do, so what it needs is made by the first."""
    from smartertrack_emu.store.folding import fold_letters  # noqa: PLC0415

    return fold_letters(text) if isinstance(text, str) else text


def _switch_to_wal(connection: sqlite3.Connection, patience_s: float) -> None:
    """Write-ahead logging, which stays with the file; several processes may be switching a new file at once."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # The switch does not wait as other statements do.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    raw: Any = connection.connection.dbapi_connection
    if not raw.in_transaction:
        raw.execute("BEGIN")


def _postgresql(url: URL, *, pool_size: int, connect_timeout_s: int, busy_timeout_ms: int) -> Engine:
    engine = sqlalchemy_engine(
        url,
        pool_size=pool_size,
        max_overflow=-1,
        pool_pre_ping=True,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",  # of the driver: BEGIN is ours to say, as on SQLite
        connect_args={
            "options": f"-c timezone=UTC -c lock_timeout={busy_timeout_ms}",
            "connect_timeout": connect_timeout_s,
        },
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _begin_postgresql(connection: Connection) -> None:
    raw: Any = connection.connection.dbapi_connection
    if not raw.pgconn.transaction_status:  # 0: idle
        raw.execute("BEGIN")
