"""Removing for good what was marked as deleted long ago (documented: after 90 days), with files and history.

No event tells of it. What living items need stays: a user whom they name is emptied of everything personal. A task does
not need the ticket, chat or call log it was about; it is about nothing then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Table, delete, exists, func, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments import removing
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.events.models import Event
from smartertrack_emu.domain.kb.models import KbArticle
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.models import AvatarSource, User
from smartertrack_emu.domain.structure.texts import CannedReply, NewsItem
from smartertrack_emu.domain.tasks.models import RecurringTask, Task
from smartertrack_emu.domain.tickets.models import Ticket, TicketMessage
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.identity import gone

FEW: Final = 100_000
"""With more events or messages than that an emptied user always stays: to look through them all takes too long."""


_PERSONAL: Final = (
    "email",
    "display_name",
    "display_name_folded",
    "display_name_for_chat",
    "language",
    "active_directory_domain",
    "phone_country_code",
    "phone_number",
    "phone_extension",
    "signature",
)
"""What is emptied of a user who has to stay."""


class Purged(NamedTuple):
    """A kind of what is removed: its table, its events, and by which columns files and tasks refer to it."""

    model: Any
    events: ItemKind | None = None
    files: Any = None
    tasks: Any = None


KINDS: Final = (
    Purged(Ticket, ItemKind.TICKET, Attachment.ticket_id, Task.ticket_id),
    Purged(Chat, ItemKind.CHAT, Attachment.chat_id, Task.chat_id),
    Purged(CallLog, ItemKind.CALL_LOG, Attachment.call_log_id, Task.call_log_id),
    Purged(Task, ItemKind.TASK),
    Purged(KbArticle, ItemKind.ARTICLE),
    Purged(CannedReply),
    Purged(NewsItem),
    Purged(RecurringTask),
)
"""All but users. Nothing marks groups and departments as deleted."""


def due(session: Session, but: Collection[int], *, kind: Purged, days: int, limit: int) -> Sequence[int]:
    """Return the ids of a kind's rows that were deleted more than so many days ago, but for those given."""
    model = kind.model
    found = select(model.id).where(model.deleted_at < clock.now() - timedelta(days=days), model.deleted_at.is_not(None))
    return session.scalars(found.where(model.id.not_in(but)).order_by(model.deleted_at).limit(limit)).all()


def purge(session: Session, row_id: int, *, kind: Purged, root: Path) -> None:
    """Remove a row with all that belongs to it. `root`: where files' contents are."""
    if kind.files is not None:
        removing.remove(session, root, kind.files == row_id)
    if kind.tasks is not None:
        session.execute(update(Task.__table__).where(kind.tasks == row_id).values({kind.tasks.key: None}))
    _forget_events(session, kind.events, row_id)
    session.execute(delete(kind.model.__table__).where(kind.model.id == row_id))
    gone(session, kind.model.__table__, row_id)


def users_due(session: Session, but: Collection[int], *, days: int, limit: int) -> Sequence[int]:
    """Return the ids of users who were deleted more than so many days ago and are not emptied, but for those given."""
    found = select(User.id).where(User.deleted_at < clock.now() - timedelta(days=days), User.deleted_at.is_not(None))
    found = found.where(User.purged_at.is_(None), User.id.not_in(but))
    return session.scalars(found.order_by(User.deleted_at).limit(limit)).all()


def purge_user(session: Session, user_id: int) -> None:
    """Remove a user where nothing names them any more, else empty them of everything personal."""
    _forget_events(session, ItemKind.USER, user_id)
    if not _is_needed(session, user_id):
        session.execute(delete(User.__table__).where(User.id == user_id))
        return
    values: dict[str, object] = dict.fromkeys(_PERSONAL, "")
    values |= {"username": f"deleted-{user_id}", "password_hash": None, "avatar_source": AvatarSource.NONE}
    values |= {"last_login_at": None, "purged_at": clock.now()}
    session.execute(update(User.__table__).where(User.id == user_id).values(values))


def _forget_events(session: Session, kind: ItemKind | None, item_id: int) -> None:
    if kind is not None:
        session.execute(delete(Event.__table__).where(Event.item_kind == kind, Event.item_id == item_id))


def _is_needed(session: Session, user_id: int) -> bool:
    """Say whether anything names a user that does not go with them; those columns first that an index knows."""
    most = session.execute(select(select(func.max(Event.id)).scalar_subquery(), func.max(TicketMessage.id))).one()
    if max(number or 0 for number in most) > FEW:
        return True
    return any(session.scalar(select(exists().where(column == user_id))) for column in _references())


@cache
def _references() -> tuple[Any, ...]:
    """Return the columns that name a user and outlast them."""

    def by_tables() -> Iterator[tuple[Table, Any]]:
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_keys:
                if key.column is User.__table__.c.id and key.ondelete is None:
                    yield table, key.parent

    def is_indexed(table: Table, column: Any) -> bool:
        return any(next(iter(index.columns)) is column for index in table.indexes)

    found = sorted(by_tables(), key=lambda one: not is_indexed(*one))
    return tuple(column for _, column in found)
