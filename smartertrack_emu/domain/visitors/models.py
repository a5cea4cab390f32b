"""Tables of visitors and of invitations."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import StrEnumeration, one_of


class InvitationState(StrEnum):
    """What became of an invitation (documented)."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IGNORED = "ignored"


def _where(name: str, *columns: str, only: str, unique: bool = False) -> Index:
    """An index of the few rows that somebody looks for."""
    return Index(name, *columns, unique=unique, sqlite_where=text(only), postgresql_where=text(only))


class Visitor(Base):
    """One visit of somebody who opens pages, until they did nothing for long or an agent removed them (`removed_at`).

    `key` is what their browser keeps. Whoever comes back with it while they are there goes on with the visit; later it
    is a new one. `hits`: how many pages they opened; `page` and `title` are of the last one. Country and host name are
    empty unless somebody gives them. Ids are never given out twice, for events name them.
    """

    __tablename__ = "visitors"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id", ondelete="SET NULL"))
    hits: Mapped[int] = mapped_column(default=1)
    page: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    ip: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    host_name: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        _where("ix_visitors_here", "key", only="removed_at IS NULL", unique=True),
        _where("ix_visitors_idle", "last_seen_at", "id", only="removed_at IS NULL"),
        _where("ix_visitors_removed", "removed_at", "id", only="removed_at IS NOT NULL"),
        Index(None, "ip"),
        Index(None, "brand_id"),
        {"sqlite_autoincrement": True},
    )


class Invitation(Base):
    """An invitation of a visitor to a chat in a group, by an agent; by a rule where `agent_id` is None.

    A visitor has one open one at the most. `chat_id`: the chat that began when it was accepted.
    """

    __tablename__ = "visitor_invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    visitor_id: Mapped[int] = mapped_column(ForeignKey("visitors.id", ondelete="CASCADE"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    message: Mapped[str] = mapped_column(default="")
    state: Mapped[InvitationState] = mapped_column(StrEnumeration(InvitationState), default=InvitationState.OPEN)
    invited_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered_at: Mapped[datetime | None]
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id", ondelete="SET NULL"))

    __table_args__ = (
        one_of("state", InvitationState),
        Index(None, "visitor_id", "id"),
        _where("ix_visitor_invitations_open", "visitor_id", only="state = 'open'", unique=True),
        _where("ix_visitor_invitations_unanswered", "invited_at", "id", only="state = 'open'"),
        Index(None, "chat_id"),
        Index(None, "group_id"),
        Index(None, "agent_id"),
    )
