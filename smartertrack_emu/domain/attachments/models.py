"""The table of files: attachments of tickets and chats, recordings of calls."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few
from smartertrack_emu.store.types import exactly_one_of


class Attachment(Base):
    """A file of one ticket (of one of its messages where `message_id` is set), of one chat or of one call log.

    It may arrive in parts: `expected_length` (None: not known before the last part) and `received_length` are bytes,
    `parts_received` changes with every part; when it is complete, `sha256` names its content, which files of the same
    bytes share on disk. `token` is the part of
    its download address that cannot be guessed. `name` is as sent, `name_on_disk` safe; `file_at` is the file's own
    date.
    """

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_messages.id"))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id"))
    call_log_id: Mapped[int | None] = mapped_column(ForeignKey("call_logs.id"))
    name: Mapped[str]
    name_on_disk: Mapped[str]
    token: Mapped[str] = mapped_column(String(43))
    sha256: Mapped[str | None] = mapped_column(String(64))
    expected_length: Mapped[int | None] = mapped_column(BigInteger)
    received_length: Mapped[int] = mapped_column(BigInteger, default=0)
    parts_received: Mapped[int] = mapped_column(default=0)
    is_complete: Mapped[bool] = mapped_column(default=False)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sender_name: Mapped[str] = mapped_column(default="")
    file_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        exactly_one_of("ticket_id", "chat_id", "call_log_id", name="one_item"),
        CheckConstraint("message_id IS NULL OR ticket_id IS NOT NULL", name="message_of_ticket"),
        CheckConstraint("received_length <= expected_length", name="length"),
        CheckConstraint("NOT is_complete OR sha256 IS NOT NULL", name="complete"),
        UniqueConstraint("token"),
        Index(None, "ticket_id"),
        Index(None, "message_id"),
        Index(None, "chat_id"),
        Index(None, "call_log_id"),
        Index(None, "sha256"),
        few("ix_attachments_incomplete", "created_at", where="NOT is_complete"),
    )
