"""The tables of mails to be sent, of their own attachments, and of templates that are not as they are built in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import StrEnumeration, one_of


class MailKind(StrEnum):
    """Why a mail is sent."""

    MESSAGE = "message"
    AUTO_RESPONDER = "auto_responder"
    TEMPLATE = "template"
    NOTIFICATION = "notification"
    ERROR = "error"
    REPORT = "report"


class MailState(StrEnum):
    """Where a mail stands. Held: nobody sends it until somebody says so."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


def _where(name: str, condition: str, *columns: str) -> Index:
    """Some of the mails in some order: so few stand in the index that the others do not pay for it."""
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


class OutgoingMail(Base):
    """A mail put into the spool in the transaction of what it tells.

    The address columns may hold several addresses, separated by commas; `recipient_keys` is each of them once, as
    `spool.recipients.keys_of` writes them. The Message-ID is made of `ticket_number`, the id, `message_key` and
    `message_host` (`spool.message_ids`). `department_id`: whose mail it is where no ticket says so; it may be gone.
    `is_answer`: it goes by itself to whoever wrote, so it counts in the limits against loops. `in_reply_to`: the
    Message-ID of the mail that it answers, where that is no message of a ticket.

    The attachments are those of `message_id`, and `outgoing_attachments`. From the first attempt on `sha256` names the
    bytes that are sent, a file beside the attachments, and `sender`, `envelope_sender` and `results` (JSON: each
    recipient's address, state and reply) say what is in them. `holder`: which run is sending it. `is_hurried`: the
    delay before the first attempt does not hold. `ended_at`: when it was sent or given up.
    """

    __tablename__ = "outgoing_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MailKind] = mapped_column(StrEnumeration(MailKind), default=MailKind.MESSAGE)
    template: Mapped[str] = mapped_column(String(32), default="")
    state: Mapped[MailState] = mapped_column(StrEnumeration(MailState), default=MailState.WAITING)
    is_answer: Mapped[bool] = mapped_column(default=False)
    is_hurried: Mapped[bool] = mapped_column(default=False)
    from_address: Mapped[str] = mapped_column(default="")
    from_name: Mapped[str] = mapped_column(default="")
    to_address: Mapped[str]
    cc_address: Mapped[str] = mapped_column(default="")
    bcc_address: Mapped[str] = mapped_column(default="")
    recipient_keys: Mapped[str] = mapped_column(default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_messages.id", ondelete="SET NULL"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    department_id: Mapped[int | None]
    ticket_number: Mapped[str] = mapped_column(String(17), default="")
    message_key: Mapped[str] = mapped_column(String(32), default="")
    message_host: Mapped[str] = mapped_column(default="")
    in_reply_to: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    next_attempt_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(default="")
    envelope_sender: Mapped[str] = mapped_column(default="")
    last_error: Mapped[str] = mapped_column(default="")
    results: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    is_html: Mapped[bool] = mapped_column(default=False)
    body: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        one_of("kind", MailKind),
        one_of("state", MailState),
        Index(None, "ticket_id"),
        Index(None, "message_id"),
        Index(None, "user_id"),
        Index(None, "state", "id"),
        Index("ix_outgoing_mails_due", "state", "next_attempt_at", "id"),
        _where("ix_outgoing_mails_ended", "ended_at IS NOT NULL", "ended_at", "id"),
        _where("ix_outgoing_mails_errors", "kind = 'error'", "created_at"),
        Index(
            "ix_outgoing_mails_answers",
            "recipient_keys",
            "created_at",
            sqlite_where=text("is_answer = 1"),
            postgresql_where=text("is_answer"),
        ),
    )


class OutgoingAttachment(Base):
    """A file that a mail carries and no ticket has; `sha256` names its content, beside that of attachments."""

    __tablename__ = "outgoing_attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("outgoing_mails.id", ondelete="CASCADE"))
    name: Mapped[str]
    content_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    length: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index(None, "mail_id"),)


class MailTemplate(Base):
    """A template that somebody has written anew; the others are built in."""

    __tablename__ = "mail_templates"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    subject: Mapped[str]
    body: Mapped[str]
    is_html: Mapped[bool]
