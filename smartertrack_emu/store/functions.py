"""SQL functions that SQLite and PostgreSQL name differently."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class comma_list(FunctionElement[str]):  # noqa: N801 - it reads as the SQL function it is
    """An aggregate: the values of a number column, joined by commas; NULL for none.

    SQLAlchemy's `aggregate_strings` does the same with a separator that cannot stand in a statement compiled for good.
    """

    type = String()
    inherit_cache = True


@compiles(comma_list, "sqlite")
def _on_sqlite(element: comma_list, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)})"


@compiles(comma_list, "postgresql")
def _on_postgresql(element: comma_list, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg(CAST({compiler.process(element.clauses, **options)} AS VARCHAR), ',')"


class minutes_between(FunctionElement[float]):  # noqa: N801 - it reads as the SQL function it is
    """The minutes from one moment to another, of columns that hold moments; NULL where one is."""

    type = Float()
    inherit_cache = True


@compiles(minutes_between, "sqlite")
def _minutes_on_sqlite(element: minutes_between, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 1440)"


@compiles(minutes_between, "postgresql")
def _minutes_on_postgresql(element: minutes_between, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(EXTRACT(EPOCH FROM {end} - {start}) / 60)"


class after_at_sign(FunctionElement[str]):  # noqa: N801 - it reads as the SQL function it is
    """What stands behind the first `@` of an address, all of it where there is none; NULL for NULL."""

    type = String()
    inherit_cache = True


@compiles(after_at_sign, "sqlite")
def _after_on_sqlite(element: after_at_sign, compiler: SQLCompiler, **options: Any) -> str:
    address = compiler.process(element.clauses, **options)
    return f"substr({address}, instr({address}, '@') + 1)"


@compiles(after_at_sign, "postgresql")
def _after_on_postgresql(element: after_at_sign, compiler: SQLCompiler, **options: Any) -> str:
    address = compiler.process(element.clauses, **options)
    return f"substr({address}, strpos({address}, '@') + 1)"
