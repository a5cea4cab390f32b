"""Many ids, so many in a statement as databases take."""

from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")

LARGEST = 1_000
"""SQLite ends at 32,766 parameters, PostgreSQL at 65,535; fewer are quicker to plan."""


def batches(ids: list[Item], size: int = LARGEST) -> Iterator[list[Item]]:
    """Give the ids, or whatever else it is, in their order, at most `size` at once."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
