"""What happened to an item, and who did it, in words."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.kinds import ItemKind

from .declaring import NOT_IN_HISTORY, TYPES
from .models import Event
from .publishing import read


class HistoryEntry(NamedTuple):
    """One line of an item's history."""

    description: str
    details: str
    happened_at: datetime
    actor_name: str


def history(session: Session, kind: ItemKind, item_id: int) -> list[HistoryEntry]:
    """Return an item's history, oldest first."""
    rows = session.execute(
        select(Event.event_id, Event.arguments, Event.description, Event.details, Event.happened_at, Event.actor_name)
        .where(Event.item_kind == kind, Event.item_id == item_id, Event.event_id.not_in(sorted(NOT_IN_HISTORY)))
        .order_by(Event.happened_at, Event.id)
    )
    lines = []
    for number, arguments, description, details, at, who in rows:
        words = (description, details) if arguments is None else _words(number, item_id, arguments)
        lines.append(HistoryEntry(*words, at, who))
    return lines


def _words(number: int, item_id: int, arguments: str) -> tuple[str, str]:
    """Return what is said of an event: its title, and what its type makes of the arguments."""
    if number not in TYPES:
        from . import catalogue  # noqa: F401, PLC0415 - of types that nothing here fires: a server starts without them
    declared = TYPES[number]
    return declared.title, declared.describe(read(declared, item_id, arguments))
