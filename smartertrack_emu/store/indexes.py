"""Indexes of few rows: only those of a condition stand in them, so that the others pay nothing.

    few("ix_tasks_to_start", "starts_at", flags=["NOT is_started"], where="deleted_at IS NULL")

A query uses one where it says the same: a flag as `~Task.is_started`, the rest word for word by `text()`, for a
database does not look at what stands behind a parameter.
"""

from collections.abc import Sequence

from sqlalchemy import Index, text


def few(name: str, *columns: str, flags: Sequence[str] = (), where: str = "") -> Index:
    """Return an index of the rows in which all `flags` (`is_new`, `NOT is_old`) and the condition `where` hold."""
    rest = [where] if where else []
    on_sqlite = [f"{flag.removeprefix('NOT ')} = {0 if flag.startswith('NOT ') else 1}" for flag in flags]
    return Index(
        name,
        *columns,
        sqlite_where=text(" AND ".join([*on_sqlite, *rest])),
        postgresql_where=text(" AND ".join([*flags, *rest])),
    )
