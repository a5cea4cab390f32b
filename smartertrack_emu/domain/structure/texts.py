"""Canned replies, which agents answer with, and items of news, which the portal shows: read and written as they are.

The product has both (seen); what they hold is ours. One that is deleted is still read, says so, and is changed no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few


class CannedReply(Base):
    """An answer that is written once and given often; `body` is HTML."""

    __tablename__ = "canned_replies"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    deleted_at: Mapped[datetime | None]

    __table_args__ = (few("ix_canned_replies_deleted_at", "deleted_at", where="deleted_at IS NOT NULL"),)


class NewsItem(Base):
    """An announcement; `body` is HTML. The portal shows those that are enabled."""

    __tablename__ = "news_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    deleted_at: Mapped[datetime | None]

    __table_args__ = (few("ix_news_items_deleted_at", "deleted_at", where="deleted_at IS NOT NULL"),)


Text = TypeVar("Text", CannedReply, NewsItem)

_WORDS: Mapping[type[CannedReply | NewsItem], str] = {CannedReply: "canned reply", NewsItem: "news item"}
_TITLES: Mapping[type[CannedReply | NewsItem], str] = {CannedReply: "name", NewsItem: "subject"}


def page(session: Session, kind: type[Text], *, limit: int, offset: int) -> tuple[list[Text], int]:
    """Return a part of those that are not deleted, the oldest first, and how many there are."""
    there = kind.deleted_at.is_(None)
    total = session.scalar(select(func.count()).select_from(kind).where(there)) or 0
    rows = session.scalars(select(kind).where(there).order_by(kind.id).limit(limit).offset(offset))
    return list(rows), total


def announced(session: Session) -> list[NewsItem]:
    """Return the items of news that are to be shown, the newest first."""
    shown = select(NewsItem).where(NewsItem.deleted_at.is_(None), NewsItem.is_enabled)
    return list(session.scalars(shown.order_by(NewsItem.created_at.desc(), NewsItem.id.desc())))


def get(session: Session, kind: type[Text], text_id: int) -> Text:
    """Return one, deleted or not; NotFound."""
    row = session.get(kind, text_id)
    if row is None:
        raise NotFound(f"There is no {_WORDS[kind]} {text_id}.")
    return row


def create(session: Session, kind: type[Text], values: Mapping[str, Any]) -> Text:
    """Write one, with values by the names of its columns; BadValue for an empty name or subject."""
    row = kind(**values)
    _check(row, kind)
    session.add(row)
    session.flush()
    return row


def change(session: Session, kind: type[Text], text_id: int, changes: Mapping[str, Any]) -> Text:
    """Change one; NotFound, NotPossible for one that is deleted, and as `create`."""
    row = _open(session, kind, text_id)
    for name, value in changes.items():
        setattr(row, name, value)
    _check(row, kind)
    session.flush()
    return row


def delete(session: Session, kind: type[Text], text_id: int) -> None:
    """Mark one as deleted; NotFound, NotPossible for one that is."""
    _open(session, kind, text_id).deleted_at = clock.now()
    session.flush()


def _open(session: Session, kind: type[Text], text_id: int) -> Text:
    row = get(session, kind, text_id)
    if row.deleted_at is not None:
        raise NotPossible(f"The {_WORDS[kind]} {text_id} is deleted.")
    return row


def _check(row: CannedReply | NewsItem, kind: type[CannedReply | NewsItem]) -> None:
    title: str = getattr(row, _TITLES[kind])
    if not title.strip():
        raise BadValue(_TITLES[kind], "is required.")
