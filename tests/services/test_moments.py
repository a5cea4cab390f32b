"""DateTimes of the wire as moments: GMT is documented, the least date as "not given" is ours."""

from datetime import UTC, datetime

import pytest

from smartertrack_emu.asmx.declare import LEAST_DATETIME, LOCAL
from smartertrack_emu.services.moments import utc, utc_or_none, wire

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", [NOON, NOON.replace(tzinfo=None), NOON.replace(tzinfo=LOCAL)])
def test_every_kind_is_utc(value: datetime) -> None:
    assert utc(value) == NOON
    assert utc(value).tzinfo is UTC
    assert utc_or_none(value) == NOON


@pytest.mark.parametrize("value", [None, LEAST_DATETIME, LEAST_DATETIME.replace(tzinfo=UTC)])
def test_not_given(value: datetime | None) -> None:
    assert utc_or_none(value) is None


@pytest.mark.parametrize("value", [LEAST_DATETIME, NOON.replace(year=9999, month=12, day=31, tzinfo=None)])
def test_the_ends_of_the_calendar(value: datetime) -> None:
    for zone in (None, UTC, LOCAL):
        assert utc(value.replace(tzinfo=zone)) == value.replace(tzinfo=UTC)


def test_to_the_wire() -> None:
    assert wire(None) == LEAST_DATETIME
    assert wire(NOON) == NOON
