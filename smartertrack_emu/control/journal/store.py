"""The journal's table: the last calls, shared by all processes of a server."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Float,
    Integer,
    LargeBinary,
    Table,
    Text,
    delete,
    func,
    select,
    update,
)

from smartertrack_emu.store.beside import beside, metadata

from .capture import MOST_BODY

_ID = BigInteger().with_variant(Integer(), "sqlite")

journal = Table(
    "emulator_journal",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("at_us", BigInteger, nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("statements", Integer, nullable=False),
    Column("client", Text, nullable=False),
    Column("protocol", Text),
    Column("service", Text),
    Column("operation", Text),
    Column("user", Text),
    Column("outcome", Text, nullable=False),
    Column("code", Integer),
    Column("message", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("request_bytes", BigInteger, nullable=False),
    Column("response_bytes", BigInteger, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("request_headers", Text, nullable=False),
    Column("request_body", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("response_headers", Text, nullable=False),
    Column("response_body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""`at_us`: microseconds since 1970 by the emulated clock. `hint`: what only the call itself knew of why it failed."""


class Entry(NamedTuple):
    """A call as it stands in the journal: masked. Bodies are cut at 64 KiB; the lengths are those of the whole.

    `id`: 0 before it is there. Headers are lines.
    """

    at_us: int
    milliseconds: float
    statements: int
    client: str
    protocol: str | None
    service: str | None
    operation: str | None
    user: str | None
    outcome: str
    code: int | None
    message: str
    hint: str
    request_bytes: int
    response_bytes: int
    method: str
    path: str
    request_headers: str
    request_body: bytes
    status: int
    response_headers: str
    response_body: bytes
    id: int = 0

    @property
    def request_cut(self) -> bool:
        """Whether more of the request's body came than is kept."""
        return self.request_bytes > MOST_BODY or (self.request_bytes > 0 and not self.request_body)

    @property
    def response_cut(self) -> bool:
        """Whether the answer's body was longer than what is kept."""
        return self.response_bytes > MOST_BODY

    @property
    def headers(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """The request's headers and the answer's."""
        return _pairs(self.request_headers), _pairs(self.response_headers)


def _pairs(lines: str) -> list[tuple[str, str]]:
    pairs = (line.partition(": ") for line in lines.split("\n") if line)
    return [(name, value) for name, _, value in pairs]


_COLUMNS = Entry._fields[:-1]
_READ = [journal.c[name] for name in Entry._fields]
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_INSERT = f"INSERT INTO {journal.name} ({_NAMES}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608 - our own names
_COPY = f"COPY {journal.name} ({_NAMES}) FROM STDIN"
_IN_ORDER = f"LOCK TABLE {journal.name} IN SHARE ROW EXCLUSIVE MODE"
"""Ids are given out when rows are written and seen when they are committed: whoever follows them must miss none."""

_ROWS_AT_ONCE = 20


reader = Table(
    "emulator_journal_reader",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
)
"""When somebody read the journal last, in seconds since 1970 by the machine's clock: one row."""


class Journal:
    """The last `calls` calls of all processes."""

    def __init__(self, engine: Engine, calls: int) -> None:
        """Keep what stands beside the data of `engine`; `calls` 0: nothing."""
        self.calls = calls
        self.before_reading: Callable[[], object] = lambda: None
        """Called before the journal is read: what has not been written yet is to be."""
        self._engine = engine

    def _begin(self) -> AbstractContextManager[Connection]:
        return beside(self._engine).begin()

    def add(self, entries: Sequence[Entry]) -> None:
        """Write calls, and forget the oldest beyond as many as are kept."""
        rows = [entry[:-1] for entry in entries[-self.calls :]] if self.calls else []
        if not rows:
            return
        with self._begin() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(_INSERT, rows)
            else:
                connection.exec_driver_sql(_IN_ORDER)
                raw: Any = connection.connection.dbapi_connection
                with raw.cursor() as cursor, cursor.copy(_COPY) as copy:
                    for row in rows:
                        copy.write_row(row)
            oldest = select(journal.c.id).order_by(journal.c.id.desc()).offset(self.calls).limit(1).scalar_subquery()
            connection.execute(delete(journal).where(journal.c.id <= oldest))

    def entries(
        self, *conditions: ColumnElement[bool], limit: int | None = None, offset: int = 0, ascending: bool = False
    ) -> Iterator[Entry]:
        """Give calls, newest first unless told otherwise; few are in memory at once, and no transaction is open."""
        self.before_reading()
        order = journal.c.id if ascending else journal.c.id.desc()
        further: list[ColumnElement[bool]] = []
        left = sys.maxsize if limit is None else limit
        while left > 0:
            size = min(left, _ROWS_AT_ONCE)
            statement = select(*_READ).where(*conditions, *further).order_by(order).limit(size).offset(offset)
            with self._begin() as connection:
                rows = connection.execute(statement).all()
            for row in rows:
                yield Entry(*row)
            if len(rows) < size:
                return
            last = rows[-1].id
            further = [journal.c.id > last if ascending else journal.c.id < last]
            offset = 0
            left -= size

    def entry(self, number: int) -> Entry | None:
        """Return a call by its id."""
        return next(self.entries(journal.c.id == number, limit=1), None)

    def count(self, *conditions: ColumnElement[bool]) -> int:
        """Return how many calls there are."""
        self.before_reading()
        with self._begin() as connection:
            return connection.scalar(select(func.count()).select_from(journal).where(*conditions)) or 0

    def newest(self) -> int:
        """Return the greatest id, 0 where there is none."""
        self.before_reading()
        with self._begin() as connection:
            return connection.scalar(select(func.max(journal.c.id))) or 0

    def clear(self) -> int:
        """Forget all calls, and say how many there were; ids go on."""
        self.before_reading()
        with self._begin() as connection:
            result: Any = connection.execute(delete(journal))
            return int(result.rowcount)

    def say_read(self) -> None:
        """Let all processes know that somebody reads."""
        now = time.time()
        with self._begin() as connection:
            if not connection.execute(update(reader).values(at=now)).rowcount:
                statement = "INSERT INTO emulator_journal_reader (id, at) VALUES (1, {}) ON CONFLICT DO NOTHING"
                connection.exec_driver_sql(statement.format(repr(now)))

    def seconds_since_read(self) -> float:
        """Return how long ago somebody read, in whichever process."""
        with self._begin() as connection:
            return time.time() - (connection.scalar(select(reader.c.at)) or 0.0)
