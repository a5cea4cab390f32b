"""SQL functions that SQLite and PostgreSQL name differently."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
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
