"""How long a ticket has been active, roughly: what makes "opened before, latest activity first" quick to answer.

The tickets opened by a moment, by last activity: those not active since come straight from the index. The others were
open across the moment, and there is no order in which they stand together, unless one knows how long they were active:
of those that were for up to four hours, all have their last activity within four hours of the moment. So the database
keeps the class of each ticket's span, from its opening to its last activity, and each class is a short piece of an
index.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SmallInteger
from sqlalchemy.ext.compiler import compiles

HOURS = tuple(4**step for step in range(9))
"""The longest span of each class: 0 is up to an hour, 1 up to four, and so on; the last class has no end."""

LAST = len(HOURS)

_SLACK = timedelta(seconds=1)
"""SQLite's arithmetic with dates is exact to a millisecond."""


class Span(ColumnElement[int]):
    """The class of a ticket's span, in each database's SQL as it gives it back."""

    type = SmallInteger()
    inherit_cache = True


@compiles(Span, "sqlite")
def _on_sqlite(element: Span, compiler: Any, **options: Any) -> str:
    del element, compiler, options
    span = "(julianday(last_activity_at) - julianday(opened_at)) * 24"
    return _cases(f"{span} <= {{hours}}")


@compiles(Span, "postgresql")
def _on_postgresql(element: Span, compiler: Any, **options: Any) -> str:
    del element, compiler, options
    return _cases("((last_activity_at - opened_at) <= '{hours:02}:00:00'::interval)")


def _cases(condition: str) -> str:
    cases = " ".join(f"WHEN {condition.format(hours=hours)} THEN {number}" for number, hours in enumerate(HOURS))
    return f"CASE {cases} ELSE {LAST} END"


def latest_activity(number: int, moment: datetime) -> datetime:
    """Return by when the tickets of a class had their last activity that were open across a moment."""
    if number == LAST:
        return datetime.max.replace(tzinfo=UTC)
    try:
        return moment + timedelta(hours=HOURS[number]) + _SLACK
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
