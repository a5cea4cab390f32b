"""Finding tickets: the facts of one, and lists by criteria."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.customfields.models import (
    CustomField,
    FieldTemplate,
    FieldTemplateEntry,
    TicketFieldValue,
)
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.text import fold, key
from smartertrack_emu.store.prepared import Prepared, Record
from smartertrack_emu.store.types import AnyRow

from . import opened_before
from .models import Ticket
from .visibility import Sight, Which, conditions, parameters, sight_of, tickets

fields, field_values = CustomField.__table__.c, TicketFieldValue.__table__.c
templates, entries = FieldTemplate.__table__.c, FieldTemplateEntry.__table__.c

FACTS = (
    tickets.customer_email,
    tickets.id,
    tickets.agent_id,
    tickets.customer_id,
    tickets.department_id,
    tickets.group_id,
    tickets.is_active,
    tickets.is_deleted,
    tickets.is_open,
    tickets.is_pinned,
    tickets.is_spam,
    tickets.last_reply_at,
    tickets.priority,
    tickets.reply_count_in,
    tickets.reply_count_out,
    tickets.subject,
    tickets.number,
    tickets.follow_up_at,
)
"""What lists show of a ticket, in the order of `TicketInfo`."""


@dataclass(slots=True)
class TicketSearch:
    """Criteria, all of which a ticket must meet; None: any.

    Dates are of opening, both ends included. Deleted tickets are found only when asked for. `custom_fields`: a field's
    id and a text that its value contains, without letter case; where none was set, the default is the value, as it is
    shown. `max_results` None: no limit.
    """

    brand_id: int | None = None
    department_id: int | None = None
    group_id: int | None = None
    agent_id: int | None = None
    email: str | None = None
    number: str | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    has_resolution: bool | None = None
    is_active: bool | None = None
    is_open: bool | None = None
    is_spam: bool | None = None
    is_deleted: bool = False
    in_follow_up_view: bool | None = None
    priority: int | None = None
    custom_fields: dict[int, str] = field(default_factory=dict)
    ascending: bool = False
    max_results: int | None = None


def facts(session: Session, actor: Principal, which: Which) -> Record:
    """Return one ticket's facts; NotFound."""
    sight = sight_of(actor)
    found = _one(which.column, sight).one_or_none(session, {"asked": which.value, **parameters(actor, sight)})
    if found is None:
        raise NotFound(f"There is no {which.name}.")
    return found


@cache
def _one(asked_by: str, sight: Sight) -> Prepared:
    return Prepared(select(*FACTS).where(tickets[asked_by] == bindparam("asked"), *conditions(sight)))


def any_facts(session: Session, which: Which) -> AnyRow:
    """Return the facts of a ticket that was just created: whoever did so need not be in its group."""
    row: AnyRow = session.execute(select(*FACTS).where(tickets[which.column] == which.value)).one()
    return row


def search(session: Session, actor: Principal, criteria: TicketSearch) -> list[Record]:
    """Return the facts of the tickets found, by last activity, the latest first unless `ascending`.

    NotFound for a custom field that does not exist.
    """
    by_default = _found_by_default(session, criteria)
    sight = sight_of(actor)
    equal = {name: value for name, value in _equal_values(criteria).items() if value is not None}
    flags = {name: value for name in _FLAGS if (value := getattr(criteria, name)) is not None}
    values = {**equal, **parameters(actor, sight)}
    for index, (field_id, text) in enumerate(criteria.custom_fields.items()):
        values |= {f"field_{index}": field_id, f"text_{index}": containing(text)}
    bounds = {"opened_from": criteria.opened_from, "opened_to": criteria.opened_to, "max_results": criteria.max_results}
    values |= {name: value for name, value in bounds.items() if value is not None}
    if criteria.opened_to is not None:
        values |= opened_before.parameters(criteria.opened_to)
    shape = _Shape(
        sight=sight,
        equal=tuple(equal),
        flags=tuple(flags.items()),
        in_follow_up_view=criteria.in_follow_up_view,
        bounds=tuple(name for name, value in bounds.items() if value is not None),
        custom_fields=by_default,
        ascending=criteria.ascending,
    )
    return _list(shape, session.get_bind().dialect.name).all(session, values)


def containing(text: str) -> str:
    """Return the pattern of `LIKE ... ESCAPE '/'` for a folded text somewhere inside."""
    escaped = fold(text).replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"%{escaped}%"


def _found_by_default(session: Session, criteria: TicketSearch) -> tuple[bool, ...]:
    """Say of each custom field whether its default contains the text; NotFound for one that does not exist."""
    wanted = criteria.custom_fields
    if not wanted:
        return ()
    rows = session.execute(select(fields.id, fields.default_value).where(fields.id.in_(sorted(wanted))))
    defaults = {row.id: row.default_value for row in rows}
    for field_id in wanted:
        if field_id not in defaults:
            raise NotFound(f"There is no custom field {field_id}.")
    return tuple(fold(text) in fold(defaults[field_id]) for field_id, text in wanted.items())


_EQUAL = {
    "brand_id": tickets.brand_id,
    "department_id": tickets.department_id,
    "group_id": tickets.group_id,
    "agent_id": tickets.agent_id,
    "email": tickets.customer_email_key,
    "number": tickets.number,
    "priority": tickets.priority,
}
_FLAGS = {name: tickets[name] for name in ("has_resolution", "is_active", "is_open", "is_spam", "is_deleted")}


def _equal_values(criteria: TicketSearch) -> dict[str, Any]:
    return {
        "brand_id": criteria.brand_id,
        "department_id": criteria.department_id,
        "group_id": criteria.group_id,
        "agent_id": criteria.agent_id,
        "email": None if criteria.email is None else key(criteria.email),
        "number": None if criteria.number is None else criteria.number.strip().upper(),
        "priority": criteria.priority,
    }


@dataclass(frozen=True, slots=True)
class _Shape:
    """What makes one search's SQL differ from another's: which criteria there are, not their values.

    `custom_fields`: of each whether tickets are found by its default too.
    """

    sight: Sight
    equal: tuple[str, ...]
    flags: tuple[tuple[str, bool], ...]
    in_follow_up_view: bool | None
    bounds: tuple[str, ...]
    custom_fields: tuple[bool, ...]
    ascending: bool

    @property
    def is_found_by_span(self) -> bool:
        """Whether the index by last activity alone would be read from today back to the last date to be found."""
        bounds = {"opened_to", "max_results"} <= set(self.bounds)
        return bounds and not (self.ascending or self.equal or self.custom_fields)


@lru_cache(maxsize=512)
def _list(shape: _Shape, dialect: str) -> Prepared:
    # `column` and `not column` rather than `= true`: it is what the partial indexes are for.
    criteria_: list[ColumnElement[bool]] = [_EQUAL[name] == bindparam(name) for name in shape.equal]
    criteria_ += [_FLAGS[name] if value else ~_FLAGS[name] for name, value in shape.flags]
    if shape.in_follow_up_view is not None:
        is_set = tickets.follow_up_at.is_not(None)
        criteria_.append(is_set if shape.in_follow_up_view else ~is_set)
    if "opened_from" in shape.bounds:
        criteria_.append(tickets.opened_at >= bindparam("opened_from"))
    if "opened_to" in shape.bounds:
        criteria_.append(tickets.opened_at <= bindparam("opened_to"))
    criteria_ += [_field_contains(index, by_default=found) for index, found in enumerate(shape.custom_fields)]
    criteria_ += conditions(shape.sight)
    if shape.is_found_by_span:
        return Prepared(opened_before.latest(FACTS, criteria_, dialect))
    if "opened_from" in shape.bounds:
        # Nothing was active before it was opened: where to begin in the index.
        criteria_.append(tickets.last_activity_at >= bindparam("opened_from"))
    order = (tickets.last_activity_at, tickets.id)
    statement = (
        select(*FACTS).where(*criteria_).order_by(*(order if shape.ascending else [column.desc() for column in order]))
    )
    if "max_results" in shape.bounds:
        statement = statement.limit(bindparam("max_results", type_=Integer))
    return Prepared(statement)


def _field_contains(index: int, *, by_default: bool) -> ColumnElement[bool]:
    field_id: ColumnElement[Any] = bindparam(f"field_{index}")
    is_set = exists().where(field_values.ticket_id == tickets.id, field_values.field_id == field_id)
    found = is_set.where(field_values.value_folded.like(bindparam(f"text_{index}"), escape="/"))
    found = found.correlate(Ticket.__table__)
    if not by_default:
        return found
    shows_it = (
        select(templates.department_id)
        .join_from(FieldTemplate.__table__, FieldTemplateEntry.__table__, entries.template_id == templates.id)
        .where(templates.item_kind == ItemKind.TICKET, entries.field_id == field_id)
    )
    return or_(found, and_(~is_set.correlate(Ticket.__table__), tickets.department_id.in_(shows_it)))
