"""The format of what recurs and of texts that agents keep: tasks, canned replies, news, scheduled reports."""

from __future__ import annotations

from pydantic import Field

from smartertrack_emu.domain import models
from smartertrack_emu.domain.kinds import Priority
from smartertrack_emu.domain.tasks.models import TaskStatus

from .format_entry import Entry, Many
from .values import (
    Address,
    Count,
    DayWord,
    FrequencyWord,
    KindWord,
    PriorityWord,
    RangeWord,
    Ref,
    ReportTitle,
    Required,
    Since,
    TaskStatusWord,
    TimeOfDay,
    When,
)


class RecurringTaskEntry(Entry):
    """A task that is made again and again."""

    row = models.RecurringTask
    subject: Required
    description: str = ""
    agent: Ref | None = None
    priority: PriorityWord = Priority.NORMAL
    status: TaskStatusWord = TaskStatus.IN_PROGRESS
    kind: KindWord
    interval: int = Field(1, ge=1, le=1_000)
    days: Many[DayWord]
    start: When | None = None
    due_minutes: Count | None = None
    enabled: bool = True


class CannedReplyEntry(Entry):
    """An answer that is written once and given often."""

    row = models.CannedReply
    name: Required
    body: str = ""
    deleted: Since = None


class NewsEntry(Entry):
    """An announcement."""

    row = models.NewsItem
    subject: Required
    body: str = ""
    enabled: bool = True
    created: When | None = None
    deleted: Since = None


class ReportScheduleEntry(Entry):
    """A report that is mailed by itself."""

    row = models.ReportSchedule
    report: ReportTitle
    frequency: FrequencyWord
    at: TimeOfDay = "00:00"
    date_range: RangeWord
    to: list[Address] = Field(min_length=1, max_length=100)
    cc: list[Address] = Field(default_factory=list, max_length=100)
    subject: str = ""
    body: str = ""
    user: Ref | None = None
    enabled: bool = True
