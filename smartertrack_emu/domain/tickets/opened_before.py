"""The latest active of the tickets opened by a moment, class by class of their spans (see `spans`), in one statement.

    not active since                   index by last activity, from the moment back
    active since, class 0 to the last  a piece of an index for each

Each database has its own way of not doing more than it must: SQLite merges the pieces row by row, and stops when it
has enough; PostgreSQL would prefer to read one long index for some of them, unless the pieces are put so that no other
index than by class can give them in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    literal_column,
    select,
    text,
    tuple_,
    union_all,
)

from . import spans
from .models import Ticket

tickets = Ticket.__table__.c
_at, _span, _id = tickets.last_activity_at, tickets.activity_span, tickets.id
_moment: ColumnElement[Any] = bindparam("opened_to", type_=_at.type)
_at_most = bindparam("max_results", type_=Integer)


def latest(
    columns: Sequence[ColumnElement[Any]], criteria: Sequence[ColumnElement[bool]], dialect: str
) -> Select[*tuple[Any, ...]]:
    """Return the statement: `columns` of the tickets that meet `criteria` (the date opened among them), latest first.

    Its parameters beside those of the criteria: `opened_to`, `max_results`, and what `parameters` gives.
    """
    found = _merged(criteria) if dialect == "sqlite" else _sorted(criteria)
    return select(*columns).join_from(found, Ticket.__table__, found.c.id == _id).order_by(_at.desc(), _id.desc())


def parameters(moment: datetime) -> dict[str, datetime]:
    """Return by when the tickets of each class had their last activity that were open across a moment."""
    return {f"latest_{span}": spans.latest_activity(span, moment) for span in range(spans.LAST + 1)}


def _until(span: int) -> ColumnElement[Any]:
    return bindparam(f"latest_{span}", type_=_at.type)


def _class(span: int) -> ColumnElement[Any]:
    # Not a parameter: a partial index serves only who says its condition.
    return literal_column(str(span))


def _short_ones() -> ColumnElement[bool]:
    return and_(_span == _class(0), _at > _moment, _at <= _until(0))


def _merged(criteria: Sequence[ColumnElement[bool]]) -> Subquery:
    pieces = [_at <= _moment, _short_ones()]
    pieces += [
        and_(_span == _class(span), _span > _class(0), _at > _moment, _at <= _until(span))
        for span in range(1, spans.LAST + 1)
    ]
    found = [select(_id.label("id"), _at.label("at")).where(*criteria, piece) for piece in pieces]
    return union_all(*found).order_by(text("at DESC"), text("id DESC")).limit(_at_most).subquery()


def _sorted(criteria: Sequence[ColumnElement[bool]]) -> Subquery:
    plain = (_at.desc(), _id.desc())
    pieces: list[tuple[ColumnElement[bool], tuple[ColumnElement[Any], ...]]] = [
        (_at <= _moment, plain),
        (_short_ones(), plain),
    ]
    for span in range(1, spans.LAST + 1):
        after = tuple_(_span, _at) > tuple_(_class(span), _moment)
        until = tuple_(_span, _at) <= tuple_(_class(span), _until(span))
        pieces.append((and_(_span > _class(0), after, until), (_span.desc(), *plain)))
    found = [
        select(_id, _at).where(*criteria, piece).order_by(*order).limit(_at_most).subquery() for piece, order in pieces
    ]
    together = union_all(*(select(*piece.c) for piece in found)).subquery()
    order = (together.c.last_activity_at.desc(), together.c.id.desc())
    return select(together.c.id).order_by(*order).limit(_at_most).subquery()
