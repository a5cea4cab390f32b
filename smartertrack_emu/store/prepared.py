"""Selects that run on nearly every call: compiled once, run on the driver itself.

SQLAlchemy writes the SQL and converts the values; its own way of running a statement costs four times what the database
needs for one row. For the few statements a server lives on that is worth the forty lines below.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Processor = Callable[[Any], Any]

observers: list[Callable[[str], object]] = []
"""Called with the SQL of every statement run here, beside SQLAlchemy's own events: for tests that count."""


class Record(Protocol):
    """A row: its columns by name, or in order."""

    def __getattr__(self, name: str) -> Any: ...

    def __iter__(self) -> Any: ...


class Prepared:
    """A select with named parameters (no expanding ones)."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def one_or_none(self, session: Session, parameters: Mapping[str, Any]) -> Record | None:
        """Return the one row there is, None for none; DBAPIError as SQLAlchemy raises it."""
        connection = session.get_bind()
        assert isinstance(connection, Connection)  # noqa: S101 - units of work bind sessions to connections
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = self._compiled[connection.dialect.name] = _Compiled(self._statement, connection.dialect)
        found: Record | None = compiled.first(connection, parameters)
        return found


class _Compiled:
    """A statement in one database's SQL, with what turns values into its own and back."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self._sql: str = compiled.string
        self._order: list[str] | None = compiled.positiontup if compiled.positional else None
        self._into: dict[str, Processor | None] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()
        }
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        columns = statement.selected_columns
        outof = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._outof = [(index, processor) for index, processor in enumerate(outof) if processor is not None]
        record: Any = namedtuple("Record", [column.key for column in columns])  # type: ignore[misc]  # noqa: PYI024
        self._record = record._make

    def first(self, connection: Connection, parameters: Mapping[str, Any]) -> Any:
        values = {**self._constants, **parameters}
        for name, processor in self._into.items():
            if processor is not None:
                values[name] = processor(values[name])
        for observe in observers:
            observe(self._sql)
        dialect = connection.dialect
        raw: Any = connection.connection.dbapi_connection
        try:
            sent = values if self._order is None else [values[name] for name in self._order]
            row = raw.execute(self._sql, sent).fetchone()
        except dialect.loaded_dbapi.Error as error:
            gone = dialect.is_disconnect(error, raw, None)
            raise DBAPIError.instance(
                self._sql, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=gone,
                dialect=dialect,
            ) from error  # fmt: skip
        if row is None:
            return None
        converted = list(row)
        for index, processor in self._outof:
            converted[index] = processor(converted[index])
        return self._record(converted)
