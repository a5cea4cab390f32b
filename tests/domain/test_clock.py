"""The clock: real, stopped and set. Ours."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from smartertrack_emu.domain import clock

MOMENT = datetime(2024, 2, 29, 12, 30, 0, 123456, tzinfo=UTC)


def test_it_goes_with_the_machine() -> None:
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_stopped() -> None:
    with clock.frozen(MOMENT.astimezone(timezone(timedelta(hours=5)))):
        assert clock.now() == clock.now() == MOMENT
        assert clock.now().tzinfo is UTC
        with clock.frozen(MOMENT + timedelta(days=1)):
            assert clock.now() == MOMENT + timedelta(days=1)
        assert clock.now() == MOMENT
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_stopped_only_at_an_aware_moment() -> None:
    with pytest.raises(ValueError, match="aware"), clock.frozen(MOMENT.replace(tzinfo=None)):
        pass


def test_shifted() -> None:
    with clock.shifted(timedelta(days=1)):
        assert abs(clock.now() - datetime.now(UTC) - timedelta(days=1)) < timedelta(seconds=5)
        with clock.shifted(timedelta(days=-3)):
            assert abs(clock.now() - datetime.now(UTC) + timedelta(days=2)) < timedelta(seconds=5)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_shifted_while_stopped() -> None:
    with clock.frozen(MOMENT):
        with clock.shifted(timedelta(minutes=1)):
            assert clock.now() == MOMENT + timedelta(minutes=1)
        assert clock.now() == MOMENT


@pytest.mark.parametrize("setting", [clock.Setting(timedelta(hours=-1)), clock.Setting(timedelta(days=4), MOMENT)])
def test_set_for_all_processes(setting: clock.Setting) -> None:
    columns = clock.columns_of(setting)
    assert clock.setting_of(columns["clock_offset_us"] or 0, columns["clock_frozen_us"]) == setting
    clock.follow(setting)
    try:
        now = clock.now()
        assert abs(now - setting.now()) < timedelta(seconds=5)
        with clock.shifted(timedelta(hours=2)):
            assert abs(clock.now() - now - timedelta(hours=2)) < timedelta(seconds=5)
        with clock.frozen(MOMENT):
            assert clock.now() == MOMENT
    finally:
        clock.follow(clock.Setting())
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
