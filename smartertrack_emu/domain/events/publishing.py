"""The one way for an event to happen: it is written with the change that it tells, in the same transaction.

    publish(session, actor, TicketStatusChanged(ticket.id, "Open", "Waiting"))

An event is data and never altered; `history` makes its words. One row is written and nothing is asked, so that an event
costs a call one short statement. Where an enabled rule names its type (`domain.known`) its arguments are told as they
are at that moment, and it goes into the outbox too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from json import JSONDecoder, JSONEncoder
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import insert
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.known import Known, known
from smartertrack_emu.store.prepared import inserting

from .declaring import EventType, HelpdeskEvent, type_of
from .models import Event, OutboxEntry

_INSERT = inserting(Event.__table__)
_INSERT_WATCHED = inserting(Event.__table__, returning_id=True)
_INSERT_ENTRY = inserting(OutboxEntry.__table__)
_CAUSE: Final = "_cause"
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


class Cause(NamedTuple):
    """The event whose action is being done, and how many causes stand behind it."""

    event_id: int
    depth: int


class Happening(NamedTuple):
    """An event that happens now, with what an argument may ask of it besides: when, and by whom."""

    type: EventType
    event: HelpdeskEvent
    at: datetime
    actor_name: str


@contextmanager
def caused_by(session: Session, cause: Cause) -> Iterator[None]:
    """Let what is published in the block have a cause."""
    session.info[_CAUSE] = cause
    try:
        yield
    finally:
        del session.info[_CAUSE]


def publish(session: Session, actor: Actor, event: HelpdeskEvent, *, at: datetime | None = None) -> None:
    """Let an event about an item happen, at `at` (None: now), by the actor.

    Whoever carries out rules gets the event from the outbox, where it is put in this transaction.
    """
    at = at or clock.now()
    values = row(event, actor.id, actor.username, at)
    what = known(session)
    cause: Cause | None = session.info.get(_CAUSE)
    if cause is not None:
        values["cause_id"], values["depth"] = cause.event_id, cause.depth + 1
    if values["event_id"] in what.watched_events:
        _publish_watched(session, what, Happening(type_of(event), event, at, actor.username), values)
    else:
        _INSERT.run(session, values)


def publish_all(session: Session, actor: Actor, events: Iterable[HelpdeskEvent], *, at: datetime) -> None:
    """Let many events happen at once, in one statement where no rule names them."""
    events = list(events)
    watched = known(session).watched_events
    if session.info.get(_CAUSE) is not None or any(type_of(event).number in watched for event in events):
        for event in events:
            publish(session, actor, event, at=at)
    elif events:
        session.execute(insert(Event), [row(event, actor.id, actor.username, at) for event in events])


def _publish_watched(session: Session, what: Known, happening: Happening, values: dict[str, Any]) -> None:
    session.flush()  # the arguments are read by statements
    (told,) = what.tell(session, [happening])
    inserted = _INSERT_WATCHED.one_or_none(session, values | {"told": _encode(told)})
    assert inserted is not None  # noqa: S101 - an insert returns its id or fails
    _INSERT_ENTRY.run(session, {"event_id": inserted.id})


def row(event: HelpdeskEvent, actor_id: int | None, actor_name: str, at: datetime) -> dict[str, Any]:
    """Return an event as the table of events holds it."""
    declared = type_of(event)
    # Some are about an item that there may not be, such as a mail that no account has fetched.
    is_of_item = declared.item_kind is not None and event[0] is not None
    values = event[1:] if declared.item_kind is not None else event
    return {
        "item_kind": declared.item_kind if is_of_item else None,
        "item_id": event[0] if is_of_item else None,
        "event_id": declared.number,
        "description": "",
        "details": "",
        "arguments": declared.form % tuple([_BY_TYPE.get(type(value), _encode)(value) for value in values]),
        "actor_id": actor_id,
        "actor_name": actor_name,
        "happened_at": at,
    }


def read(declared: EventType, item_id: int | None, arguments: str) -> HelpdeskEvent:
    """Return an event that is stored; a field that its type had not yet is as the type has it by default."""
    stored = _decode(arguments)
    values = {name: stored[name] for name in declared.fields if name in stored}
    event: HelpdeskEvent = declared.event(**values) if declared.item_kind is None else declared.event(item_id, **values)
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
