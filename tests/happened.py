"""What happened to an item, as data: what tests ask of the table of events."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.events.arguments import spelt
from smartertrack_emu.domain.events.declaring import TYPES, HelpdeskEvent, type_of
from smartertrack_emu.domain.events.publishing import read
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.models import Event


def happened(session: Session, kind: ItemKind, item_id: int) -> list[HelpdeskEvent]:
    """Return an item's events, oldest first, but those of before they were data."""
    statement = select(Event.event_id, Event.arguments).where(
        Event.item_kind == kind, Event.item_id == item_id, Event.arguments.is_not(None)
    )
    return [
        read(TYPES[row[0]], item_id, str(row[1]))
        for row in session.execute(statement.order_by(Event.happened_at, Event.id))
    ]


def words(event: HelpdeskEvent) -> str:
    """Return what the history says of an event."""
    return type_of(event).describe(event)


def carried(event: HelpdeskEvent) -> dict[str, Any]:
    """Return the arguments that an event carries itself, by their names; rows hold the others."""
    names = type_of(event).arguments
    return {spelt(field): value for field, value in zip(event._fields, event, strict=True) if spelt(field) in names}
