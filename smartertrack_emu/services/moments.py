"""DateTimes of the wire and the domain's moments, which are aware UTC or None.

A DateTime without a zone is UTC (documented: "in GMT"); .NET's kind Local is UTC too, as the server's zone is. There is
no null: DateTime.MinValue, .NET's default, stands for a date that is not given or not there.
"""

from datetime import UTC, datetime

from smartertrack_emu.asmx.declare import LEAST_DATETIME


def utc(value: datetime) -> datetime:
    """Return the moment that a DateTime names."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def utc_or_none(value: datetime | None) -> datetime | None:
    """Return the moment that a DateTime names, None where it was not given."""
    return None if value is None or value.replace(tzinfo=None) == LEAST_DATETIME else utc(value)


def wire(value: datetime | None) -> datetime:
    """Return the DateTime of a moment that may be missing."""
    return LEAST_DATETIME if value is None else value
