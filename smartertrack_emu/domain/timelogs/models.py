"""Tables of time logs and their categories."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import key_column
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import exactly_one_of


class TimeLogCategory(Base):
    """What time is spent on."""

    __tablename__ = "time_log_categories"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = key_column("name")
    description: Mapped[str] = mapped_column(default="")

    __table_args__ = (UniqueConstraint("name_key"),)


class TimeLog(Base):
    """Time an agent spent on one ticket, chat or call, from `started_at` to `ended_at`."""

    __tablename__ = "time_logs"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    call_log_id: Mapped[int | None] = mapped_column(ForeignKey("call_logs.id", ondelete="CASCADE"))
    category_id: Mapped[int] = mapped_column(ForeignKey("time_log_categories.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subject: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    is_billable: Mapped[bool] = mapped_column(default=False)
    is_deleted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        exactly_one_of("ticket_id", "chat_id", "call_log_id", name="one_item"),
        CheckConstraint("started_at <= ended_at", name="order"),
        Index(None, "ticket_id"),
        Index(None, "chat_id"),
        Index(None, "call_log_id"),
        Index(None, "category_id"),
        Index(None, "started_at"),
    )
