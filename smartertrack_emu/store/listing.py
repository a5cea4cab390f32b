"""Lists that a caller orders, narrows and pages by columns they name: the database does it, alike on both kinds.

columns = {"name": Listed(Campaign.name, "text"), "next_try_at": Listed(Contact.next_try_at, "moment", empty=True)}
where(columns, [Condition("name", "~", "acme")])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Float, Select, func, literal, or_
from sqlalchemy.orm import Session

from .folding import fold_letters, folded

Kind: TypeAlias = Literal["text", "number", "flag", "moment"]
Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">=", "~"]

PRECISION = timedelta(milliseconds=1)
"""Of the moments that callers give and are given: one is equal to all within a millisecond."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A column of a list. `empty`: it may be null. `ordered_by`: what has the same order, and an index of it."""

    expression: ColumnElement[Any]
    kind: Kind
    empty: bool = False
    ordered_by: ColumnElement[Any] | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row must meet; `value` None: null, which `=` and `!=` alone compare with. `~`: a text contains it."""

    column: str
    operator: Operator
    value: int | float | bool | str | datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of a list, and in which order; ties go by id, ascending. `most` None: all."""

    order_by: str
    ascending: bool = True
    conditions: Sequence[Condition] = field(default=())
    start: int = 0
    most: int | None = None


def where(columns: Mapping[str, Listed], conditions: Sequence[Condition]) -> list[ColumnElement[bool]]:
    """Return the conditions as SQL; all values are bound."""
    return [_met(columns[one.column], one) for one in conditions]


def _met(listed: Listed, condition: Condition) -> ColumnElement[bool]:
    value: Any = condition.value
    if value is None:
        is_null = listed.expression.is_(None)
        return is_null if condition.operator == "=" else ~is_null
    if listed.kind == "moment":
        return _met_by_moment(listed, condition.operator, value)
    expression = listed.expression
    if listed.kind == "text":
        expression, value = folded(expression), fold_letters(value)
        if condition.operator == "~":
            return expression.contains(value, autoescape=True)
    elif listed.kind == "number":  # of any column: a value beyond its type is greater than all in it
        value = literal(value, BigInteger() if isinstance(value, int) else Float())
    return _compared(expression, condition.operator, value)


def _compared(expression: ColumnElement[Any], operator: Operator, value: Any) -> ColumnElement[bool]:
    met: ColumnElement[bool]
    if operator == "=":
        met = expression == value
    elif operator == "!=":
        met = or_(expression.is_(None), expression != value)
    elif operator == "<":
        met = expression < value
    elif operator == "<=":
        met = expression <= value
    elif operator == ">":
        met = expression > value
    else:
        met = expression >= value
    return met


def _met_by_moment(listed: Listed, operator: Operator, value: datetime) -> ColumnElement[bool]:
    expression, after = listed.expression, value + PRECISION
    met: ColumnElement[bool]
    if operator == "=":
        met = (expression >= value) & (expression < after)
    elif operator == "!=":
        met = or_(expression.is_(None), expression < value, expression >= after)
    elif operator == "<":
        met = expression < value
    elif operator == "<=":
        met = expression < after
    elif operator == ">":
        met = expression >= after
    else:
        met = expression >= value
    return met


def order(columns: Mapping[str, Listed], wanted: Wanted, tie: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Return the order of a list as SQL: null before all else, texts without letter case."""
    listed = columns[wanted.order_by]
    expression = listed.expression if listed.ordered_by is None else listed.ordered_by
    expression = folded(expression) if listed.kind == "text" else expression
    ordered = expression.asc() if wanted.ascending else expression.desc()
    if listed.empty:
        ordered = ordered.nulls_first() if wanted.ascending else ordered.nulls_last()
    return [ordered, tie]


def total_known(wanted: Wanted, returned: int) -> int | None:
    """Return how many rows there are without limits, where the rows returned tell; else they are to be counted."""
    if wanted.most is None and not wanted.start:
        return returned
    if wanted.most is not None and 0 < returned < wanted.most:
        return wanted.start + returned
    if wanted.most is None and returned:
        return wanted.start + returned
    return None


Fields: TypeAlias = Mapping[Any, Any]
"""A row by the names of its columns."""


class Page(NamedTuple):
    """Rows of a list, by the names of the columns, and how many there are without limits."""

    rows: Sequence[Fields]
    total: int


def read(
    session: Session, base: Select[Any], columns: Mapping[str, Listed], wanted: Wanted, *, tie: ColumnElement[Any]
) -> Page:
    """Return a page of what `base` selects from, in one statement, or two where the rows do not tell their number.

    `tie`: what rows that are alike are ordered by.
    """
    met = where(columns, wanted.conditions)
    rows = session.execute(paged(base, columns, wanted, tie=tie)).mappings().all()
    total = total_known(wanted, len(rows))
    if total is None:
        total = session.scalar(base.with_only_columns(func.count()).where(*met)) or 0
    return Page(rows, total)


def paged(
    base: Select[Any],
    columns: Mapping[str, Listed],
    wanted: Wanted,
    *,
    tie: ColumnElement[Any],
    of: Sequence[ColumnElement[Any]] = (),
) -> Select[Any]:
    """Return the statement of a page: of all columns, or of those in `of`."""
    shown = of or [listed.expression.label(name) for name, listed in columns.items()]
    statement = base.with_only_columns(*shown)
    statement = statement.where(*where(columns, wanted.conditions)).order_by(*order(columns, wanted, tie))
    # Bound as 64 bits, which is what callers may give.
    if wanted.most is not None:
        statement = statement.limit(literal(wanted.most, BigInteger()))
    return statement.offset(literal(wanted.start, BigInteger())) if wanted.start else statement
