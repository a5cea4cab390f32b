"""Tickets and chats, live or ended, as one list of events: no table repeats what they say.

An event's id is a ticket's times ten and one, or a chat's times ten and two. Deleted items are none; spam is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.clients.clients import Reach
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.kinds import Priority, TicketStatus
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.domain.tickets.models import Ticket, TicketMessage
from smartertrack_emu.store import listing
from smartertrack_emu.store.listing import Fields, Kind, Listed, Page, Wanted
from smartertrack_emu.store.types import UtcDateTime

from .kinds import EventStatus, EventType
from .models import AcdEvent

PRIORITY = 50
"""Of an event that says nothing else (documented)."""

_TICKET, _CHAT = 1, 2
_STEP = 10

tickets, chats = Ticket.__table__.c, Chat.__table__.c
_beside, _departments, _messages = AcdEvent.__table__.c, Department.__table__.c, TicketMessage.__table__.c


class NoAcdEvent(NotFound):
    """There is no such event, or it is in no group of the client's."""


class _Both(NamedTuple):
    """A column of the list: what it is of a ticket and of a chat."""

    ticket: ColumnElement[Any]
    chat: ColumnElement[Any]
    kind: Kind
    empty: bool = False


def id_of_ticket(ticket_id: int) -> int:
    """Return the id of the event that a ticket is."""
    return ticket_id * _STEP + _TICKET


def nearest_priority(number: int) -> Priority:
    """Return the ticket's priority that an event's, 0 to 100, is nearest to: 25, 50, 75 or 100."""
    return next((priority for most, priority in _NEAREST if number <= most), Priority.URGENT)


_NEAREST = ((37, Priority.LOW), (62, Priority.NORMAL), (87, Priority.HIGH))
_A_PRIORITY = 25


def page(session: Session, reach: Reach, wanted: Wanted) -> Page:
    """Return events of a client, in one statement, or two where the rows do not tell their number.

    Each of the two kinds is ordered and limited on its own, so that a first page reads no more than a page of each.
    """
    columns = _columns(reach)
    limited = Wanted(wanted.order_by, wanted.ascending, wanted.conditions)
    if wanted.most is not None:
        limited = Wanted(
            wanted.order_by, wanted.ascending, wanted.conditions, most=min(wanted.start + wanted.most, _MOST_ROWS)
        )
    branches = []
    for base, of, tie in _branches(columns, reach):
        branches.append(select(listing.paged(base, of, limited, tie=tie).subquery()))
    both = union_all(*branches).subquery("events")
    listed = {name: Listed(both.c[name], one.kind, one.empty) for name, one in columns.items()}
    statement = listing.paged(select(both.c.id), listed, Wanted(
        wanted.order_by, wanted.ascending, start=wanted.start, most=wanted.most
    ), tie=both.c.id)  # fmt: skip
    rows = session.execute(statement).mappings().all()
    total = listing.total_known(wanted, len(rows))
    if total is None:
        total = _total(session, reach, columns, wanted)
    return Page(rows, total)


_MOST_ROWS = 2**62


def _total(session: Session, reach: Reach, columns: Mapping[str, _Both], wanted: Wanted) -> int:
    """Return how many events there are, in one statement.

    Without conditions all items are counted, less those that are deleted: an index says either, and few are deleted.
    """
    counts: list[ColumnElement[int]] = []
    items: tuple[type[Ticket | Chat], ...] = (Ticket, Chat)
    for item, (base, of, _) in zip(items, _branches(columns, reach), strict=True):
        if wanted.conditions:
            counting = base.with_only_columns(func.count()).where(*listing.where(of, wanted.conditions))
            counts.append(counting.scalar_subquery())
            continue
        all_of = select(func.count()).select_from(item.__table__).where(*_within(item, reach))
        counts.append(all_of.scalar_subquery() - all_of.where(item.__table__.c.is_deleted).scalar_subquery())
    return session.scalar(select(counts[0] + counts[1])) or 0


def get(session: Session, reach: Reach, event_id: int) -> Fields:
    """Return an event; NoAcdEvent."""
    item_id, kind = divmod(event_id, _STEP)
    if kind in (_TICKET, _CHAT):
        base, of, tie = list(_branches(_columns(reach), reach))[kind - 1]
        found = listing.read(session, base.where(tie == item_id), of, Wanted("id"), tie=tie).rows
        if found:
            return found[0]
    raise NoAcdEvent(f"There is no event {event_id}.")


def _branches(columns: Mapping[str, _Both], reach: Reach) -> Any:
    for item, get_one in ((Ticket, lambda one: one.ticket), (Chat, lambda one: one.chat)):
        tie = item.__table__.c.id
        of = _of(columns, get_one)
        of["id"] = Listed(of["id"].expression, "number", ordered_by=tie)  # which has an index
        yield _base(item, reach), of, tie


def _of(columns: Mapping[str, _Both], get_one: Callable[[_Both], ColumnElement[Any]]) -> dict[str, Listed]:
    return {name: Listed(get_one(one), one.kind, one.empty) for name, one in columns.items()}


def _base(item: type[Ticket | Chat], reach: Reach) -> Select[Any]:
    """Select from the items of a client; joined so that the items come first, by the index of their order."""
    columns = item.__table__.c
    base = select(columns.id).select_from(item.__table__)
    base = base.outerjoin(Department.__table__, _departments.id == columns.department_id)
    if item is Ticket:
        base = base.outerjoin(AcdEvent.__table__, _beside.ticket_id == columns.id)
    return base.where(~columns.is_deleted, *_within(item, reach))


def _within(item: type[Ticket | Chat], reach: Reach) -> list[ColumnElement[bool]]:
    if reach.department_ids is None:
        return []
    return [item.__table__.c.department_id.in_(sorted(reach.department_ids))]


def _columns(reach: Reach) -> dict[str, _Both]:
    number, text, moment = cast(null(), Integer), cast(null(), String), cast(null(), UtcDateTime)
    has_row = _beside.ticket_id.is_not(None)
    receiver = func.nullif(_departments.email, "")
    event_type = type_coerce(_beside.type, Integer)
    return {
        "chat_connector_id": _Both(number, literal(1), "number", empty=True),
        "user_data": _Both(case((has_row, _beside.user_data), else_=tickets.number), chats.number, "text", empty=True),
        "id": _Both(tickets.id * _STEP + _TICKET, chats.id * _STEP + _CHAT, "number"),
        "client_id": _Both(literal(reach.client_id), literal(reach.client_id), "number"),
        "type": _Both(func.coalesce(event_type, int(EventType.EMAIL)), literal(int(EventType.CHAT)), "number"),
        "group_id": _Both(tickets.group_id, chats.group_id, "number"),
        "configuration_group_id": _Both(_beside.configuration_group_id, number, "number", empty=True),
        "agent_group_id": _Both(_beside.agent_group_id, number, "number", empty=True),
        "user_id": _Both(
            func.nullif(tickets.agent_id, QUEUE_ID), func.nullif(chats.agent_id, QUEUE_ID), "number", empty=True
        ),
        "sender": _Both(
            func.coalesce(_beside.sender, tickets.customer_email),
            func.coalesce(func.nullif(chats.customer_email, ""), chats.customer_name),
            "text",
        ),
        "receiver": _Both(case((has_row, _beside.receiver), else_=receiver), receiver, "text", empty=True),
        "subject": _Both(tickets.subject, literal("", String), "text"),
        "body": _Both(case((event_type == EventType.CALLBACK, _first_message())), text, "text", empty=True),
        "crm_url": _Both(_beside.crm_url, text, "text", empty=True),
        "priority": _Both(_priority(), literal(PRIORITY), "number"),
        "appointment_at": _Both(tickets.follow_up_at, moment, "moment", empty=True),
        "created_at": _Both(tickets.opened_at, chats.queued_at, "moment"),
        "done_at": _Both(tickets.closed_at, chats.ended_at, "moment", empty=True),
        "ticket_id": _Both(tickets.id, number, "number", empty=True),
        "ticket_number": _Both(tickets.number, text, "text", empty=True),
        "chat_id": _Both(number, chats.id, "number", empty=True),
        "chat_number": _Both(text, chats.number, "text", empty=True),
        "status": _Both(_status_of_ticket(), _status_of_chat(), "number"),
        "modified_at": _Both(
            tickets.last_activity_at,
            func.coalesce(chats.ended_at, chats.last_reply_at, chats.started_at),
            "moment",
        ),
    }


def _first_message() -> ColumnElement[Any]:
    body = (
        select(_messages.body)
        .where(_messages.ticket_id == tickets.id)
        .order_by(_messages.sent_at, _messages.id)
        .limit(1)
        .correlate(Ticket.__table__)
        .scalar_subquery()
    )
    return func.nullif(body, "")


def _priority() -> ColumnElement[int]:
    """As it was given while the ticket still has the priority that was nearest, else what the ticket's stands for."""
    given, now = _beside.priority, type_coerce(tickets.priority, Integer)
    nearest = case(*((given <= most, int(priority)) for most, priority in _NEAREST), else_=int(Priority.URGENT))
    return case((and_(given.is_not(None), nearest == now), given), else_=now * _A_PRIORITY)


def _status_of_ticket() -> ColumnElement[int]:
    status = type_coerce(tickets.status, Integer)
    return case(
        (status >= int(TicketStatus.CLOSED), int(EventStatus.DONE)),
        (tickets.follow_up_at.is_not(None), int(EventStatus.REMIND)),
        (tickets.agent_id == QUEUE_ID, int(EventStatus.DISTRIBUTE)),
        ((tickets.reply_count_out > 0) | (status == int(TicketStatus.WAITING)), int(EventStatus.SEEN)),
        else_=int(EventStatus.NEW),
    )


def _status_of_chat() -> ColumnElement[int]:
    return case(
        (~chats.is_active, int(EventStatus.CHAT_CLOSED)),
        (chats.agent_id == QUEUE_ID, int(EventStatus.DISTRIBUTE)),
        (chats.reply_count_out > 0, int(EventStatus.SEEN)),
        else_=int(EventStatus.NEW),
    )
