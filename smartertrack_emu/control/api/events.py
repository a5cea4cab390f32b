"""What happened, and what can happen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, field_validator

from smartertrack_emu.domain.across.event_arguments import tell
from smartertrack_emu.domain.events import reading
from smartertrack_emu.domain.events.catalogue import event_types
from smartertrack_emu.domain.kinds import ItemKind

from .declaring import Call, Routes
from .models import MOST_ID, Listing, Model, Moment, Paging

routes = Routes("The desk: events")

_ABOUT = re.compile(rf"({'|'.join(ItemKind)}):([1-9][0-9]{{0,9}})", re.ASCII)
_CATEGORIES = {
    501: "Knowledge base",
    502: "Tickets",
    503: "WhosOn",
    505: "Channels",
    506: "Surveys",
    507: "Tasks",
    508: "Call logs",
    509: "Mail",
    510: "Users",
    511: "Live chats",
    512: "Agents",
}


def _item(text: str) -> str:
    if not _ABOUT.fullmatch(text) or int(text.partition(":")[2]) > MOST_ID:
        raise ValueError(
            "must be an item as ticket:17, chat:5, calllog:3, task:2, article:7, user:4, account:1 or visitor:6"
        )
    return text


About = Annotated[str, AfterValidator(_item)]
"""An item, as `ticket:17`."""


def item_of(about: str) -> tuple[ItemKind, int]:
    """Return the kind and the id that an item is written as."""
    kind, _, item_id = about.partition(":")
    return ItemKind(kind), int(item_id)


class EventQuery(Paging):
    """Which events are wanted."""

    type: list[int] = Field(default_factory=list, description="A type's number; may be given several times.")
    about: About | None = Field(default=None, description="An item, as `ticket:17`.")
    after: int = Field(default=0, ge=0, le=2**63 - 1, description="Only events with greater ids.")

    @field_validator("type", mode="before")
    @classmethod
    def _read_numbers(cls, given: object) -> object:
        return [int(one) if isinstance(one, str) and re.fullmatch("[0-9]{1,9}", one) else one for one in _list(given)]


def _list(given: object) -> list[object]:
    return given if isinstance(given, list) else [given]


class AllTypes(Paging):
    """Which part of the list: all of it unless said otherwise, for there are few."""

    limit: int = Field(default=1000, ge=1, le=1000, description="How many items at the most.")


class Event(Model):
    """Something that happened, `by` a user name, `about` an item. `cause`: the event whose action did it, if any.

    `arguments` are those of the moment where an enabled rule named the type then. Otherwise they are what the event
    carries, and what the rows that it names hold now.
    """

    example: ClassVar[Mapping[str, Any]] = {
        "id": 42,
        "type": 502002,
        "title": "Ticket Status Changed",
        "at": "2031-02-28T23:59:00Z",
        "by": "alice",
        "about": "ticket:17",
        "cause": None,
        "arguments": {"ticketId": 17, "oldStatus": "Open", "status": "Closed"},
    }

    id: int
    type: int
    title: str
    at: Moment
    by: str
    about: str | None
    cause: int | None
    arguments: dict[str, Any]


class EventType(Model):
    """A type of event, with its arguments beside those that every type has, and how often it happened."""

    example: ClassVar[Mapping[str, Any]] = {
        "type": 502002,
        "title": "Ticket Status Changed",
        "category": "Tickets",
        "arguments": ["ticketId", "ticketNumber", "oldStatus"],
        "fired": 3,
    }

    type: int
    title: str
    category: str
    arguments: list[str]
    fired: int


@routes.get("/events")
def list_events(call: Call, query: EventQuery) -> Listing[Event]:
    """List what happened, oldest first."""
    about = None if query.about is None else item_of(query.about)
    found, total = call.read(
        lambda session, actor: reading.page(  # noqa: ARG005 - all work gets one
            session, tell, types=query.type, about=about, after=query.after, limit=query.limit, offset=query.offset
        )
    )
    return Listing[Event](items=[Event(**one._asdict()) for one in found], total=total)


@routes.get("/event-types")
def list_event_types(call: Call, query: AllTypes) -> Listing[EventType]:
    """List the types of events that rules and providers know, in the order of their numbers."""
    fired = call.read(lambda session, actor: reading.fired(session))  # noqa: ARG005 - all work gets one
    items = [
        EventType(
            type=one.number,
            title=one.title,
            category=_CATEGORIES[one.number // 1000],
            arguments=list(one.arguments),
            fired=fired.get(one.number, 0),
        )
        for one in event_types()
        if one.is_documented
    ]
    return Listing[EventType](items=items[query.offset : query.offset + query.limit], total=len(items))
