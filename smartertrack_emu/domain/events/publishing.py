"""The one way for an event to happen: it is written with the change that it tells, in the same transaction.

    publish(session, actor, TicketStatusChanged(ticket.id, "Open", "Waiting"))

An event is data and never altered; `history` makes its words. One row is written and nothing is asked, so that an event
costs a call one short statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from json import JSONDecoder, JSONEncoder
from typing import Any, Protocol

from sqlalchemy import insert
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.store.prepared import inserting

from .declaring import EventType, HelpdeskEvent, type_of
from .models import Event

_INSERT = inserting(Event.__table__)
_DATE = "utc"
"""The one key of the object that a date is written as: `{"utc": "2024-05-03T09:30:00+00:00"}`."""


class Actor(Protocol):
    """Who did it, as far as an event tells; a `Principal` is one."""

    @property
    def id(self) -> int:
        """The id of the user."""

    @property
    def username(self) -> str:
        """The name that histories show."""


def publish(session: Session, actor: Actor, event: HelpdeskEvent, *, at: datetime | None = None) -> None:
    """Let an event about an item happen, at `at` (None: now), by the actor.

    Whoever carries out rules gets the event from here too, in this transaction.
    """
    _INSERT.run(session, row(event, actor.id, actor.username, at or clock.now()))


def publish_all(session: Session, actor: Actor, events: Iterable[HelpdeskEvent], *, at: datetime) -> None:
    """Let many events happen at once, in one statement."""
    session.execute(insert(Event), [row(event, actor.id, actor.username, at) for event in events])


def row(event: HelpdeskEvent, actor_id: int | None, actor_name: str, at: datetime) -> dict[str, Any]:
    """Return an event as the table of events holds it."""
    declared = type_of(event)
    return {
        "item_kind": declared.item_kind,
        "item_id": event[0],
        "event_id": declared.number,
        "description": "",
        "details": "",
        "arguments": declared.form % tuple([_BY_TYPE.get(type(value), _encode)(value) for value in event[1:]]),
        "actor_id": actor_id,
        "actor_name": actor_name,
        "happened_at": at,
    }


def read(declared: EventType, item_id: int | None, arguments: str) -> HelpdeskEvent:
    """Return an event that is stored; a field that its type had not yet is as the type has it by default."""
    stored = _decode(arguments)
    event: HelpdeskEvent = declared.event(item_id, **{name: stored[name] for name in declared.fields if name in stored})
    return event


def _written(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {_DATE: value.astimezone(UTC).isoformat()}
    message = f"an event cannot hold a {type(value).__name__}"
    raise TypeError(message)


def _dated(value: dict[str, Any]) -> Any:
    return datetime.fromisoformat(value[_DATE]) if len(value) == 1 and _DATE in value else value


_encode = JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_written).encode
_BY_TYPE: dict[type, Callable[[Any], str]] = {
    int: str,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): {None: "null"}.__getitem__,
}
"""What is written faster without the encoder."""
_decode = JSONDecoder(object_hook=_dated).decode
