"""What happened to an item, and who did it: written with every change, in its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.prepared import inserting

from .models import Event


class EventType(IntEnum):
    """The product's event numbers (documented with its event providers); those from x900 on are ours."""

    KB_ARTICLE_CREATED = 501000
    KB_ARTICLE_MODIFIED = 501001
    KB_ARTICLE_FLAGGED_FOR_REVIEW = 501002
    KB_ARTICLE_MARKED_AS_REVIEWED = 501004
    KB_ARTICLE_DELETED = 501005
    TICKET_CREATED = 502000
    TICKET_TRANSFERRED = 502001
    TICKET_STATUS_CHANGED = 502002
    TICKET_PRIORITY_CHANGED = 502003
    TICKET_DELETED = 502004
    TICKET_COMMENT_ADDED = 502005
    TICKET_MESSAGE_SENT = 502006
    TICKET_FOLLOW_UP_SCHEDULED = 502012
    TICKET_FOLLOWED_UP = 502013
    TICKET_TIME_LOG_CREATED = 502014
    TICKET_MESSAGE_RECEIVED = 502900
    TICKET_CHANGED = 502901
    TICKET_RESTORED = 502902
    TICKET_ATTACHMENT_ADDED = 502903
    TICKET_RELATED_ITEM_ADDED = 502904
    TICKET_COMMENT_EDITED = 502905
    CHAT_STARTED = 511000
    CHAT_TRANSFERRED = 511002
    CHAT_ENDED = 511001
    CHAT_DELETED = 511003
    CHAT_COMMENT_ADDED = 511012
    CHAT_COMMENT_EDITED = 511900
    CHAT_TIME_LOG_CREATED = 511013
    CHAT_CHANGED = 511901
    CHAT_ATTACHMENT_ADDED = 511902
    CALL_LOG_CREATED = 508000
    CALL_LOG_CHANGED = 508001
    CALL_LOG_DELETED = 508002
    TASK_CREATED = 507000
    TASK_CHANGED = 507001
    TASK_DELETED = 507002
    USER_CREATED = 510900
    USER_CHANGED = 510901
    USER_DELETED = 510902

    @property
    def description(self) -> str:
        """The event's short description: `Ticket Created`."""
        words = self.name.replace("_", " ").title().replace("Kb ", "KB ").replace("Chat ", "Live Chat ")
        return words.replace("Changed", "Modified") if self in _MODIFIED else words


_INSERT = inserting(Event.__table__)


_MODIFIED = {EventType.TASK_CHANGED, EventType.CALL_LOG_CHANGED}
"""What the product's list calls modified."""


class HistoryEntry(NamedTuple):
    """One line of an item's history."""

    description: str
    details: str
    happened_at: datetime
    actor_name: str


def record(
    session: Session,
    kind: ItemKind,
    item_id: int,
    event: EventType,
    actor: Principal,
    details: str = "",
    *,
    at: datetime | None = None,
) -> None:
    """Write one line of history; `details` says what changed from what to what."""
    _INSERT.run(session, _line(kind, item_id, event, actor, details, at or clock.now()))


def record_all(
    session: Session, kind: ItemKind, event: EventType, actor: Principal, details: Mapping[int, str], *, at: datetime
) -> None:
    """Write one line for each of many items, given by their ids with what the line says."""
    lines = [_line(kind, item_id, event, actor, said, at) for item_id, said in details.items()]
    session.execute(insert(Event), lines)


def _line(
    kind: ItemKind, item_id: int, event: EventType, actor: Principal, details: str, at: datetime
) -> dict[str, Any]:
    return {
        "item_kind": kind,
        "item_id": item_id,
        "event_id": int(event),
        "description": event.description,
        "details": details,
        "actor_id": actor.id,
        "actor_name": actor.username,
        "happened_at": at,
    }


def history(session: Session, kind: ItemKind, item_id: int) -> list[HistoryEntry]:
    """Return an item's history, oldest first."""
    rows = session.execute(
        select(Event.description, Event.details, Event.happened_at, Event.actor_name)
        .where(Event.item_kind == kind, Event.item_id == item_id)
        .order_by(Event.happened_at, Event.id)
    )
    return [HistoryEntry(*row) for row in rows]
