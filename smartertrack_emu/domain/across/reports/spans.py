"""The time that a report is about: whole days by the installation's time zone, or from one moment to another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from smartertrack_emu.domain import dates
from smartertrack_emu.domain.errors import BadValue

from .models import DateRange

MOST_DAYS = 3_660
"""How many days a report may be about."""

_DAY = timedelta(days=1)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LAST = 29
"""How many days before the last one a span begins that is not told when."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` on, and before `end`; days are those of `zone`."""

    start: datetime
    end: datetime
    zone: tzinfo

    def days(self) -> Iterator[tuple[str, datetime, datetime]]:
        """Give each day, as `2031-02-28`, with its beginning and end in UTC, as far as they lie within the span."""
        day = self.start.astimezone(self.zone).date()
        start = self.start
        while start < self.end:
            end = min(_midnight(day + _DAY, self.zone), self.end)
            yield day.isoformat(), start, end
            day, start = day + _DAY, end


def read_span(first: str, last: str, now: datetime, zone: tzinfo) -> Span:
    """Return the span that two texts say: days (`2031-02-28`, the last one included) or moments with their zone.

    Without `last` it ends with today, without `first` it begins 29 days before its last day. BadValue for what is
    neither, an end before the beginning, or more than `MOST_DAYS`.
    """
    try:
        end = _read(last, "last", zone, ends=True) if last else _midnight(now.astimezone(zone).date() + _DAY, zone)
        if first:
            start = _read(first, "first", zone)
        else:
            last_day = (end - timedelta(microseconds=1)).astimezone(zone).date()
            start = _midnight(last_day - _LAST * _DAY, zone)
    except (OverflowError, ValueError):
        raise BadValue("first", "lies at an edge of the calendar.") from None
    if end <= start:
        raise BadValue("first", "does not lie before the end of {last}.", fields=["last"])
    if end - start > MOST_DAYS * _DAY:
        raise BadValue("first", f"lies more than {MOST_DAYS} days before {{last}}.", fields=["last"])
    return Span(start, end, zone)


def range_before(kind: DateRange, moment: datetime, zone: tzinfo) -> Span:
    """Return the days that a range means on the day of a moment; weeks begin on Mondays."""
    today = moment.astimezone(zone).date()
    first, last = today - _DAY, today
    if kind is DateRange.LAST_7_DAYS:
        first = today - 7 * _DAY
    elif kind is DateRange.LAST_30_DAYS:
        first = today - 30 * _DAY
    elif kind is DateRange.LAST_WEEK:
        last = today - today.weekday() * _DAY
        first = last - 7 * _DAY
    elif kind is DateRange.LAST_MONTH:
        last = today.replace(day=1)
        first = (last - _DAY).replace(day=1)
    return Span(_midnight(first, zone), _midnight(last, zone), zone)


def at_time(day: date, at: str, zone: tzinfo) -> datetime:
    """Return the moment, in UTC, of a time of day `HH:MM` on a day."""
    return dates.to_utc(datetime.combine(day, time.fromisoformat(at)), zone)


def _read(text: str, field: str, zone: tzinfo, *, ends: bool = False) -> datetime:
    is_day = _DATE.fullmatch(text) is not None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or (found.tzinfo is None) != is_day:
        raise BadValue(field, "must be a day, as 2031-02-28, or a time with its zone, as 2031-02-28T12:00:00Z.")
    if is_day:
        return _midnight(found.date() + (_DAY if ends else timedelta(0)), zone)
    return found.astimezone(UTC)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return dates.to_utc(datetime.combine(day, time()), zone)
