"""Handshakes: good once, for two minutes (ours)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import LoginFailed
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.models import SYSTEM_ID
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.voip import handshakes
from smartertrack_emu.store.unit_of_work import writing

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def token(engine: Engine) -> str:
    """A token issued at NOW."""
    with clock.frozen(NOW), writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        return handshakes.issue(session, SYSTEM).token


def redeem(engine: Engine, token: str, at: datetime = NOW) -> int | None:
    try:
        with clock.frozen(at), writing(engine) as session:
            return handshakes.redeem(session, token)
    except LoginFailed:
        return None


def test_once(engine: Engine, token: str) -> None:
    assert [redeem(engine, token), redeem(engine, token)] == [SYSTEM_ID, None]


def test_for_two_minutes(engine: Engine, token: str) -> None:
    assert redeem(engine, token, NOW + timedelta(minutes=2)) is None
    assert redeem(engine, token, NOW + timedelta(seconds=119)) == SYSTEM_ID


@pytest.mark.parametrize("word", ["", "nonsense", "\x00", "\ud800", "x" * 10_000])
def test_no_token(engine: Engine, token: str, word: str) -> None:
    assert redeem(engine, word) is None


def test_used_by_many_at_once(engine: Engine, token: str) -> None:
    def one(_: int) -> bool:
        try:
            with writing(engine) as session:
                return handshakes.redeem(session, token) == SYSTEM_ID
        except LoginFailed:
            return False

    with clock.frozen(NOW), ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(16))) == 1
