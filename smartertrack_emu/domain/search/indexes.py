"""Where words are looked for: one index a kind of document, on SQLite an FTS5 table, on PostgreSQL a tsvector with GIN.

Both are made by a migration and follow their table in its own transaction: FTS5 by triggers, the vector by being
generated. They hold the words of `words.py` and know no language, no stems and no rank of their own, so that both
databases find the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    String,
    Table,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

from smartertrack_emu.store.full_text import VECTOR, fts_name

from .expression import Clause, Expression


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The columns of a table that hold words: the first is the documents' title."""

    id: Column[int]
    words: tuple[Column[str], ...]

    @property
    def table(self) -> Table:
        """The table."""
        return self.id.table

    @property
    def title(self) -> Column[str]:
        """The words of the title."""
        return self.words[0]


@dataclass(frozen=True, slots=True)
class Found:
    """A statement that gives the ids of what was found, and what to sort it by so that the index alone is read."""

    statement: Select[int]
    newest_first: ColumnElement[Any]


def find(session: Session, index: SearchIndex, expression: Expression, *, in_title: bool = False) -> Found:
    """Return the statement that finds the documents of an expression, to which conditions on their table may be added.

    `in_title`: what is required must stand in the title. An expression that requires nothing finds all but what it
    excludes.
    """
    if session.get_bind().dialect.name == "sqlite":
        return _in_fts5(index, expression, in_title=in_title)
    statement = select(index.id).where(*_in_vector(index, expression, in_title=in_title))
    # With a key to sort by the planner may walk the table from its end, which is quick where it guesses right how many
    # documents have the words. How many have a phrase it cannot guess.
    return Found(statement, (index.id + literal(0) if _phrases(expression.required) else index.id).desc())


def _in_fts5(index: SearchIndex, expression: Expression, *, in_title: bool) -> Found:
    name = fts_name(index.table.name)
    fts = table(name, column("rowid", Integer))
    matches = literal_column(name, String).bool_op("MATCH")
    if not expression.required:
        statement = select(index.id)
        if expression.excluded:
            query = _any(expression.excluded)
            statement = statement.where(index.id.not_in(select(fts.c.rowid).where(matches(literal(query, String)))))
        return Found(statement, index.id.desc())
    query = _all(expression.required)
    if in_title:
        query = f"{{{index.title.name}}} : ({query})"
    if expression.excluded:
        query = f"({query}) NOT ({_any(expression.excluded)})"
    statement = select(index.id).join_from(fts, index.table, fts.c.rowid == index.id)
    return Found(statement.where(matches(literal(query, String))), fts.c.rowid.desc())


def _all(clauses: Iterable[Clause]) -> str:
    return " AND ".join(map(_quoted, clauses))


def _any(clauses: Iterable[Clause]) -> str:
    return " OR ".join(map(_quoted, clauses))


def _quoted(clause: Clause) -> str:
    # Words hold letters and digits alone, so nothing has to be escaped.
    return f'"{" ".join(clause.words)}"' + (" *" if clause.is_prefix else "")


def _in_vector(index: SearchIndex, expression: Expression, *, in_title: bool) -> list[ColumnElement[bool]]:
    vector = column(VECTOR, TSVECTOR)
    conditions: list[ColumnElement[bool]] = []
    if expression.required:
        # One look into the index for all words; the phrases among what it finds are then read.
        query = " & ".join(_lexemes(clause, in_title=in_title) for clause in expression.required)
        conditions.append(vector.bool_op("@@")(cast(literal(query, String), TSQUERY)))
        conditions += [_reads(index, clause, in_title=in_title) for clause in _phrases(expression.required)]
    single = [clause for clause in expression.excluded if len(clause.words) == 1]
    if single:
        query = " | ".join(_lexemes(clause, in_title=False) for clause in single)
        conditions.append(not_(vector.bool_op("@@")(cast(literal(query, String), TSQUERY))))
    for clause in _phrases(expression.excluded):
        query = _lexemes(clause, in_title=False)
        has_words = vector.bool_op("@@")(cast(literal(query, String), TSQUERY))
        conditions.append(not_(and_(has_words, _reads(index, clause, in_title=False))))
    return conditions


def _phrases(clauses: Iterable[Clause]) -> list[Clause]:
    return [clause for clause in clauses if len(clause.words) > 1]


def _lexemes(clause: Clause, *, in_title: bool) -> str:
    mark = "=" if in_title else ""
    last = len(clause.words) - 1
    return " & ".join(
        f"'{mark}{word}'" + (":*" if clause.is_prefix and place == last else "")
        for place, word in enumerate(clause.words)
    )


def _reads(index: SearchIndex, clause: Clause, *, in_title: bool) -> ColumnElement[bool]:
    columns: Sequence[Column[str]] = (index.title,) if in_title else index.words
    return or_(*(func.strpos(literal(" ") + words + literal(" "), clause.needle) > 0 for words in columns))
