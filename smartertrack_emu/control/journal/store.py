"""The journal's table: the last calls, shared by all processes of a server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Engine,
    Float,
    Integer,
    LargeBinary,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    select,
)

from smartertrack_emu.store.beside import beside, metadata

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
    Column("searched", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""`at_us`: microseconds since 1970 by the emulated clock. `hint`: what only the call itself knew of why it failed.
`searched`: request, answer and message in comparison form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A call as it stands in the journal: masked. Bodies are cut at 64 KiB; the lengths are those of the whole."""

    id: int = 0
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
    searched: str

    @property
    def headers(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """The request's headers and the answer's."""
        return json.loads(self.request_headers), json.loads(self.response_headers)


_COLUMNS = [field.name for field in fields(Entry) if field.name != "id"]


class Journal:
    """The last `calls` calls of all processes."""

    def __init__(self, engine: Engine, calls: int) -> None:
        """Keep what stands beside the data of `engine`; `calls` 0: nothing."""
        self.calls = calls
        self._engine = engine

    def add(self, entries: Sequence[Entry]) -> None:
        """Write calls, and forget the oldest beyond as many as are kept."""
        if not self.calls:
            return
        rows = [{name: getattr(entry, name) for name in _COLUMNS} for entry in entries[-self.calls :]]
        with beside(self._engine).connect() as connection, connection.begin():
            connection.execute(insert(journal), rows)
            oldest = select(journal.c.id).order_by(journal.c.id.desc()).offset(self.calls).limit(1).scalar_subquery()
            connection.execute(delete(journal).where(journal.c.id <= oldest))

    def entries(
        self, *conditions: ColumnElement[bool], limit: int, offset: int = 0, ascending: bool = False
    ) -> list[Entry]:
        """Return calls, newest first unless told otherwise."""
        order = journal.c.id if ascending else journal.c.id.desc()
        statement = select(journal).where(and_(True, *conditions)).order_by(order).limit(limit).offset(offset)  # noqa: FBT003 - SQLAlchemy's signature
        with beside(self._engine).connect() as connection, connection.begin():
            return [Entry(**row._mapping) for row in connection.execute(statement)]  # noqa: SLF001 - a public name of SQLAlchemy's

    def entry(self, number: int) -> Entry | None:
        """Return a call by its id."""
        found = self.entries(journal.c.id == number, limit=1)
        return found[0] if found else None

    def count(self, *conditions: ColumnElement[bool]) -> int:
        """Return how many calls there are."""
        with beside(self._engine).connect() as connection, connection.begin():
            return connection.scalar(select(func.count()).select_from(journal).where(and_(True, *conditions))) or 0  # noqa: FBT003 - SQLAlchemy's signature

    def newest(self) -> int:
        """Return the greatest id, 0 where there is none."""
        with beside(self._engine).connect() as connection, connection.begin():
            return connection.scalar(select(func.max(journal.c.id))) or 0

    def clear(self) -> int:
        """Forget all calls, and say how many there were; ids go on."""
        with beside(self._engine).connect() as connection, connection.begin():
            result: Any = connection.execute(delete(journal))
            return int(result.rowcount)
