"""What a test changes about the server for a while."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

__tracebackhide__ = True  # pytest shows the line of the test


class Change(ABC):
    """A change that is undone by the end of a `with` block. `is_set`: it has been made and not undone."""

    is_set = True

    @abstractmethod
    def undo(self) -> None:
        """Undo it; the second time nothing is done."""

    def forget(self) -> None:
        """Leave nothing to undo: the server has been put back otherwise."""
        self.is_set = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.undo()
