"""How many active tickets and chats each department, group and agent has, told where it is another number than before.

The types of events are documented; that each run counts, and the first only counts, is ours. Without an event since the
last time nothing can have changed, and nothing is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.events.chats import LiveChatAgentCount, LiveChatDepartmentCount, LiveChatGroupCount
from smartertrack_emu.domain.events.declaring import HelpdeskEvent
from smartertrack_emu.domain.events.models import Event, ItemCount
from smartertrack_emu.domain.events.publishing import publish_all
from smartertrack_emu.domain.events.tickets import TicketCountAgent, TicketCountDepartment, TicketCountGroup
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure.models import Department, Group
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.store.batches import batches

Told = Callable[[str, int, int], HelpdeskEvent]
Numbers = Mapping[tuple[str, int], int]
"""How many, by the scope and its id."""

_TABLES: Final[Mapping[ItemKind, type[Ticket | Chat]]] = {ItemKind.TICKET: Ticket, ItemKind.CHAT: Chat}
COUNTED: Final = tuple(_TABLES)
_NAMES: Final[Mapping[str, tuple[Any, Any]]] = {
    "department": (Department.id, Department.name),
    "group": (Group.id, Group.name),
    "agent": (User.id, User.username),
}
"""The scopes in the order in which they are told, and what each is called."""

_TELL: Final[Mapping[tuple[ItemKind, str], Told]] = {
    (ItemKind.TICKET, "department"): TicketCountDepartment,
    (ItemKind.TICKET, "group"): TicketCountGroup,
    (ItemKind.TICKET, "agent"): TicketCountAgent,
    (ItemKind.CHAT, "department"): LiveChatDepartmentCount,
    (ItemKind.CHAT, "group"): LiveChatGroupCount,
    (ItemKind.CHAT, "agent"): LiveChatAgentCount,
}
_LAST: Final = ("event", 0)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one kind of items. `last_event`: the last one that was there before."""

    kind: ItemKind
    last_event: int
    numbers: Numbers


def count(session: Session, kind: ItemKind) -> Counted | None:
    """Count the active items of a kind; None where no event has happened since the last time."""
    last_event = session.scalar(select(func.max(Event.id))) or 0
    statement = select(ItemCount.number).where(
        ItemCount.item_kind == kind, ItemCount.scope == _LAST[0], ItemCount.scope_id == _LAST[1]
    )
    if session.scalar(statement) == last_event:
        return None
    item: Any = _TABLES[kind]
    rows = session.execute(
        select(item.department_id, item.group_id, item.agent_id, func.count())
        .where(item.is_active, ~item.is_deleted)
        .group_by(item.department_id, item.group_id, item.agent_id)
    )
    numbers: Counter[tuple[str, int]] = Counter()
    for department, group, agent, number in rows:
        numbers[("department", department)] += number
        numbers[("group", group)] += number
        numbers[("agent", agent)] += number
    return Counted(kind, last_event, numbers)


def note(session: Session, counted: Counted) -> int:
    """Keep what was counted, tell what differs from the last time, and return how many did; the first tells nothing."""
    kind = counted.kind
    rows = session.execute(
        select(ItemCount.scope, ItemCount.scope_id, ItemCount.number).where(ItemCount.item_kind == kind)
    )
    before = {(scope, scope_id): number for scope, scope_id, number in rows}
    is_first = before.pop(_LAST, None) is None
    both = before.keys() | counted.numbers.keys()
    changed = {one for one in both if before.get(one, 0) != counted.numbers.get(one, 0)}
    events = [] if is_first else _events(session, kind, changed, before, counted.numbers)
    publish_all(session, SYSTEM, events, at=clock.now())
    _keep(session, kind, {*changed, _LAST}, {**counted.numbers, _LAST: counted.last_event})
    return len(events)


def _events(
    session: Session, kind: ItemKind, changed: set[tuple[str, int]], before: Numbers, now: Numbers
) -> list[HelpdeskEvent]:
    events = []
    for scope, (key, name) in _NAMES.items():
        ids = sorted(one[1] for one in changed if one[0] == scope)
        names = {row[0]: row[1] for row in session.execute(select(key, name).where(key.in_(ids)))} if ids else {}
        for one in ids:
            if one in names:
                numbers = now.get((scope, one), 0), before.get((scope, one), 0)
                events.append(_TELL[kind, scope](names[one], *numbers))
    return events


def _keep(session: Session, kind: ItemKind, changed: set[tuple[str, int]], numbers: Numbers) -> None:
    for scope in sorted({one[0] for one in changed}):
        for ids in batches(sorted(one[1] for one in changed if one[0] == scope)):
            session.execute(
                delete(ItemCount).where(
                    ItemCount.item_kind == kind, ItemCount.scope == scope, ItemCount.scope_id.in_(ids)
                ),
                execution_options={"synchronize_session": False},
            )
    rows = [
        {"item_kind": kind, "scope": scope, "scope_id": scope_id, "number": numbers[scope, scope_id]}
        for scope, scope_id in sorted(changed & numbers.keys())
    ]
    session.execute(insert(ItemCount), rows)
