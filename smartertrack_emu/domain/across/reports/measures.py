"""How reports count: items of a span, by day or by what they belong to, each in one statement.

    by_day(session, span, TICKETS, *figures)                     a row a day, also where nothing happened
    grouped(session, span, TICKETS, [Department.name], *figures) a row for each department that has some

What is counted is read by the index of its moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, column, func, select, values
from sqlalchemy.orm import InstrumentedAttribute, Session

from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.tasks.models import Task
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.store.functions import minutes_between
from smartertrack_emu.store.types import UtcDateTime

from .spans import Span

Cell = str | int | float | datetime | None
Rows = list[tuple[Cell, ...]]
Figure = ColumnElement[Any]

AGENT: Figure = func.coalesce(func.nullif(User.display_name, ""), User.username)
"""What reports call an agent."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: rows of a model, those of which `there` holds, by their `moment`."""

    id: InstrumentedAttribute[int]
    moment: InstrumentedAttribute[datetime]
    there: ColumnElement[bool]

    @property
    def number(self) -> Figure:
        """How many there are."""
        return func.count(self.id)

    def within(self, span: Span) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions that a row is there and of the span."""
        return self.moment >= span.start, self.moment < span.end, self.there


TICKETS = Counted(Ticket.id, Ticket.opened_at, ~Ticket.is_deleted)
CHATS = Counted(Chat.id, Chat.started_at, ~Chat.is_deleted)
CALL_LOGS = Counted(CallLog.id, CallLog.created_at, CallLog.deleted_at.is_(None))
TASKS = Counted(Task.id, Task.created_at, Task.deleted_at.is_(None))


def by_day(session: Session, span: Span, counted: Counted, *figures: Figure) -> Rows:
    """Return the figures of each day of a span."""
    days = list(span.days())
    if not days:
        return []
    numbered = values(
        column("number", Integer), column("begins", UtcDateTime()), column("ends", UtcDateTime()), name="days"
    )
    table = numbered.data([(number, start, end) for number, (_, start, end) in enumerate(days)]).cte("days")
    # The whole span beside each day's: PostgreSQL knows how many rows that are.
    of_day = and_(counted.moment >= table.c.begins, counted.moment < table.c.ends, *counted.within(span))
    statement = select(table.c.number, *figures).select_from(table).outerjoin(counted.id.class_, of_day)
    rows = session.execute(statement.group_by(table.c.number).order_by(table.c.number))
    return [(days[number][0], *map(shown, row)) for number, *row in rows]


def grouped(
    session: Session, span: Span, counted: Counted, by: Sequence[Figure | Any], joined: Sequence[Any], *figures: Figure
) -> Rows:
    """Return the figures of a span by the columns `by`, in their order; `joined`: what has them, and how."""
    statement: Select[*tuple[Any, ...]] = select(*by, *figures).select_from(counted.id.class_)
    for target, condition in joined:
        statement = statement.join(target, condition)
    rows = session.execute(statement.where(*counted.within(span)).group_by(*by).order_by(*by))
    return [tuple(map(shown, row)) for row in rows]


def of(condition: ColumnElement[bool] | InstrumentedAttribute[bool]) -> Figure:
    """Count the rows of which a condition holds."""
    return func.count().filter(condition)


def total(amount: Any) -> Figure:
    """Add something up; nothing is 0."""
    return func.coalesce(func.sum(amount), 0)


def minutes(start: Any, end: Any) -> Figure:
    """Return the minutes between two columns."""
    return minutes_between(start, end)


def shown(value: Any) -> Cell:
    """Return a value as reports show it: numbers with two digits behind the point, whole ones without."""
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        rounded = round(value, 2)
        return int(rounded) if rounded == int(rounded) else rounded
    return value  # type: ignore[no-any-return]


def without(rows: Rows, place: int) -> Rows:
    """Leave out a column, such as the id that tells apart what is called alike."""
    return [row[:place] + row[place + 1 :] for row in rows]
