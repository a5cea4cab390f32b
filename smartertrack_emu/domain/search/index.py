"""What a kind of document offers to be searched."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Table


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
