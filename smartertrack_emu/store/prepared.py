"""Statements that run on nearly every call: compiled once, run on the driver itself.

SQLAlchemy writes the SQL and converts the values; its own way of running a statement costs four times what the database
needs for one row. For the few statements a server lives on that is worth the forty lines below.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any, Protocol

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnDefault,
    Connection,
    Dialect,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    insert,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from .statements import here
from .tracing import hooks, note_statement

Processor = Callable[[Any], Any]
Statement = Select[*tuple[Any, ...]] | Insert | Update

observers: list[Callable[[str], object]] = []
"""Called with the SQL of every statement run here, beside SQLAlchemy's own events: for tests that count."""


class Record(Protocol):
    """A row: its columns by name, or in order."""

    def __getattr__(self, name: str) -> Any: ...

    def __iter__(self) -> Any: ...


class Prepared:
    """A statement with named parameters (no expanding ones); an insert names every column it sets."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def one_or_none(self, session: Session, parameters: Mapping[str, Any]) -> Record | None:
        """Return the one row there is, None for none; DBAPIError as SQLAlchemy raises it."""
        connection = _connection(session)
        compiled = self._for(connection.dialect)
        row = compiled.run(connection, parameters, lambda cursor: cursor.fetchone())
        return None if row is None else compiled.record(row)

    def all(self, session: Session, parameters: Mapping[str, Any]) -> list[Record]:
        """Return all rows; DBAPIError as SQLAlchemy raises it."""
        connection = _connection(session)
        compiled = self._for(connection.dialect)
        return [compiled.record(row) for row in compiled.run(connection, parameters, lambda cursor: cursor.fetchall())]

    def run(self, session: Session, parameters: Mapping[str, Any]) -> None:
        """Run a statement that gives no rows; DBAPIError as SQLAlchemy raises it."""
        connection = _connection(session)
        self._for(connection.dialect).run(connection, parameters, lambda cursor: cursor.close())

    def _for(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        return compiled


def _connection(session: Session) -> Connection:
    connection = session.get_bind()
    assert isinstance(connection, Connection)  # noqa: S101 - units of work bind sessions to connections
    return connection


class _Compiled:
    """A statement in one database's SQL, with what turns values into its own and back."""

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self._sql: str = compiled.string
        self._order: list[str] | None = compiled.positiontup if compiled.positional else None
        into = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        self._into = [(name, processor) for name, processor in into.items() if processor is not None]
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        columns = list(statement.exported_columns)
        outof = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        make: Any = namedtuple  # noqa: PYI024 - of columns known at run time
        self.record = _converting(make("Record", [column.key for column in columns])._make, outof)

    def run(self, connection: Connection, parameters: Mapping[str, Any], fetch: Callable[[Any], Any]) -> Any:
        """Execute and fetch, with the driver's errors raised as SQLAlchemy's."""
        values = {**self._constants, **parameters}
        for name, processor in self._into:
            values[name] = processor(values[name])
        here.count += 1
        for observe in observers:
            observe(self._sql)
        begun = 0.0 if hooks.statement is None else perf_counter()
        dialect = connection.dialect
        raw: Any = connection.connection.dbapi_connection
        try:
            found = fetch(raw.execute(self._sql, values if self._order is None else [values[n] for n in self._order]))
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(
                self._sql,
                None,
                error,
                dialect.loaded_dbapi.Error,
                hide_parameters=True,
                connection_invalidated=dialect.is_disconnect(error, raw, None),
                dialect=dialect,
            ) from error
        if begun:
            rows = len(found) if isinstance(found, list) else int(found is not None)
            note_statement(begun, rows, self._sql, values)
        return found


def _converting(make: Callable[[Any], Record], processors: Sequence[Processor | None]) -> Callable[[Any], Record]:
    """Return what makes a record of a driver's row: one expression, as a search makes hundreds."""
    scope: dict[str, Any] = {"make": make} | {f"p{n}": processor for n, processor in enumerate(processors)}
    values = [f"row[{n}]," if processor is None else f"p{n}(row[{n}])," for n, processor in enumerate(processors)]
    convert: Callable[[Any], Record] = eval(f"lambda row: make(({''.join(values)}))", scope)  # noqa: S307 - of numbers
    return convert


def inserting(table: Table, *, with_id: bool = False, returning_id: bool = False) -> Prepared:
    """Prepare an insert of all of a table's columns, the id among them only where it is chosen beforehand.

    What is not given takes its column's default if that is a plain value, None where the column may be empty. Defaults
    that are computed (the time, what follows other columns) are not filled in: such a value must be given.
    """
    columns = [c for c in table.columns if c.computed is None and (with_id or c.name != "id")]
    statement = insert(table).values({column: _bound(column) for column in columns})
    return Prepared(statement.returning(table.c.id) if returning_id else statement)


def _bound(column: Column[Any]) -> BindParameter[Any]:
    if column.default is None and column.nullable:
        return bindparam(column.key, None, type_=column.type)
    if isinstance(column.default, ColumnDefault) and column.default.is_scalar:
        return bindparam(column.key, column.default.arg, type_=column.type)
    return bindparam(column.key, type_=column.type)
