"""Where words are looked for: one index a kind of document, on SQLite FTS5, on PostgreSQL GIN.

Both are made by a migration and follow their table in its own transaction: FTS5 by triggers, PostgreSQL's columns by
being generated. They hold the words of `words.py` and know no language, no stems and no rank of their own, so that both
databases find the same.
"""

from __future__ import annotations

from sqlalchemy import Select
from sqlalchemy.orm import Session

from . import fts5, vectors
from .expression import Expression
from .index import SearchIndex


def find(session: Session, index: SearchIndex, expression: Expression) -> Select[int]:
    """Return the statement that gives the ids of an expression's documents, to which conditions may be added.

    An expression that requires nothing finds all but what it excludes.
    """
    return fts5.find(index, expression) if _on_sqlite(session) else vectors.find(index, expression)


def newest_first(session: Session, index: SearchIndex, expression: Expression, *, in_title: bool) -> Select[int]:
    """Return the statement that gives the ids, the highest first; conditions and a limit are to be added.

    `in_title`: what is required must stand in the title. The expression requires something.
    """
    searched = fts5.newest_first if _on_sqlite(session) else vectors.newest_first
    return searched(index, expression, in_title=in_title)


def prepare(session: Session) -> None:
    """Get ready to run what `newest_first` returns in this transaction."""
    if not _on_sqlite(session):
        vectors.tell_planner(session)


def _on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
