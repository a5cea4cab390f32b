"""XML Schema dates as .NET's XmlConvert reads and writes them.

Python's datetime holds microseconds: a seventh digit of a fraction is read and dropped. A `datetime` without zone is of
.NET's kind Unspecified, `datetime.UTC` marks kind Utc and `declare.LOCAL` kind Local (the server's zone being UTC).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo

from .declare import LOCAL


class _Clock:
    """Of the process: what its present day is."""

    now: Callable[[], datetime] = staticmethod(lambda: datetime.now(UTC))


def use_clock(now: Callable[[], datetime]) -> None:
    """Have `now`, which gives the moment in UTC, say which day it is: a time of day alone is of that day."""
    _Clock.now = staticmethod(now)


_ZONE = r"(?P<zone>[Zz]|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_TIME = r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d)(?:\.(?P<fraction>\d+))?"
_DATE = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
_FORMS = [
    re.compile(rf"{form}{_ZONE}\Z", re.ASCII)
    for form in (
        rf"{_DATE}T{_TIME}",
        _DATE,
        _TIME,
        r"(?P<year>\d{4})-(?P<month>\d\d)",
        r"(?P<year>\d{4})",
        r"--(?P<month>\d\d)-(?P<day>\d\d)",
        r"---(?P<day>\d\d)",
        r"--(?P<month>\d\d)(?:--)?",
    )
]
_YEARLESS = 1904
"""The leap year that .NET puts where a form has no year."""

_MICROSECOND_DIGITS = 6
_SPACE = " \t\n\v\f\r"
_LONGEST = 100
"""Characters; a fraction may have any number of digits."""


def read_datetime(text: str) -> datetime:
    """Read any of the forms XmlConvert takes (dateTime, date, time, gYearMonth, ...); ValueError for others.

    An offset is converted to the server's zone and marked LOCAL; beyond the years 1 to 9999 it stays at their ends.
    """
    word = text.strip(_SPACE)
    if len(word) <= _LONGEST:
        for form in _FORMS:
            match = form.match(word)
            if match is not None:
                return _value(match.groupdict())
    message = f"not a date: {text[:40]!r}"
    raise ValueError(message)


def _value(parts: dict[str, str | None]) -> datetime:
    year, month, day = parts.get("year"), parts.get("month"), parts.get("day")
    fraction = (parts.get("fraction") or "")[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0")
    at = time(int(parts.get("hour") or 0), int(parts.get("minute") or 0), int(parts.get("second") or 0), int(fraction))
    if year is month is day is None:
        value = datetime.combine(_Clock.now().date(), at)
    else:
        value = datetime.combine(datetime(int(year or _YEARLESS), int(month or 1), int(day or 1)).date(), at)  # noqa: DTZ001 - kind Unspecified
    zone = parts.get("zone")
    if zone is None:
        return value
    if zone in ("Z", "z"):
        return value.replace(tzinfo=UTC)
    return _at_server(value, timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])) * (-1 if zone[0] == "+" else 1))


def _at_server(value: datetime, change: timedelta) -> datetime:
    try:
        return (value + change).replace(tzinfo=LOCAL)
    except OverflowError:
        return (datetime.max if change > timedelta(0) else datetime.min).replace(tzinfo=LOCAL)  # noqa: DTZ901 - it gets one


def write_datetime(value: datetime) -> str:
    """Write a value as XmlSerializer does: no trailing zeros in the fraction, `Z` or an offset by its kind."""
    zone = value.tzinfo
    if zone is not None:
        value = value.replace(tzinfo=None)
    text = value.isoformat()
    if value.microsecond:
        text = text.rstrip("0") if value != datetime.max else f"{text}9"  # noqa: DTZ901 - zones are off
    return text + _suffix(zone)


def _suffix(zone: tzinfo | None) -> str:
    if zone is None:
        return ""
    if zone is LOCAL:
        return "+00:00"
    if zone is UTC:
        return "Z"
    message = f"a DateTime is of kind Utc, Local or Unspecified, not in zone {zone}"
    raise ValueError(message)
