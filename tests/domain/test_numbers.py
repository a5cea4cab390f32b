"""Ticket, chat and call numbers. Their form is seen, how their digits are counted is ours."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.domain.numbers import make_number

FORM = re.compile(r"[0-9A-F]{3}-[0-9A-F]{8}-[0-9A-F]{4}")


def test_the_known_example() -> None:
    at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=0x24F24A57)
    assert make_number(14, at).endswith("-24F24A57-000E")


@given(st.integers(1, 2**31 - 1), st.datetimes(timezones=st.just(UTC)))
def test_the_form(row_id: int, at: datetime) -> None:
    assert FORM.fullmatch(make_number(row_id, at))


def test_the_counter_rises() -> None:
    at = datetime(2024, 1, 1, tzinfo=UTC)
    ends = [make_number(row_id, at)[-4:] for row_id in range(1, 500)]
    assert ends == sorted(set(ends))
