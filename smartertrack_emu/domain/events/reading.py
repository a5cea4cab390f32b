"""Reading what happened, of whatever item, and how often each type did."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.kinds import ItemKind

from .arguments import spelt
from .catalogue import event_types
from .declaring import TYPES, EventType
from .models import Event
from .publishing import Happening, read


class Happened(NamedTuple):
    """An event: `about` an item as `ticket:17`, `by` the user name of who did it, `arguments` by their names.

    `cause`: the event whose action did it. Moments among the arguments are texts in ISO 8601.
    """

    id: int
    type: int
    title: str
    at: datetime
    by: str
    about: str | None
    cause: int | None
    arguments: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the event as it is shown to people and to other systems."""
        return {**self._asdict(), "at": _written(self.at)}


Tell = Callable[[Session, Sequence[Happening]], list[dict[str, Any]]]
"""What reads arguments in the rows that events name (`across.event_arguments`)."""


def page(
    session: Session,
    tell: Tell,
    *,
    types: Collection[int] = (),
    about: tuple[ItemKind, int] | None = None,
    after: int = 0,
    limit: int,
    offset: int = 0,
) -> tuple[list[Happened], int]:
    """Return events with ids beyond `after`, oldest first, and how many there are; of some types, about an item.

    The arguments are those of the moment where a rule named the type then. Otherwise they are what the event carries,
    and what the rows hold now that it names.
    """
    conditions: list[ColumnElement[bool]] = [Event.id > after]
    if types:
        conditions.append(Event.event_id.in_(sorted(types)))
    if about is not None:
        conditions += (Event.item_kind == about[0], Event.item_id == about[1])
    rows = session.execute(_COLUMNS.where(*conditions).order_by(Event.id).limit(limit).offset(offset)).all()
    total = session.scalar(select(func.count()).select_from(Event).where(*conditions)) or 0
    return _happened(session, tell, rows), total


def get(session: Session, tell: Tell, event_id: int) -> Happened | None:
    """Return an event, None where there is none."""
    found = _happened(session, tell, session.execute(_COLUMNS.where(Event.id == event_id)).all())
    return found[0] if found else None


_COLUMNS = select(
    Event.id,
    Event.event_id,
    Event.happened_at,
    Event.actor_name,
    Event.item_kind,
    Event.item_id,
    Event.cause_id,
    Event.arguments,
    Event.told,
)


def _happened(session: Session, tell: Tell, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Happened]:
    event_types()  # all are known then
    happenings = {
        row.id: Happening(
            TYPES[row.event_id],
            read(TYPES[row.event_id], row.item_id, row.arguments),
            row.happened_at,
            row.actor_name,
        )
        for row in rows
        if row.arguments is not None
    }
    asked = [row.id for row in rows if row.id in happenings and row.told is None]
    told = dict(zip(asked, tell(session, [happenings[one] for one in asked]), strict=True))
    found = []
    for row in rows:
        declared = TYPES[row.event_id]
        arguments = _carried(happenings[row.id]) if row.id in happenings else {_own(declared): row.item_id}
        arguments |= told.get(row.id, {}) if row.told is None else json.loads(row.told)
        about = None if row.item_id is None else f"{row.item_kind}:{row.item_id}"
        found.append(
            Happened(
                row.id, declared.number, declared.title, row.happened_at, row.actor_name, about, row.cause_id, arguments
            )
        )
    return found


def fired(session: Session) -> dict[int, int]:
    """Return how many events there are of each type that there are any of."""
    counts = session.execute(select(Event.event_id, func.count()).group_by(Event.event_id))
    return {row[0]: row[1] for row in counts}


def _own(declared: EventType) -> str:
    return spelt(declared.event._fields[0])


def _carried(happening: Happening) -> dict[str, Any]:
    """Return what an event carries itself."""
    event = happening.event
    return {spelt(name): _plain(value) for name, value in zip(event._fields, event, strict=True)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _written(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat().removesuffix('+00:00')}Z"
