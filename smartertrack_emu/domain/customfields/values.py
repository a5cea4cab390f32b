"""Values of custom fields: a ticket's or chat's by its department's template, a user's of the global fields.

    item = Item(ItemKind.TICKET, ticket_id, department_id)      Item(ItemKind.USER, user_id)
    listed(session, item)                       [("Account", "Example Inc"), ("Asset", "Pick one")]
    asked(session, item, ["asset", "Nope"])     ([("Asset", "Pick one")], ["Nope"])
    set_values(session, item, {"asset": "Laptop [12]"})         [Change("Asset", "Pick one", "Laptop [12]")]
    missing(session, item, Requirement.AGENTS_TO_CLOSE)         ["Asset"]

Names compare without letter case. A default shows as the value as long as none was set, and does not count as filled
in.
Whether the caller may see the item is for its own module to say before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.text import fold

from .fields import Field, checked, fields
from .models import (
    ChatFieldValue,
    CustomField,
    FieldTemplate,
    FieldTemplateEntry,
    TicketFieldValue,
    UserFieldValue,
)


class Item(NamedTuple):
    """Whose values: a ticket, a chat (both with their department) or a user."""

    kind: ItemKind
    id: int
    department_id: int = 0


class Change(NamedTuple):
    """What was set, from what shown value to what."""

    display_name: str
    before: str
    after: str


class Requirement(Enum):
    """When a field must be filled in: the flag of the template that says so."""

    USERS = "is_required_by_users"
    """Before a customer starts an item."""
    AGENTS = "is_required_by_agents"
    """Before an agent replies."""
    AGENTS_TO_CLOSE = "is_required_by_agents_to_close"
    """Before an agent closes."""


class _Shown(NamedTuple):
    field_id: int
    display_name: str
    value: str


_OWNERS: dict[ItemKind, tuple[Any, InstrumentedAttribute[int]]] = {
    ItemKind.TICKET: (TicketFieldValue, TicketFieldValue.ticket_id),
    ItemKind.CHAT: (ChatFieldValue, ChatFieldValue.chat_id),
    ItemKind.USER: (UserFieldValue, UserFieldValue.user_id),
}


def listed(session: Session, item: Item) -> list[tuple[str, str]]:
    """Return an item's fields with their values: the template's in its order, then others that a value was set of."""
    return [(row.display_name, row.value) for row in _shown(session, item)]


def asked(session: Session, item: Item, names: Iterable[str | None]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the values of the fields named, in the order asked for, and the names that are no field of the item's."""
    known = {fold(row.display_name): row for row in _shown(session, item)}
    found: dict[str, tuple[str, str]] = {}
    unknown: dict[str, None] = {}
    for name in names:
        if name is None or not name.strip():
            continue
        row = known.get(fold(name.strip()))
        if row is None:
            unknown[name.strip()] = None
        else:
            found[row.display_name] = (row.display_name, row.value)
    return list(found.values()), list(unknown)


def set_values(session: Session, item: Item, values: Mapping[str, str]) -> list[Change]:
    """Set values by the fields' names, of a name given twice the last one, and return what changed.

    A ticket or chat takes any field that is not global (a value outlives a move to another department), a user the
    global ones; BadValue for another name and for a value that the field does not take.
    """
    of_users = item.kind is ItemKind.USER
    known = {fold(field.display_name): field for field in fields(session) if field.is_global == of_users}
    wanted = {}
    for name, value in values.items():
        field = known.get(fold(name.strip()))
        if field is None:
            raise _unknown(name, known.values(), of_users=of_users)
        wanted[field.id] = (field, checked(field, value))
    if not wanted:
        return []
    before = {row.field_id: row.value for row in _shown(session, item)}
    _store(session, item, {field.id: value for field, value in wanted.values()})
    return [
        Change(field.display_name, before.get(field.id, ""), value)
        for field, value in wanted.values()
        if before.get(field.id, "") != value
    ]


def missing(session: Session, item: Item, requirement: Requirement) -> list[str]:
    """Return the names of the template's fields that are required and not filled in, in its order."""
    model, owner = _OWNERS[item.kind]
    needed = getattr(FieldTemplateEntry, requirement.value)
    filled = (
        select(model.field_id)
        .where(model.field_id == FieldTemplateEntry.field_id, owner == item.id, model.value != "")
        .exists()
    )
    return list(
        session.scalars(
            select(CustomField.display_name)
            .join(FieldTemplateEntry, FieldTemplateEntry.field_id == CustomField.id)
            .join(FieldTemplate, FieldTemplate.id == FieldTemplateEntry.template_id)
            .where(_is_template_of(item), needed, ~filled)
            .order_by(FieldTemplateEntry.sort_order, FieldTemplateEntry.field_id)
        )
    )


def require(session: Session, item: Item, requirement: Requirement, what: str) -> None:
    """Raise BadValue, which names them, where fields are not filled in that `what` needs: "Closing a ticket"."""
    names = missing(session, item, requirement)
    if names:
        raise BadValue(f"{what} needs these custom fields filled in: {', '.join(names)}.")


def _is_template_of(item: Item) -> Any:
    return and_(FieldTemplate.department_id == item.department_id, FieldTemplate.item_kind == item.kind)


def _shown(session: Session, item: Item) -> list[_Shown]:
    return [_Shown(*row) for row in session.execute(_values_of(item))]


def _values_of(item: Item) -> Select[int, str, str]:
    """What shows of an item, in one statement."""
    model, owner = _OWNERS[item.kind]
    value = model.__table__.c.value
    values = select(
        CustomField.id, CustomField.display_name, func.coalesce(value, CustomField.default_value)
    ).outerjoin(model, and_(model.field_id == CustomField.id, owner == item.id))
    if item.kind is ItemKind.USER:
        return values.where(CustomField.is_global).order_by(CustomField.id)
    entries = (
        select(FieldTemplateEntry.field_id, FieldTemplateEntry.sort_order)
        .join(FieldTemplate, FieldTemplate.id == FieldTemplateEntry.template_id)
        .where(_is_template_of(item))
        .subquery()
    )
    return (
        values.outerjoin(entries, entries.c.field_id == CustomField.id)
        .where(or_(entries.c.field_id.is_not(None), value.is_not(None)))
        .order_by(entries.c.field_id.is_(None), entries.c.sort_order, CustomField.id)
    )


def _store(session: Session, item: Item, values: Mapping[int, str]) -> None:
    model, owner = _OWNERS[item.kind]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    # `value_folded` of tickets follows `value`; rows in one order, so that two transactions do not wait for each other.
    rows = [{"field_id": field_id, owner.key: item.id, "value": value} for field_id, value in sorted(values.items())]
    statement = dialect.insert(model)
    follow = {name: statement.excluded[name] for name in ("value", "value_folded") if name in model.__table__.c}
    session.execute(statement.on_conflict_do_update(index_elements=["field_id", owner.key], set_=follow), rows)


def _unknown(name: str, known: Iterable[Field], *, of_users: bool) -> BadValue:
    names = ", ".join(shown(field.display_name) for field in list(known)[:50]) or "there are none"
    kind = "global custom field, as users have" if of_users else "custom field of tickets and chats"
    return BadValue(f"{shown(name)} is no {kind}. Known fields: {names}.")
