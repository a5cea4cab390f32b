"""Reading what happened, of whatever item, and how often each type did."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.kinds import ItemKind

from .arguments import spelt
from .catalogue import event_types
from .declaring import TYPES, EventType
from .models import Event
from .publishing import read


class Happened(NamedTuple):
    """An event: `about` an item by its kind and id, `by` the user name of who did it, `arguments` by their names."""

    id: int
    type: int
    title: str
    at: datetime
    by: str
    kind: ItemKind | None
    item_id: int | None
    arguments: dict[str, Any]


def page(
    session: Session,
    *,
    types: Collection[int] = (),
    about: tuple[ItemKind, int] | None = None,
    after: int = 0,
    limit: int,
    offset: int = 0,
) -> tuple[list[Happened], int]:
    """Return events with ids beyond `after`, oldest first, and how many there are; of some types, about an item."""
    conditions: list[ColumnElement[bool]] = [Event.id > after]
    if types:
        conditions.append(Event.event_id.in_(sorted(types)))
    if about is not None:
        conditions += (Event.item_kind == about[0], Event.item_id == about[1])
    rows = session.execute(
        select(
            Event.id,
            Event.event_id,
            Event.happened_at,
            Event.actor_name,
            Event.item_kind,
            Event.item_id,
            Event.arguments,
        )
        .where(*conditions)
        .order_by(Event.id)
        .limit(limit)
        .offset(offset)
    )
    event_types()  # all are known then
    found = []
    for event_id, number, at, by, kind, item_id, arguments in rows:
        declared = TYPES[number]
        found.append(
            Happened(event_id, number, declared.title, at, by, kind, item_id, _arguments(declared, item_id, arguments))
        )
    return found, session.scalar(select(func.count()).select_from(Event).where(*conditions)) or 0


def fired(session: Session) -> dict[int, int]:
    """Return how many events there are of each type that there are any of."""
    counts = session.execute(select(Event.event_id, func.count()).group_by(Event.event_id))
    return {row[0]: row[1] for row in counts}


def _arguments(declared: EventType, item_id: int | None, stored: str | None) -> dict[str, Any]:
    """Return what an event carries, and its item's id; of what was before events were data nothing else is known."""
    own = spelt(declared.event._fields[0])
    if stored is None:
        return {own: item_id}
    event = read(declared, item_id, stored)
    return {own: item_id} | {spelt(name): value for name, value in zip(declared.fields, event[1:], strict=True)}
