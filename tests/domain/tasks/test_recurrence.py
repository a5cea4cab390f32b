"""The dates of patterns, ours: month ends, summer time, intervals, and that they cost the same however long ago."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain.tasks.models import RecurrenceKind
from smartertrack_emu.domain.tasks.recurrence import Pattern

BERLIN = ZoneInfo("Europe/Berlin")


def dates(pattern: Pattern, count: int, zone: ZoneInfo = BERLIN) -> list[str]:
    return [f"{date.astimezone(zone):%Y-%m-%d %H:%M}" for date in _first(pattern, count, zone)]


def _first(pattern: Pattern, count: int, zone: ZoneInfo) -> Iterator[datetime]:
    at = pattern.starts_at - timedelta(microseconds=1)
    for _ in range(count):
        found = pattern.first_after(at, zone)
        assert found is not None
        assert pattern.last_until(found, zone) == found
        yield found
        at = found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (
            Pattern(RecurrenceKind.DAILY, 1, at("2031-03-29 09:00")),  # the clock goes forward on the 30th
            ["2031-03-29 09:00", "2031-03-30 09:00", "2031-03-31 09:00"],
        ),
        (Pattern(RecurrenceKind.DAILY, 3, at("2031-02-27 23:30")), ["2031-02-27 23:30", "2031-03-02 23:30"]),
        (
            Pattern(RecurrenceKind.WEEKLY, 1, at("2031-03-05 09:00")),  # a Wednesday
            ["2031-03-05 09:00", "2031-03-12 09:00"],
        ),
        (
            Pattern(RecurrenceKind.WEEKLY, 2, at("2031-03-05 09:00"), (0, 4)),
            ["2031-03-07 09:00", "2031-03-17 09:00", "2031-03-21 09:00", "2031-03-31 09:00"],
        ),
        (
            Pattern(RecurrenceKind.MONTHLY, 1, at("2031-12-31 09:00")),
            ["2031-12-31 09:00", "2032-01-31 09:00", "2032-02-29 09:00", "2032-03-31 09:00", "2032-04-30 09:00"],
        ),
        (
            Pattern(RecurrenceKind.MONTHLY, 5, at("2031-11-30 09:00")),
            ["2031-11-30 09:00", "2032-04-30 09:00", "2032-09-30 09:00", "2033-02-28 09:00"],
        ),
        (Pattern(RecurrenceKind.MONTHLY, 1, at("2031-01-15 00:00")), ["2031-01-15 00:00", "2031-02-15 00:00"]),
        (
            Pattern(RecurrenceKind.YEARLY, 1, at("2028-02-29 09:00")),
            ["2028-02-29 09:00", "2029-02-28 09:00", "2030-02-28 09:00", "2031-02-28 09:00", "2032-02-29 09:00"],
        ),
        (Pattern(RecurrenceKind.YEARLY, 2, at("2031-07-04 12:00")), ["2031-07-04 12:00", "2033-07-04 12:00"]),
    ],
)
def test_dates(pattern: Pattern, expected: list[str]) -> None:
    assert dates(pattern, len(expected)) == expected


def test_an_hour_that_is_skipped() -> None:
    pattern = Pattern(RecurrenceKind.DAILY, 1, at("2031-03-29 02:30"))
    assert dates(pattern, 3) == ["2031-03-29 02:30", "2031-03-30 03:30", "2031-03-31 02:30"]


def test_the_end_of_all_dates() -> None:
    pattern = Pattern(RecurrenceKind.YEARLY, 1000, at("2031-07-04 12:00"))
    assert pattern.first_after(datetime(9999, 12, 31, 23, tzinfo=UTC), BERLIN) is None
    assert pattern.last_until(datetime(2000, 1, 1, tzinfo=UTC), BERLIN) is None


def moment_of(tenths: int) -> datetime:
    return datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=tenths / 10)


@given(
    st.sampled_from(list(RecurrenceKind)),
    st.integers(1, 40),
    st.integers(0, 40 * 365 * 86_400 * 10).map(moment_of),
    st.integers(0, 900 * 365 * 86_400 * 10).map(moment_of),
)
def test_two_neighbours_stand_around_every_moment(
    kind: RecurrenceKind, interval: int, starts_at: datetime, moment: datetime
) -> None:
    pattern = Pattern(kind, interval, starts_at)
    after, before = pattern.first_after(moment, BERLIN), pattern.last_until(moment, BERLIN)
    assert after is not None
    assert after > moment
    assert (before is None) == (moment < starts_at)
    if before is None:
        assert after == starts_at
    else:
        assert before <= moment
        assert pattern.first_after(before, BERLIN) == after
