"""The table of reports that are sent by mail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.indexes import few
from smartertrack_emu.store.types import StrEnumeration, one_of


class Frequency(StrEnum):
    """How often a report is sent (seen); a weekly one on Mondays, a monthly one on the first (ours)."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class DateRange(StrEnum):
    """Which days it is about (ours), counted from the day it is sent on."""

    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last-7-days"
    LAST_30_DAYS = "last-30-days"
    LAST_WEEK = "last-week"
    LAST_MONTH = "last-month"


class ReportSchedule(Base):
    """A report, by its GUID, that is mailed by itself.

    `at` is a time of day, HH:MM, by the installation's time zone. `user_id`: whose right to the report counts. The
    address columns hold several addresses, separated by commas; `body` is HTML and stands before the table.
    `next_send_at` None: no date is left.
    """

    __tablename__ = "report_schedules"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[str] = mapped_column(String(36))
    frequency: Mapped[Frequency] = mapped_column(StrEnumeration(Frequency))
    at: Mapped[str] = mapped_column(String(5))
    date_range: Mapped[DateRange] = mapped_column(StrEnumeration(DateRange))
    to_address: Mapped[str]
    cc_address: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    next_send_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        one_of("frequency", Frequency),
        one_of("date_range", DateRange),
        Index(None, "user_id"),
        few("ix_report_schedules_due", "next_send_at", where="is_enabled"),
    )
