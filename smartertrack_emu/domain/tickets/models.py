"""Tables of tickets, their messages and notes, and what they are related to."""

from datetime import datetime
from enum import IntEnum

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, validates

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import optional_key_column, parameters
from smartertrack_emu.domain.kinds import NoteKind, Priority, TicketStatus
from smartertrack_emu.domain.structure.models import InDepartment, in_department
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few
from smartertrack_emu.store.types import BIG_ID, IntEnumeration, exactly_one_of, one_of

from .spans import Span


class Direction(IntEnum):
    """Which way a message went (documented)."""

    FROM_CUSTOMER = 0
    TO_CUSTOMER = 1


def _is_open(context: DefaultExecutionContext) -> bool:
    return TicketStatus(parameters(context).get("status", TicketStatus.OPEN)).is_open


def _is_active(context: DefaultExecutionContext) -> bool:
    return TicketStatus(parameters(context).get("status", TicketStatus.OPEN)).is_active


def _few(name: str, *, on_sqlite: str, on_postgresql: str) -> Index:
    """Tickets with some flag, in the order of lists. SQLite uses it for `where(Ticket.flag)`, not for `.is_(True)`."""
    return Index(
        f"ix_tickets_{name}_last_activity_at",
        "last_activity_at",
        "id",
        sqlite_where=text(on_sqlite),
        postgresql_where=text(on_postgresql),
    )


WATCHED = "is_open AND NOT is_spam AND NOT is_deleted"


class Ticket(InDepartment, Base):
    """A ticket, with all that its lists show, so that they need no join.

    `agent_id` is the queue's user where nobody has it. `customer_id` is the account the customer had when they wrote,
    if any. `is_open` and `is_active` follow `status`. `idle_since`: since when it waits for somebody to do something.
    `last_activity_at`, what lists are sorted by, is never before `opened_at`; `activity_span` is the class of the time
    between the two (`spans`). A follow-up is required while
    `follow_up_at` is set. `has_resolution`: a note of that kind is there. `portal_token` is the secret that makes its
    page's address one that cannot be guessed (`portal`).

    What the jobs go by: `awaits_assignment_since`, while it is to get an agent by itself (None in the queue: a person
    put it there); `waiting_since`, since when a waiting ticket has had no message; `watched_since`, since when nothing
    happened, None once that was told as idle; `follow_up_awaited_at`, the date of the follow-up until it has come.
    `assigned_at`: when it came to its agent; `pinned_at`, `composed_at`, `read_at`: when it was last pinned, written in
    by an agent, and read by its own (which is noted only where a rule asks for it, `rebalancing`).
    """

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(17))
    subject: Mapped[str] = mapped_column(default="")
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    customer_email: Mapped[str] = mapped_column(default="")
    customer_email_key: Mapped[str | None] = optional_key_column("customer_email")
    customer_name: Mapped[str] = mapped_column(default="")
    status: Mapped[TicketStatus] = mapped_column(IntEnumeration(TicketStatus), default=TicketStatus.OPEN)
    is_open: Mapped[bool] = mapped_column(default=_is_open)
    is_active: Mapped[bool] = mapped_column(default=_is_active)
    priority: Mapped[Priority] = mapped_column(IntEnumeration(Priority), default=Priority.NORMAL)
    is_deleted: Mapped[bool] = mapped_column(default=False)
    is_spam: Mapped[bool] = mapped_column(default=False)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    is_indexed: Mapped[bool] = mapped_column(default=True)
    has_resolution: Mapped[bool] = mapped_column(default=False)
    reply_count_in: Mapped[int] = mapped_column(default=0)
    reply_count_out: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    idle_since: Mapped[datetime] = mapped_column(default=clock.now)
    last_activity_at: Mapped[datetime] = mapped_column(default=clock.now)
    activity_span: Mapped[int] = mapped_column(SmallInteger, Computed(Span(), persisted=True), deferred=True)
    last_reply_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    follow_up_at: Mapped[datetime | None]
    follow_up_awaited_at: Mapped[datetime | None]
    awaits_assignment_since: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    watched_since: Mapped[datetime | None]
    assigned_at: Mapped[datetime | None]
    pinned_at: Mapped[datetime | None]
    composed_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    file_id_raw_content: Mapped[int | None]
    portal_token: Mapped[str] = mapped_column(String(43))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    @validates("status")
    def _follow_status(self, _: str, value: int) -> TicketStatus:
        status = TicketStatus(value)
        self.is_open, self.is_active = status.is_open, status.is_active
        return status

    @validates("follow_up_at")
    def _follow_up_anew(self, _: str, value: datetime | None) -> datetime | None:
        self.follow_up_awaited_at = value
        return value

    @property
    def requires_follow_up(self) -> bool:
        """Whether a follow-up is set; it shows in the follow-up view as long as it is."""
        return self.follow_up_at is not None

    __table_args__ = (
        *in_department(),
        UniqueConstraint("number"),
        one_of("status", TicketStatus),
        one_of("priority", Priority),
        CheckConstraint("is_open = (status <= 2) AND is_active = (status = 1)", name="flags_of_status"),
        # Each key of the search with the order of its answer, so that the first hundred are read and no more.
        Index(None, "last_activity_at", "id"),
        Index(None, "brand_id", "last_activity_at", "id"),
        Index(None, "department_id", "last_activity_at", "id"),
        Index(None, "group_id", "last_activity_at", "id"),
        Index(None, "agent_id", "last_activity_at", "id"),
        Index(None, "customer_id", "last_activity_at", "id"),
        Index(None, "customer_email_key", "last_activity_at", "id"),
        Index(None, "is_open", "last_activity_at", "id"),
        Index(None, "is_active", "last_activity_at", "id"),
        Index(None, "priority", "last_activity_at", "id"),
        Index(None, "opened_at", "id"),
        # Those active for more than an hour, by how long; see `spans`.
        Index(
            None,
            "activity_span",
            "last_activity_at",
            "id",
            "opened_at",
            sqlite_where=text("activity_span > 0"),
            postgresql_where=text("activity_span > 0"),
        ),
        # What few tickets have: only those stand in the index, so that the others do not pay for it.
        _few("is_deleted", on_sqlite="is_deleted = 1", on_postgresql="is_deleted"),
        _few("is_spam", on_sqlite="is_spam = 1", on_postgresql="is_spam"),
        _few("has_resolution", on_sqlite="has_resolution = 1", on_postgresql="has_resolution"),
        _few("follow_up", on_sqlite="follow_up_at IS NOT NULL", on_postgresql="follow_up_at IS NOT NULL"),
        Index(
            None,
            "follow_up_at",
            sqlite_where=text("follow_up_at IS NOT NULL"),
            postgresql_where=text("follow_up_at IS NOT NULL"),
        ),
        few("ix_tickets_deleted_at", "deleted_at", where="deleted_at IS NOT NULL"),
        # For assignment and counting: how many active tickets an agent has, from the index alone.
        Index(None, "agent_id", "is_active", "is_deleted"),
        # What the jobs look for: only what may fall due stands in each, so that a run with nothing due reads one page.
        few(
            "ix_tickets_awaits_assignment",
            "group_id",
            "awaits_assignment_since",
            where="awaits_assignment_since IS NOT NULL AND is_open AND NOT is_deleted",
        ),
        few(
            "ix_tickets_waiting_since",
            "department_id",
            "waiting_since",
            where="waiting_since IS NOT NULL AND NOT is_deleted",
        ),
        few(
            "ix_tickets_watched_since",
            "department_id",
            "is_active",
            "watched_since",
            where=f"watched_since IS NOT NULL AND {WATCHED}",
        ),
        few(
            "ix_tickets_closed_at",
            "department_id",
            "status",
            "closed_at",
            where="closed_at IS NOT NULL AND NOT is_deleted",
        ),
        few("ix_tickets_follow_up_due", "follow_up_awaited_at", where="follow_up_awaited_at IS NOT NULL"),
        # How many active ones each department, group and agent has, from the index alone.
        Index(
            "ix_tickets_active_counts",
            "department_id",
            "group_id",
            "agent_id",
            sqlite_where=text("is_active = 1 AND is_deleted = 0"),
            postgresql_where=text("is_active AND NOT is_deleted"),
        ),
    )


class TicketMessage(Base):
    """A message of the conversation, as it was given (`is_html` says in what form).

    The names stand as they were when it was sent. `author_id`: who sent it, where they had an account. `cc_address` and
    `bcc_address` may hold several addresses. `internet_id`: its Message-ID as a mail, in angle brackets, at most 998
    characters; of one to the customer from its first attempt on. `delivery_status`: waiting, sent, failed or held,
    where it goes by mail and was tried; `delivery_error`: what went wrong last.
    """

    __tablename__ = "ticket_messages"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    direction: Mapped[Direction] = mapped_column(IntEnumeration(Direction))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    from_address: Mapped[str] = mapped_column(default="")
    from_name: Mapped[str] = mapped_column(default="")
    to_address: Mapped[str] = mapped_column(default="")
    to_name: Mapped[str] = mapped_column(default="")
    cc_address: Mapped[str] = mapped_column(default="")
    bcc_address: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    is_html: Mapped[bool] = mapped_column(default=False)
    is_draft: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    internet_id: Mapped[str | None]
    delivery_status: Mapped[str | None] = mapped_column(String(32))
    delivery_error: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        one_of("direction", Direction),
        Index(None, "ticket_id", "sent_at", "id"),
        Index(
            "ix_ticket_messages_internet_id",
            "internet_id",
            sqlite_where=text("internet_id IS NOT NULL"),
            postgresql_where=text("internet_id IS NOT NULL"),
        ),
    )


class TicketNote(Base):
    """What agents tell each other about a ticket: `body` is HTML, encoded where it was given as plain text."""

    __tablename__ = "ticket_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    kind: Mapped[NoteKind] = mapped_column(IntEnumeration(NoteKind), default=NoteKind.NOTE)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (one_of("kind", NoteKind), Index(None, "ticket_id", "entered_at", "id"))


class TicketRelation(Base):
    """A ticket and one item it is related to; of two tickets the lower id is `ticket_id`. Shows from both sides."""

    __tablename__ = "ticket_relations"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    related_ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    call_log_id: Mapped[int | None] = mapped_column(ForeignKey("call_logs.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        exactly_one_of("related_ticket_id", "chat_id", "call_log_id", name="one_item"),
        CheckConstraint("ticket_id < related_ticket_id", name="lower_first"),
        UniqueConstraint("ticket_id", "related_ticket_id"),
        UniqueConstraint("ticket_id", "chat_id"),
        UniqueConstraint("ticket_id", "call_log_id"),
        Index(None, "related_ticket_id"),
        Index(None, "chat_id"),
        Index(None, "call_log_id"),
    )
