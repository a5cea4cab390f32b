"""Dates as text: both forms are seen in real clients, what is refused and how clocks set back are read is ours."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain import dates

BERLIN = ZoneInfo("Europe/Berlin")


def naive(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - a text without a zone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-08-23", naive(2019, 8, 23)),
        ("2019-08-23T22:16", naive(2019, 8, 23, 22, 16)),
        ("2019-08-23T22:16:00", naive(2019, 8, 23, 22, 16)),
        ("2019-08-23 22:16:05.25", naive(2019, 8, 23, 22, 16, 5, 250000)),
        ("2019-08-23T22:16:05.1234567", naive(2019, 8, 23, 22, 16, 5, 123456)),
        ("2019-08-23T22:16:00Z", datetime(2019, 8, 23, 22, 16, tzinfo=UTC)),
        ("2019-08-23t22:16:00z", datetime(2019, 8, 23, 22, 16, tzinfo=UTC)),
        ("2019-08-23T22:16:00+02:00", datetime(2019, 8, 23, 20, 16, tzinfo=UTC)),
        ("2019-08-23 22:16:00 -0730", datetime(2019, 8, 24, 5, 46, tzinfo=UTC)),
        ("8/23/2019", naive(2019, 8, 23)),
        ("08/03/2019", naive(2019, 8, 3)),
        ("8/23/2019 10:16:00 PM", naive(2019, 8, 23, 22, 16)),
        ("8/23/2019 10:16:00 am", naive(2019, 8, 23, 10, 16)),
        ("8/23/2019 12:00:00 AM", naive(2019, 8, 23)),
        ("8/23/2019 12:00 PM", naive(2019, 8, 23, 12)),
        ("8/23/2019 22:16", naive(2019, 8, 23, 22, 16)),
        ("  8/23/2019\t", naive(2019, 8, 23)),
        ("2/29/2024", naive(2024, 2, 29)),
    ],
)
def test_accepted(text: str, expected: datetime) -> None:
    value = dates.read(text)
    assert value == expected
    assert (value.tzinfo is None) == (expected.tzinfo is None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "22:16",
        "2019-08",
        "2019-02-29",
        "2019-13-01",
        "2019-08-23T24:00:00",
        "2019-08-23T22:60",
        "2019-08-23T22",
        "2019-08-23T22:16:00+15:00",
        "2019-08-23T22:16:00+02:60",
        "2019-08-23T22:16:00 CEST",
        "2019-08-23Z",
        "23/8/2019",
        "8/23/19",
        "8/23/2019 13:00 PM",
        "8/23/2019 0:15 AM",
        "8/23/2019 10:16:00 PM Z",
        "0000-01-01",
        "٢٠١٩-08-23",
        "2019-08-23T22:16:00." + "1" * 1000,
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        dates.read(text)


@given(st.text())
def test_no_text_crashes(text: str) -> None:
    try:
        value = dates.read(text)
    except ValueError as error:
        assert str(error) == dates.NOT_A_DATE  # noqa: PT017 - a refusal is as good as an answer
    else:
        assert isinstance(value, datetime)


@given(st.from_regex(r"\A[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}([T ][0-9:. APMZ+-]{0,20})?\Z"))
def test_no_near_date_crashes(text: str) -> None:
    try:
        value = dates.read(text)
        assert dates.read(value.isoformat()) == value
        dates.to_utc(value, BERLIN)
    except ValueError as error:
        assert str(error) in {dates.NOT_A_DATE, "lies outside the years 1 to 9999"}  # noqa: PT017 - the same


@given(st.datetimes(timezones=st.none() | st.just(UTC) | st.just(timezone(timedelta(hours=5, minutes=30)))))
def test_iso_is_read_as_written(value: datetime) -> None:
    assert dates.read(value.isoformat()) == value
    assert dates.read(value.isoformat(" ")) == value


@given(st.datetimes())
def test_us_is_read_as_written(value: datetime) -> None:
    whole = value.replace(microsecond=0, fold=0)
    hour, half = whole.hour % 12 or 12, "AM" if whole.hour < 12 else "PM"
    text = f"{whole.month}/{whole.day}/{whole.year:04} {hour}:{whole.minute:02}:{whole.second:02} {half}"
    assert dates.read(text) == whole


def test_a_zone_of_its_own_counts() -> None:
    assert dates.to_utc(datetime(2024, 7, 1, 12, tzinfo=UTC), BERLIN) == datetime(2024, 7, 1, 12, tzinfo=UTC)
    assert dates.to_utc(naive(2024, 7, 1, 12), BERLIN) == datetime(2024, 7, 1, 10, tzinfo=UTC)
    assert dates.to_utc(naive(2024, 7, 1, 12)) == datetime(2024, 7, 1, 12, tzinfo=UTC)


def test_an_hour_shown_twice_or_never_is_standard_time() -> None:
    assert dates.to_utc(naive(2024, 10, 27, 2, 30), BERLIN) == datetime(2024, 10, 27, 1, 30, tzinfo=UTC)
    assert dates.to_utc(naive(2024, 3, 31, 2, 30), BERLIN) == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:00:00-05:00"])
def test_beyond_the_calendar(text: str) -> None:
    with pytest.raises(ValueError, match="outside the years"):
        dates.to_utc(dates.read(text))
