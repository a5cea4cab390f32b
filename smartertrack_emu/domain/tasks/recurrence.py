"""The dates of a pattern: every so many days, weeks, months or years, at a time of day in the installation's zone.

Dates by the installation's clock, so 09:00 stays 09:00 over summer time. A day that a month or a year lacks becomes its
last one (the 31st in February, 29 February). All of it is ours; python-dateutil counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from smartertrack_emu.domain import dates

from .models import RecurrenceKind

if TYPE_CHECKING:
    from dateutil.rrule import rrule

_LAST_SAFE_DAY = 28
"""Every month has it."""

_EDGE = timedelta(days=2)
"""Two days from the end of all dates, no zone leads beyond it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """When something recurs. `starts_at`: the first date; `days`: of a weekly one the days, 0 (Monday) to 6."""

    kind: RecurrenceKind
    interval: int
    starts_at: datetime
    days: tuple[int, ...] = ()

    def first_after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """Return the first date after a moment, in UTC; None where there is none before the year 10000."""
        return next((date for date in self._around(moment, zone) if date > moment), None)

    def last_until(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """Return the last date that is not after a moment, in UTC; None where the pattern begins later."""
        last = None
        for date in self._around(moment, zone):
            if date > moment:
                break
            last = date
        return last

    def _around(self, moment: datetime, zone: tzinfo) -> Iterator[datetime]:
        """Give the dates from shortly before a moment on: in few steps, however long ago the first one was."""
        first = _local(self.starts_at, zone).replace(microsecond=0)  # the rules know whole seconds alone
        for date in self._rule(first, _local(moment, zone)):
            if date >= first and date < datetime.max - _EDGE:  # noqa: DTZ901 - local dates are naive here
                yield max(dates.to_utc(date, zone), self.starts_at)

    def _rule(self, first: datetime, near: datetime) -> rrule:
        from dateutil import rrule as rules  # noqa: PLC0415 - a server needs it only where something recurs

        step = self.interval
        if self.kind is RecurrenceKind.DAILY:
            return rules.rrule(rules.DAILY, _days_on(first, near, step), interval=step)
        if self.kind is RecurrenceKind.WEEKLY:
            monday = first - timedelta(days=min(first.weekday(), first.toordinal() - 1))
            days = self.days or (first.weekday(),)
            return rules.rrule(rules.WEEKLY, _days_on(monday, near, step * 7), interval=step, byweekday=days)
        near = max(near, first)
        day = range(min(first.day, _LAST_SAFE_DAY), first.day + 1)
        if self.kind is RecurrenceKind.MONTHLY:
            months = (near.year - first.year) * 12 + near.month - first.month
            months = max(months // step - 2, 0) * step + first.month - 1
            start = first.replace(year=first.year + months // 12, month=months % 12 + 1, day=1)
            return rules.rrule(rules.MONTHLY, start, interval=step, bymonthday=day, bysetpos=-1)
        years = max((near.year - first.year) // step - 2, 0) * step
        start = first.replace(year=first.year + years, day=1)
        return rules.rrule(rules.YEARLY, start, interval=step, bymonth=first.month, bymonthday=day, bysetpos=-1)


def _days_on(first: datetime, near: datetime, step: int) -> datetime:
    """Return the date some steps, of so many days, before `near`, or the first one."""
    steps = max((near - first).days // step - 2, 0)
    return first + timedelta(days=steps * step)


def _local(moment: datetime, zone: tzinfo) -> datetime:
    """Return what the clock on the wall shows, to the microsecond."""
    try:
        return moment.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        return moment.astimezone(UTC).replace(tzinfo=None)
