"""Finding tickets: the facts of one, and lists by criteria."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.customfields.models import CustomField, TicketFieldValue
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.text import fold, key
from smartertrack_emu.store.prepared import Prepared, Record
from smartertrack_emu.store.types import AnyRow

from .models import Ticket
from .visibility import Sight, Which, conditions, parameters, sight_of, tickets, visible_to

fields = CustomField.__table__.c
values = TicketFieldValue.__table__.c

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
    id and a text that its value contains, without letter case. `max_results` None: no limit.
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


def search(session: Session, actor: Principal, criteria: TicketSearch) -> Sequence[AnyRow]:
    """Return the facts of the tickets found, by last activity, the latest first unless `ascending`.

    NotFound for a custom field that does not exist.
    """
    _check_fields(session, criteria)
    order = (tickets.last_activity_at, tickets.id)
    statement = (
        select(*FACTS)
        .where(*_conditions(criteria), *visible_to(actor))
        .order_by(*(order if criteria.ascending else [column.desc() for column in order]))
    )
    if criteria.max_results is not None:
        statement = statement.limit(criteria.max_results)
    found: Sequence[AnyRow] = session.execute(statement).all()
    return found


def _check_fields(session: Session, criteria: TicketSearch) -> None:
    wanted = criteria.custom_fields
    if not wanted:
        return
    known = set(session.scalars(select(fields.id).where(fields.id.in_(sorted(wanted)))))
    for field_id in wanted:
        if field_id not in known:
            raise NotFound(f"There is no custom field {field_id}.")


def _conditions(criteria: TicketSearch) -> list[ColumnElement[bool]]:
    equal: dict[Any, Any] = {
        tickets.brand_id: criteria.brand_id,
        tickets.department_id: criteria.department_id,
        tickets.group_id: criteria.group_id,
        tickets.agent_id: criteria.agent_id,
        tickets.customer_email_key: None if criteria.email is None else key(criteria.email),
        tickets.number: None if criteria.number is None else criteria.number.strip().upper(),
        tickets.priority: criteria.priority,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    flags: dict[Any, bool | None] = {
        tickets.has_resolution: criteria.has_resolution,
        tickets.is_active: criteria.is_active,
        tickets.is_open: criteria.is_open,
        tickets.is_spam: criteria.is_spam,
        tickets.is_deleted: criteria.is_deleted,
    }
    # `column` and `not column` rather than `= true`: it is what the partial indexes are for.
    conditions += [column if value else ~column for column, value in flags.items() if value is not None]
    if criteria.in_follow_up_view is not None:
        is_set = tickets.follow_up_at.is_not(None)
        conditions.append(is_set if criteria.in_follow_up_view else ~is_set)
    if criteria.opened_from is not None:
        conditions.append(tickets.opened_at >= criteria.opened_from)
    if criteria.opened_to is not None:
        conditions.append(tickets.opened_at <= criteria.opened_to)
    for field_id, text in criteria.custom_fields.items():
        conditions.append(
            exists()
            .where(
                values.ticket_id == tickets.id,
                values.field_id == field_id,
                values.value_folded.contains(fold(text), autoescape=True),
            )
            .correlate(Ticket.__table__)
        )
    return conditions
