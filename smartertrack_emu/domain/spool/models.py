"""The table of mails to be sent."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import StrEnumeration, one_of


class MailKind(StrEnum):
    """Why a mail is sent."""

    MESSAGE = "message"
    AUTO_RESPONDER = "auto_responder"
    VERIFICATION = "verification"
    NOTIFICATION = "notification"


class OutgoingMail(Base):
    """A mail put into the spool in the transaction of what it tells; waiting while `sent_at` is None.

    The address columns may hold several addresses. The attachments are those of `message_id`.
    """

    __tablename__ = "outgoing_mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MailKind] = mapped_column(StrEnumeration(MailKind), default=MailKind.MESSAGE)
    from_address: Mapped[str] = mapped_column(default="")
    from_name: Mapped[str] = mapped_column(default="")
    to_address: Mapped[str]
    cc_address: Mapped[str] = mapped_column(default="")
    bcc_address: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    is_html: Mapped[bool] = mapped_column(default=False)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="SET NULL"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_messages.id", ondelete="SET NULL"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        one_of("kind", MailKind),
        Index(None, "ticket_id"),
        Index(None, "message_id"),
        Index(None, "user_id"),
        Index(
            "ix_outgoing_mails_waiting",
            "id",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )
