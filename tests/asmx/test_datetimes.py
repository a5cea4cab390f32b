"""Dates as XmlConvert reads and writes them (recorded; a time of day alone and a small z: seen beside Mono's ASMX)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.asmx import datetimes
from smartertrack_emu.asmx.datetimes import read_datetime, use_clock, write_datetime
from smartertrack_emu.asmx.declare import LEAST_DATETIME, LOCAL

from .probe_service import roundtrip
from .wire import args, post

KINDS = st.sampled_from([None, UTC, LOCAL])
GREATEST = LEAST_DATETIME.replace(year=9999, month=12, day=31, hour=23, minute=59, second=59, microsecond=999_999)


def at(*parts: int, zone: timezone | None = None) -> datetime:
    return LEAST_DATETIME.replace(year=parts[0], month=parts[1], day=parts[2], tzinfo=zone) + timedelta(
        **dict(zip(("hours", "minutes", "seconds", "microseconds"), parts[3:], strict=False))
    )


@given(st.datetimes(), KINDS)
def test_what_is_written_is_read_back(value: datetime, kind: timezone | None) -> None:
    value = value.replace(tzinfo=kind)
    text = write_datetime(value)
    again = read_datetime(text)
    assert again == value
    assert again.tzinfo is kind
    assert write_datetime(again) == text
    assert read_datetime(f" \t{text}\r\n") == value


@given(st.text(alphabet="0123456789-:TZ.+ ", max_size=30) | st.text(max_size=30))
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        value = read_datetime(text)
    except ValueError:
        return
    assert write_datetime(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (at(2020, 1, 2, 3, 4, 5), "2020-01-02T03:04:05"),
        (at(2020, 1, 2, 3, 4, 5, zone=UTC), "2020-01-02T03:04:05Z"),
        (at(2020, 1, 2, 3, 4, 5, zone=LOCAL), "2020-01-02T03:04:05+00:00"),
        (at(2020, 1, 2, 3, 4, 5, 670_000), "2020-01-02T03:04:05.67"),
        (at(2020, 1, 2, 3, 4, 5, 1, zone=UTC), "2020-01-02T03:04:05.000001Z"),
        (LEAST_DATETIME, "0001-01-01T00:00:00"),
        (LEAST_DATETIME.replace(tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (GREATEST, "9999-12-31T23:59:59.9999999"),
        (GREATEST.replace(tzinfo=UTC), "9999-12-31T23:59:59.9999999Z"),
    ],
)
def test_written(value: datetime, text: str) -> None:
    assert write_datetime(value) == text


def test_other_zones_have_no_kind() -> None:
    with pytest.raises(ValueError, match="not in zone"):
        write_datetime(at(2020, 1, 2, zone=timezone(timedelta(hours=2))))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2020-01-02T03:04:05Z", at(2020, 1, 2, 3, 4, 5, zone=UTC)),
        ("2020-01-02T03:04:05z", at(2020, 1, 2, 3, 4, 5, zone=UTC)),
        ("2020-01-02z", at(2020, 1, 2, zone=UTC)),
        ("2020-01-02T03:04:05+02:00", at(2020, 1, 2, 1, 4, 5, zone=LOCAL)),
        ("2020-01-02T03:04:05-14:00", at(2020, 1, 2, 17, 4, 5, zone=LOCAL)),
        ("2020-01-02T03:04:05.1234567", at(2020, 1, 2, 3, 4, 5, 123_456)),
        ("2020-01-02T03:04:05.12345678901234567890", at(2020, 1, 2, 3, 4, 5, 123_456)),
        ("2020-01-02", at(2020, 1, 2)),
        ("2020-01-02Z", at(2020, 1, 2, zone=UTC)),
        ("2020-02", at(2020, 2, 1)),
        ("2020", at(2020, 1, 1)),
        ("--02-29", at(1904, 2, 29)),
        ("---31", at(1904, 1, 31)),
        ("--11", at(1904, 11, 1)),
        ("--11--", at(1904, 11, 1)),
        ("0001-01-01T00:00:00+05:00", LEAST_DATETIME.replace(tzinfo=LOCAL)),
        ("9999-12-31T23:59:59-05:00", GREATEST.replace(tzinfo=LOCAL)),
    ],
)
def test_read(text: str, value: datetime) -> None:
    found = read_datetime(text)
    assert found == value
    assert found.tzinfo is value.tzinfo


@pytest.fixture
def noon() -> Iterator[None]:
    """Stop the clock."""
    before = datetimes._Clock.now
    use_clock(lambda: at(2024, 2, 29, 12, zone=UTC))
    yield
    use_clock(before)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("03:04:05", at(2024, 2, 29, 3, 4, 5)),
        (" 23:59:59.5 ", at(2024, 2, 29, 23, 59, 59, 500_000)),
        ("03:04:05Z", at(2024, 2, 29, 3, 4, 5, zone=UTC)),
        ("03:04:05z", at(2024, 2, 29, 3, 4, 5, zone=UTC)),
        ("03:04:05+04:00", at(2024, 2, 28, 23, 4, 5, zone=LOCAL)),
    ],
)
def test_a_time_of_day_is_of_the_present_day(noon: None, text: str, value: datetime) -> None:
    found = read_datetime(text)
    assert found == value
    assert found.tzinfo is value.tzinfo
    assert post(args(f"<d>{text}</d><nd>{text}</nd>")).dump["d"] == roundtrip(value)
    assert post(args(f"<d>{text}</d><nd>{text}</nd>")).dump["nd"] == roundtrip(value)


@pytest.mark.parametrize("text", ["24:00:00", "03:04", "3:04:05", "03:04:60", "03:04:05 PM"])
def test_what_is_no_time_of_day(noon: None, text: str) -> None:
    assert post(args(f"<d>{text}</d>")).fault.endswith(f"The string '{text}' is not a valid AllXsd value.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2020-01-02 03:04:05",
        "2020-01-02T03:04",
        "2020-01-02T24:00:00",
        "2020-02-30",
        "2020-13-01",
        "0000-01-01",
        "12020-01-01T00:00:00",
        "1/2/2020",
        "2020-01-02T03:04:05+15:00",
        "2020-01-02T03:04:05+2:00",
        "2020-01-02T03:04:05.",
        "2020-01-02T03:04:60",
        "２０２０-01-02",  # noqa: RUF001 - digits of another kind are no digits
        "2020-01-02T03:04:05." + "1" * 1_000_000,
        " " * 1_000_000 + "x",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no date|not a date|month|day|year"):
        read_datetime(text)
