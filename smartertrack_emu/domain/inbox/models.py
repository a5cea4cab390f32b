"""The tables of mails that came in, and of what was fetched from which account."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import optional_key_column
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import StrEnumeration, one_of


class IncomingState(StrEnum):
    """Where a mail that came in stands."""

    WAITING = "waiting"
    IMPORTED = "imported"
    IGNORED = "ignored"
    FAILED = "failed"


class Outcome(StrEnum):
    """What became of a mail."""

    TICKET = "ticket"
    REPLY = "reply"
    NOTE = "note"
    BOUNCE = "bounce"
    DUPLICATE = "duplicate"
    LOOP = "loop"
    AUTO_REPLY = "auto-reply"
    REJECTED = "rejected"
    ERROR = "error"


class IncomingMail(Base):
    """A mail as it came in; nothing that was downloaded is without such a row.

    `sha256` names its bytes, a file beside the attachments; None once they have been removed. `length` is in bytes.
    `is_whole`: all of it was fetched; else the file holds its header, and `length` is what the server said.
    `message_id` is in angle brackets, at most 998 characters of ASCII. `attempts`: tries to import it, each counted
    before its work.
    """

    __tablename__ = "incoming_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[IncomingState] = mapped_column(StrEnumeration(IncomingState), default=IncomingState.WAITING)
    outcome: Mapped[Outcome | None] = mapped_column(StrEnumeration(Outcome))
    reason: Mapped[str] = mapped_column(default="")
    sender: Mapped[str] = mapped_column(default="")
    sender_key: Mapped[str | None] = optional_key_column("sender")
    subject: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str | None] = mapped_column(String(998))
    length: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    is_whole: Mapped[bool] = mapped_column(default=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("mail_accounts.id", ondelete="SET NULL"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"))
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    imported_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("state", IncomingState),
        one_of("outcome", Outcome),
        Index(None, "state", "id"),
        Index(
            "ix_incoming_mails_waiting",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "sender_key", "imported_at"),
        Index(
            None,
            "message_id",
            sqlite_where=text("message_id IS NOT NULL"),
            postgresql_where=text("message_id IS NOT NULL"),
        ),
        Index(None, "sha256"),
        Index(None, "account_id"),
        Index(None, "ticket_id"),
    )


class FetchedMail(Base):
    """A mail that an account's server has, and that was fetched from there: it is not fetched again.

    `uid`: by what the server tells it from others (POP3's UIDL; IMAP's UIDVALIDITY and UID, `1:17`; else the digest of
    its bytes). `sha256`: of its bytes, by which it is known when the server has given it another. `is_whole`: all of it
    was fetched; one of which only the header was is never removed from the server.
    """

    __tablename__ = "fetched_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("mail_accounts.id", ondelete="CASCADE"))
    uid: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(String(64))
    is_whole: Mapped[bool] = mapped_column(default=True)
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming_mails.id", ondelete="SET NULL"))

    __table_args__ = (UniqueConstraint("account_id", "uid"), Index(None, "incoming_id"))
