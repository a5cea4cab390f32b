"""Tables of live chats."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import folded_column, following, optional_key_column
from smartertrack_emu.domain.kinds import NoteKind
from smartertrack_emu.domain.search.words import body_words, title_words
from smartertrack_emu.domain.structure.models import InDepartment, in_department
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few
from smartertrack_emu.store.types import BIG_ID, IntEnumeration, StrEnumeration, one_of


class SenderKind(StrEnum):
    """Who said something in a chat (documented); `user` is the customer."""

    AGENT = "agent"
    SYSTEM = "system"
    USER = "user"


UNDER_WAY = "is_active AND NOT is_deleted"


class Chat(InDepartment, Base):
    """A live chat, active until `ended_at`. `agent_id` is the queue's user where nobody has it.

    `queued_at`: when the customer came; `started_at`: when the chat began, by which lists are sorted and days counted.

    What the jobs go by: `awaits_assignment_since`, while it is to get an agent by itself (None in the queue: a person
    put it there); `assigned_at`, when it came to its agent; `wait_seconds`, how long the customer waited for the first
    one; `customer_seen_at`, when the customer last did something; `unanswered_since`, when they said what nobody has
    answered yet, their last line of it; `watched_since`, the same, None once that was told as idle;
    `timed_out_agent_id`, whom it was taken from because they did not answer: it does not go back to them by itself.
    """

    __tablename__ = "chats"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(17))
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    customer_name: Mapped[str] = mapped_column(default="")
    customer_name_folded: Mapped[str] = folded_column("customer_name")
    customer_email: Mapped[str] = mapped_column(default="")
    customer_email_key: Mapped[str | None] = optional_key_column("customer_email")
    customer_ip: Mapped[str] = mapped_column(default="")
    customer_language: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_deleted: Mapped[bool] = mapped_column(default=False)
    is_indexed: Mapped[bool] = mapped_column(default=True)
    reply_count_in: Mapped[int] = mapped_column(default=0)
    reply_count_out: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    last_reply_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    awaits_assignment_since: Mapped[datetime | None]
    assigned_at: Mapped[datetime | None]
    wait_seconds: Mapped[int | None]
    customer_seen_at: Mapped[datetime | None] = mapped_column(default=clock.now)
    unanswered_since: Mapped[datetime | None]
    watched_since: Mapped[datetime | None]
    timed_out_agent_id: Mapped[int | None]
    customer_name_words: Mapped[str] = following("customer_name", title_words, Text())
    customer_email_words: Mapped[str] = following("customer_email", title_words, Text())

    __table_args__ = (
        *in_department(),
        UniqueConstraint("number"),
        Index(None, "started_at", "id"),
        Index(None, "queued_at", "id"),
        Index(None, "department_id", "started_at", "id"),
        Index(None, "group_id", "started_at", "id"),
        Index(None, "agent_id", "started_at", "id"),
        Index(None, "agent_id", "is_active", "is_deleted"),
        # How many active ones each department, group and agent has, from the index alone.
        Index(
            "ix_chats_active_counts",
            "department_id",
            "group_id",
            "agent_id",
            sqlite_where=text("is_active = 1 AND is_deleted = 0"),
            postgresql_where=text("is_active AND NOT is_deleted"),
        ),
        Index(None, "is_active", "started_at", "id"),
        Index(None, "is_deleted", "started_at", "id"),
        Index(None, "customer_id"),
        Index(None, "customer_email_key"),
        few("ix_chats_deleted_at", "deleted_at", where="deleted_at IS NOT NULL"),
        # What the jobs look for: only what may fall due stands in each. A flag comes first, which holds for all in it:
        # SQLite would rather follow an index of the flag alone.
        few(
            "ix_chats_awaits_assignment",
            "group_id",
            "awaits_assignment_since",
            where=f"awaits_assignment_since IS NOT NULL AND {UNDER_WAY}",
        ),
        few(
            "ix_chats_customer_seen",
            "is_active",
            "customer_seen_at",
            where=f"customer_seen_at IS NOT NULL AND {UNDER_WAY}",
        ),
        few(
            "ix_chats_first_answer",
            "is_active",
            "assigned_at",
            where=f"assigned_at IS NOT NULL AND {UNDER_WAY} AND reply_count_out = 0",
        ),
        few(
            "ix_chats_unanswered",
            "is_active",
            "unanswered_since",
            where=f"unanswered_since IS NOT NULL AND {UNDER_WAY}",
        ),
        few(
            "ix_chats_watched_since",
            "department_id",
            "watched_since",
            where=f"watched_since IS NOT NULL AND {UNDER_WAY}",
        ),
        few("ix_chats_to_delete", "is_deleted", "ended_at", where="ended_at IS NOT NULL AND NOT is_deleted"),
    )


class ChatText(Base):
    """The words of a chat that searches look into: its number and customer, and what was said.

    The database's own triggers write it, with every chat and message, in their transaction.
    """

    __tablename__ = "chat_texts"

    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), primary_key=True)
    heading: Mapped[str] = mapped_column(default="")
    said: Mapped[str] = mapped_column(default="")


class ChatMessage(Base):
    """A line of the transcript, never altered; `author_name` is as it was shown."""

    __tablename__ = "chat_messages"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    sender_kind: Mapped[SenderKind] = mapped_column(StrEnumeration(SenderKind))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    author_name: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    body_words: Mapped[str] = following("body", body_words, Text())

    __table_args__ = (one_of("sender_kind", SenderKind), Index(None, "chat_id", "sent_at", "id"))


class ChatNote(Base):
    """What agents tell each other about a chat; may be added after its end. `body` is HTML."""

    __tablename__ = "chat_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    kind: Mapped[NoteKind] = mapped_column(IntEnumeration(NoteKind), default=NoteKind.NOTE)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (one_of("kind", NoteKind), Index(None, "chat_id", "entered_at", "id"))
