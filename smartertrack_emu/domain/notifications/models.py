"""The table of reminders."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few
from smartertrack_emu.store.types import StrEnumeration, at_most_one_of, one_of


class ReminderCategory(StrEnum):
    """What a reminder is about (ours)."""

    TASK = "Task"
    FOLLOW_UP = "FollowUp"
    EVENT = "Event"


class Reminder(Base):
    """Something a user is told from `raised_at` on until they dismiss it, but not before `snoozed_until`.

    `occurred_at` is when what it is about happened. The reminder of a task, or of a ticket's follow-up, has that thing
    and the moment it fell due, `occurred_at` and `raised_at` alike, so that each is there once; it says what the thing
    says now, and holds only while the thing is still due at that moment (see `raising`).
    """

    __tablename__ = "reminders"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    category: Mapped[ReminderCategory] = mapped_column(StrEnumeration(ReminderCategory), default=ReminderCategory.EVENT)
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    occurred_at: Mapped[datetime] = mapped_column(default=clock.now)
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    snoozed_until: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("category", ReminderCategory),
        at_most_one_of("task_id", "ticket_id", name="one_thing"),
        UniqueConstraint("user_id", "task_id", "occurred_at"),
        UniqueConstraint("user_id", "ticket_id", "occurred_at"),
        Index(None, "user_id", "dismissed_at", "raised_at"),
        few("ix_reminders_task_id", "task_id", where="task_id IS NOT NULL"),
        few("ix_reminders_ticket_id", "ticket_id", where="ticket_id IS NOT NULL"),
    )
