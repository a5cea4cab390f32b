"""Dates written as text, in the forms that clients send: ISO 8601 and .NET's US form (both seen).

2019-08-23   2019-08-23T22:16   2019-08-23 22:16:00.25   2019-08-23T22:16:00Z   2019-08-23T22:16:00+02:00
8/23/2019    8/23/2019 22:16    8/23/2019 10:16:00 PM
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,9}))?)?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ]{_CLOCK}(?P<zone> ?(?:Z|[+-]\d\d:?\d\d))?)?",
    re.ASCII | re.IGNORECASE,
)
_US = re.compile(
    rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}})(?: +{_CLOCK}(?: *(?P<half>[AP]M))?)?",
    re.ASCII | re.IGNORECASE,
)
_LONGEST = 50
"""Characters; the longest form has fewer."""

NOT_A_DATE = (
    "is not a date; give one as 2019-08-23T22:16:00 (with Z or +hh:mm, or without a zone) or 8/23/2019 10:16:00 PM"
)
"""How a sentence about a date that cannot be read ends."""


def read(text: str) -> datetime:
    """Read a date: aware where the text says its zone, else naive; white space around it does not matter.

    A date alone is its midnight; digits of a fraction beyond the sixth are dropped. ValueError for anything else.
    """
    word = text.strip()
    match = None if len(word) > _LONGEST else _ISO.fullmatch(word) or _US.fullmatch(word)
    if match is None:
        raise ValueError(NOT_A_DATE)
    parts = match.groupdict(default="")
    try:
        return datetime(
            int(parts["year"]),
            int(parts["month"]),
            int(parts["day"]),
            _hour(int(parts["hour"] or 0), parts.get("half", "")),
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
            int(parts["fraction"][:6].ljust(6, "0")),
            tzinfo=_zone(parts.get("zone", "").strip()),
        )
    except ValueError:
        raise ValueError(NOT_A_DATE) from None


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(NOT_A_DATE)
    return hour % 12 + (12 if half.upper() == "PM" else 0)


def _zone(zone: str) -> tzinfo | None:
    if not zone:
        return None
    if zone in {"Z", "z"}:
        return UTC
    minutes = int(zone[-2:])
    offset = timedelta(hours=int(zone[1:3]), minutes=minutes)
    if minutes > 59 or offset > timedelta(hours=14):
        raise ValueError(NOT_A_DATE)
    return timezone(-offset if zone[0] == "-" else offset)


def to_utc(value: datetime, zone: tzinfo = UTC) -> datetime:
    """Return the moment in UTC; a naive value is in `zone`.

    An hour that a clock set back shows twice, or set forward skips, is read as standard time, as .NET does. ValueError
    where the moment lies outside the years 1 to 9999.
    """
    try:
        if value.tzinfo is None:
            both = (value.replace(tzinfo=zone, fold=0), value.replace(tzinfo=zone, fold=1))
            value = min(both, key=lambda moment: moment.utcoffset() or timedelta(0))
        return value.astimezone(UTC).replace(fold=0)
    except (OverflowError, ValueError):
        raise ValueError("lies outside the years 1 to 9999") from None
