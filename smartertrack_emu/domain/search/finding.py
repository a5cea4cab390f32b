"""Where words are looked for: one index a kind of document, on SQLite FTS5, on PostgreSQL GIN.

Both are made by a migration and follow their table in its own transaction: FTS5 by triggers, PostgreSQL's columns by
being generated. They hold the words of `words.py` and know no language, no stems and no rank of their own, so that both
databases find the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, union
from sqlalchemy.orm import Session

from . import fts5, vectors
from .expression import Expression
from .index import SearchIndex


def find(session: Session, index: SearchIndex, expression: Expression) -> Select[int]:
    """Return the statement that gives the ids of an expression's documents, to which conditions may be added.

    An expression that requires nothing finds all but what it excludes.
    """
    return fts5.find(index, expression) if _on_sqlite(session) else vectors.find(index, expression)


def newest(
    session: Session, index: SearchIndex, expression: Expression, among: Sequence[ColumnElement[bool]], most: int
) -> CompoundSelect[int]:
    """Return the statement that gives the ids of the newest documents of an expression that requires something.

    They are the newest `most` by their ids, and the newest `most` that have in the title all that is required, which
    are looked for where the others are not all that there are. `among`: conditions on the index's table.
    """
    if _on_sqlite(session):
        everywhere, in_title = (fts5.newest_first(index, expression, in_title=in_title) for in_title in (False, True))
    else:
        vectors.tell_planner(session)
        everywhere, in_title = (
            vectors.newest_first(index, expression, in_title=in_title) for in_title in (False, True)
        )
    last = everywhere.where(*among).limit(most).cte("last")
    are_more = select(func.count()).select_from(last).scalar_subquery() >= most
    titled = in_title.where(*among, are_more).limit(most).subquery("titled")
    return union(select(last.c[0]), select(titled.c[0]))


def _on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
