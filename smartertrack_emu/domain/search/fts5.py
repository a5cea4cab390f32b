"""Finding words on SQLite, in an FTS5 table beside the documents'."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    TableClause,
    column,
    literal,
    literal_column,
    select,
    table,
)

from smartertrack_emu.store.full_text import fts_name

from .expression import Clause, Expression
from .index import SearchIndex


def find(index: SearchIndex, expression: Expression) -> Select[int]:
    """Return the statement that gives the ids of an expression's documents."""
    if expression.required:
        return _requiring(index, expression, in_title=False)
    statement = select(index.id)
    if expression.excluded:
        fts = _fts(index)
        statement = statement.where(
            index.id.not_in(select(fts.c.rowid).where(_matches(fts, _any(expression.excluded))))
        )
    return statement


def newest_first(index: SearchIndex, expression: Expression, *, in_title: bool) -> Select[int]:
    """Return the statement that gives the ids, the highest first: FTS5 walks its lists from their ends."""
    return _requiring(index, expression, in_title=in_title).order_by(_fts(index).c.rowid.desc())


def _requiring(index: SearchIndex, expression: Expression, *, in_title: bool) -> Select[int]:
    query = _all(expression.required)
    if in_title:
        query = f"{{{index.title.name}}} : ({query})"
    if expression.excluded:
        query = f"({query}) NOT ({_any(expression.excluded)})"
    fts = _fts(index)
    statement: Select[Any] = select(index.id).join_from(fts, index.table, fts.c.rowid == index.id)
    return statement.where(_matches(fts, query))


def _fts(index: SearchIndex) -> TableClause:
    return table(fts_name(index.table.name), column("rowid", Integer))


def _matches(fts: TableClause, query: str) -> ColumnElement[bool]:
    return literal_column(fts.name, String).bool_op("MATCH")(literal(query, String))


def _all(clauses: Iterable[Clause]) -> str:
    return " AND ".join(map(_quoted, clauses))


def _any(clauses: Iterable[Clause]) -> str:
    return " OR ".join(map(_quoted, clauses))


def _quoted(clause: Clause) -> str:
    # Words hold letters and digits alone, so nothing has to be escaped.
    return f'"{" ".join(clause.words)}"' + (" *" if clause.is_prefix else "")
