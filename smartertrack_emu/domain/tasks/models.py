"""Tables of tasks, of what is said of them, and of those that recur."""

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, validates

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.keys import parameters
from smartertrack_emu.domain.kinds import Priority
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few
from smartertrack_emu.store.types import IntEnumeration, StrEnumeration, at_most_one_of, one_of


class TaskStatus(IntEnum):
    """Where a task stands (documented); 1 and 2 are retired and never stored: they mean 4 and 7."""

    UNDER_CONSIDERATION = 3
    IN_PROGRESS = 4
    ON_HOLD = 5
    IN_REVIEW = 6
    COMPLETED = 7
    REJECTED = 8
    APPROVED = 9


TO_DO = "deleted_at IS NULL AND status NOT IN (7, 8)"
"""The condition that a task is neither deleted nor completed nor rejected, as the indexes of `Task` have it."""


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
    """A task, of one ticket, chat or call log or of none. `remind_at` follows `due_at` and `reminder_minutes`.

    `is_started`, `is_due`, `is_reminded`: that its start, its end and its reminder were reached has been told; another
    date, and for the reminder another agent, is to be told anew.
    """

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
    is_started: Mapped[bool] = mapped_column(default=False)
    is_due: Mapped[bool] = mapped_column(default=False)
    is_reminded: Mapped[bool] = mapped_column(default=False)

    @validates("starts_at")
    def _follow_starts_at(self, _: str, value: datetime | None) -> datetime | None:
        if value != self.starts_at:
            self.is_started = False
        return value

    @validates("due_at")
    def _follow_due_at(self, _: str, value: datetime | None) -> datetime | None:
        if value != self.due_at:
            self.is_due = False
        self._remind(remind_at(value, self.reminder_minutes))
        return value

    @validates("reminder_minutes")
    def _follow_reminder_minutes(self, _: str, value: int | None) -> int | None:
        self._remind(remind_at(self.due_at, value))
        return value

    @validates("agent_id")
    def _follow_agent_id(self, _: str, value: int | None) -> int | None:
        if value != self.agent_id:
            self.is_reminded = False
        return value

    def _remind(self, at: datetime | None) -> None:
        if at != self.remind_at:
            self.is_reminded = False
        self.remind_at = at

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
        Index(None, "created_at"),
        few("ix_tasks_to_start", "starts_at", where=f"NOT is_started AND {TO_DO}"),
        few("ix_tasks_to_be_due", "due_at", where=f"NOT is_due AND {TO_DO}"),
        few("ix_tasks_to_remind", "remind_at", where=f"NOT is_reminded AND {TO_DO}"),
        few("ix_tasks_completed", "modified_at", where="deleted_at IS NULL AND status = 7"),
        few("ix_tasks_deleted_at", "deleted_at", where="deleted_at IS NOT NULL"),
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


class RecurrenceKind(StrEnum):
    """How often a task recurs (seen)."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class Weekday(IntEnum):
    """A day of the week, as patterns count them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class RecurringTask(Base):
    """A task that is made again and again, at the first date of its pattern and at each `interval`-th after it.

    The time of day is that of `starts_at` by the installation's time zone. `days`: for a weekly one the days of the
    week, 0 (Monday) to 6, separated by commas; empty: that of `starts_at`. The task it makes is due `due_minutes`
    after its start (None: never). `next_at`: when the next is made; None where no date is left.
    """

    __tablename__ = "recurring_tasks"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    priority: Mapped[Priority] = mapped_column(IntEnumeration(Priority), default=Priority.NORMAL)
    status: Mapped[TaskStatus] = mapped_column(IntEnumeration(TaskStatus), default=TaskStatus.IN_PROGRESS)
    kind: Mapped[RecurrenceKind] = mapped_column(StrEnumeration(RecurrenceKind))
    interval: Mapped[int] = mapped_column(default=1)
    days: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    due_minutes: Mapped[int | None]
    next_at: Mapped[datetime | None]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("priority", Priority),
        one_of("status", TaskStatus),
        one_of("kind", RecurrenceKind),
        CheckConstraint("interval >= 1 AND due_minutes >= 0", name="numbers"),
        Index(None, "agent_id"),
        few("ix_recurring_tasks_due", "next_at", where="is_enabled AND deleted_at IS NULL"),
        few("ix_recurring_tasks_deleted_at", "deleted_at", where="deleted_at IS NOT NULL"),
    )
