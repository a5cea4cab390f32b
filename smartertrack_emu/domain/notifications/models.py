"""The table of reminders."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import StrEnumeration, one_of


class ReminderCategory(StrEnum):
    """What a reminder is about (ours)."""

    TASK = "Task"
    FOLLOW_UP = "FollowUp"
    EVENT = "Event"


class Reminder(Base):
    """Something a user is told until he dismisses it: not while `snoozed_until` is ahead.

    `source` names what raised it (a task and its due date, say), so that each is raised once; None: nothing did.
    `occurred_at` is when what it is about happened, `raised_at` when the reminder came to be.
    """

    __tablename__ = "reminders"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    category: Mapped[ReminderCategory] = mapped_column(StrEnumeration(ReminderCategory), default=ReminderCategory.EVENT)
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    source: Mapped[str | None] = mapped_column(String(100))
    occurred_at: Mapped[datetime] = mapped_column(default=clock.now)
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    snoozed_until: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("category", ReminderCategory),
        UniqueConstraint("user_id", "source"),
        Index(None, "user_id", "dismissed_at", "raised_at"),
    )
