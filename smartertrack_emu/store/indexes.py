"""Indexes of few rows: only those of a condition stand in them, so that the others pay nothing.

    few("ix_tasks_to_start", "starts_at", where="NOT is_started AND deleted_at IS NULL")

A job that finds nothing due by one has read one page. A query uses one where it says the same: a flag as
`~Task.is_started`, the rest word for word by `text()`, for a database does not look at what stands behind a parameter.
"""

import re
from typing import Final

from sqlalchemy import Index, text

_FLAG: Final = re.compile(r"(NOT )?\b(is_\w+)")


def few(name: str, *columns: str, where: str) -> Index:
    """Return an index of the rows of which a condition holds, whose flags begin with `is_`."""
    # SQLite compares the words with those of the query, in which SQLAlchemy writes flags as numbers.
    on_sqlite = _FLAG.sub(lambda found: f"{found[2]} = {0 if found[1] else 1}", where)
    return Index(name, *columns, sqlite_where=text(on_sqlite), postgresql_where=text(where))
