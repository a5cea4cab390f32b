"""The table of call logs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import optional_key_column
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few


class CallLog(Base):
    """A telephone call with a customer; lists go by `created_at`. A deleted one is still read."""

    __tablename__ = "call_logs"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(17))
    subject: Mapped[str]
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    customer_name: Mapped[str] = mapped_column(default="")
    email_address: Mapped[str] = mapped_column(default="")
    email_address_key: Mapped[str | None] = optional_key_column("email_address")
    phone_number: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    is_incoming: Mapped[bool] = mapped_column(default=True)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("started_at <= ended_at", name="order"),
        Index(None, "group_id", "created_at", "id"),
        Index(None, "agent_id", "created_at", "id"),
        Index(None, "created_at", "id"),
        Index(None, "email_address_key"),
        few("ix_call_logs_there", "group_id", "created_at", where="deleted_at IS NULL"),
        few("ix_call_logs_deleted_at", "deleted_at", where="deleted_at IS NOT NULL"),
    )
