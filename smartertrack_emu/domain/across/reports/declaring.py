"""Declaring a report: a function over a span, with its title, its columns, and what it is about in its docstring."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy.orm import Session

from .measures import Rows
from .spans import Span

Query = Callable[[Session, Span], Rows]


class Declared(NamedTuple):
    """A report: what it is called, its columns, and what makes its rows."""

    title: str
    columns: tuple[str, ...]
    rows: Query

    @property
    def told(self) -> str:
        """What it is about."""
        return " ".join((inspect.getdoc(self.rows) or "").split())


DECLARED: dict[str, Declared] = {}
"""All reports that were declared, by their titles."""


def report(title: str, *columns: str) -> Callable[[Query], Query]:
    """Declare a report."""

    def declare(query: Query) -> Query:
        DECLARED[title] = Declared(title, columns, query)
        return query

    return declare
