"""Many ids, so many in a statement as databases take."""

from collections.abc import Iterator

LARGEST = 1_000
"""SQLite ends at 32,766 parameters, PostgreSQL at 65,535; fewer are quicker to plan."""


def batches(ids: list[int]) -> Iterator[list[int]]:
    """Give the ids in their order, at most `LARGEST` at once."""
    for start in range(0, len(ids), LARGEST):
        yield ids[start : start + LARGEST]
