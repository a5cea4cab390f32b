"""Tables of tasks and of what is said of them."""

from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, validates

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import parameters
from smartertrack_emu.domain.kinds import Priority
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.types import IntEnumeration, at_most_one_of, one_of


class TaskStatus(IntEnum):
    """Where a task stands (documented); 1 and 2 are retired and never stored: they mean 4 and 7."""

    UNDER_CONSIDERATION = 3
    IN_PROGRESS = 4
    ON_HOLD = 5
    IN_REVIEW = 6
    COMPLETED = 7
    REJECTED = 8
    APPROVED = 9


class EstimateUnit(IntEnum):
    """What an estimate is counted in (documented)."""

    MINUTES = 1
    HOURS = 2
    DAYS = 3
    WEEKS = 4


def remind_at(due_at: datetime | None, reminder_minutes: int | None) -> datetime | None:
    """When a task's reminder is due: so many minutes before its end, None without either."""
    if due_at is None or reminder_minutes is None:
        return None
    try:
        return due_at - timedelta(minutes=reminder_minutes)
    except OverflowError:
        return None  # before the year 1, or minutes beyond counting: no reminder will ever be due


def _remind_at(context: DefaultExecutionContext) -> datetime | None:
    row = parameters(context)
    return remind_at(row.get("due_at"), row.get("reminder_minutes"))


class Task(Base):
    """A task, of one ticket, chat or call log or of none. `remind_at` follows `due_at` and `reminder_minutes`."""

    __tablename__ = "tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    priority: Mapped[Priority] = mapped_column(IntEnumeration(Priority), default=Priority.NORMAL)
    status: Mapped[TaskStatus] = mapped_column(IntEnumeration(TaskStatus), default=TaskStatus.IN_PROGRESS)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chats.id"))
    call_log_id: Mapped[int | None] = mapped_column(ForeignKey("call_logs.id"))
    starts_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    reminder_minutes: Mapped[int | None]
    remind_at: Mapped[datetime | None] = mapped_column(default=_remind_at)
    original_estimate: Mapped[int | None]
    original_estimate_unit: Mapped[EstimateUnit | None] = mapped_column(IntEnumeration(EstimateUnit))
    remaining_estimate: Mapped[int | None]
    remaining_estimate_unit: Mapped[EstimateUnit | None] = mapped_column(IntEnumeration(EstimateUnit))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    modified_at: Mapped[datetime] = mapped_column(default=clock.now)
    deleted_at: Mapped[datetime | None]

    @validates("due_at")
    def _follow_due_at(self, _: str, value: datetime | None) -> datetime | None:
        self.remind_at = remind_at(value, self.reminder_minutes)
        return value

    @validates("reminder_minutes")
    def _follow_reminder_minutes(self, _: str, value: int | None) -> int | None:
        self.remind_at = remind_at(self.due_at, value)
        return value

    __table_args__ = (
        at_most_one_of("ticket_id", "chat_id", "call_log_id", name="one_item"),
        one_of("priority", Priority),
        one_of("status", TaskStatus),
        one_of("original_estimate_unit", EstimateUnit),
        one_of("remaining_estimate_unit", EstimateUnit),
        Index(None, "ticket_id"),
        Index(None, "chat_id"),
        Index(None, "call_log_id"),
        Index(None, "agent_id", "status"),
        Index(None, "agent_id", "remind_at"),
    )


class TaskNote(Base):
    """A comment on a task. `body` is HTML."""

    __tablename__ = "task_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index(None, "task_id", "entered_at", "id"),)
