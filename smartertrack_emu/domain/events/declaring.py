"""How a type of event is declared, and what is known of it.

    @event(502002, "Ticket Status Changed", TICKET, "oldStatus")
    class TicketStatusChanged(NamedTuple):
        ticket_id: int
        old_status: str
        status: str

        def describe(self) -> str: ...

The first field is the id of the item whose history the event belongs to. A field `old_status` is what `status` was
before. `describe` gives the history's words; a type without it has none. Events are stored by the names of their
fields: a field that is added later needs a default.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar

from smartertrack_emu.domain.kinds import ItemKind

from .arguments import Held

FIRST_OF_OURS = 900
"""Numbers from x900 on are ours: no rule and no provider knows them."""


class HelpdeskEvent(Protocol):
    """An event of any type: a named tuple."""

    @property
    def _fields(self) -> tuple[str, ...]: ...

    def __getitem__(self, index: Any, /) -> Any: ...

    def __iter__(self) -> Any: ...


class EventType(NamedTuple):
    """A type of event: the product's number and title; the kind of item it is about, None where it is about none.

    `arguments`: what rules and providers are told of it, beside what all types have. `fields`: what is stored, which is
    all but the item's id; `form`: the JSON object of them, with `%s` for each value. `in_history`: whether the item's
    history has a line of it.
    """

    number: int
    title: str
    event: type[Any]
    item_kind: ItemKind | None
    arguments: tuple[str, ...]
    held: tuple[Held, ...]
    fields: tuple[str, ...]
    form: str
    describe: Callable[[Any], str]
    in_history: bool

    @property
    def is_documented(self) -> bool:
        """Say whether it is the product's."""
        return self.number % 1000 < FIRST_OF_OURS


_ITEMS = {
    "ticket_id": ItemKind.TICKET,
    "chat_id": ItemKind.CHAT,
    "call_log_id": ItemKind.CALL_LOG,
    "task_id": ItemKind.TASK,
    "article_id": ItemKind.ARTICLE,
    "user_id": ItemKind.USER,
    "account_id": ItemKind.ACCOUNT,
    "visitor_id": ItemKind.VISITOR,
}
"""First field -> what the event is about."""

TYPES: dict[int, EventType] = {}
"""Number -> type, of the modules that are imported; `catalogue` imports all."""

NOT_IN_HISTORY: set[int] = set()
"""The numbers of those that no history has a line of."""

_TYPE_OF: dict[type, EventType] = {}

Declared = TypeVar("Declared", bound=HelpdeskEvent)


def event(
    number: int, title: str, *arguments: Held | str, in_history: bool = True
) -> Callable[[type[Declared]], type[Declared]]:
    """Declare a named tuple as the type of event with this number.

    `arguments` are names, or what the rows hold that the event refers to. `in_history`: whether the item's history has
    a line of it. `ValueError` for a number that is taken.
    """

    def declare(cls: type[Declared]) -> type[Declared]:
        if number in TYPES:
            message = f"{cls.__name__}: the number {number} is {TYPES[number].event.__name__}'s"
            raise ValueError(message)
        names = tuple(cls.__annotations__)
        kind = _ITEMS.get(names[0])
        fields = names if kind is None else names[1:]
        TYPES[number] = _TYPE_OF[cls] = EventType(
            number,
            title,
            cls,
            kind,
            tuple(name for one in arguments for name in ([one] if isinstance(one, str) else one.arguments)),
            tuple(one for one in arguments if isinstance(one, Held)),
            fields,
            "{" + ",".join(f'"{field}":%s' for field in fields) + "}",
            getattr(cls, "describe", _nothing),
            in_history,
        )
        if not in_history:
            NOT_IN_HISTORY.add(number)
        return cls

    return declare


def type_of(event: HelpdeskEvent) -> EventType:
    """Return the type of an event."""
    return _TYPE_OF[type(event)]


def number_of(cls: type[HelpdeskEvent]) -> int:
    """Return the number of a type of event."""
    return _TYPE_OF[cls].number


def _nothing(event: HelpdeskEvent) -> str:
    del event
    return ""
