"""Logging in with names that nobody can have: the bounds are ours."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from sqlalchemy import Engine

from smartertrack_emu.domain.errors import LoginFailed
from smartertrack_emu.domain.people import accounts
from smartertrack_emu.domain.people.accounts import Accounts
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.passwords import hash_password
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.unit_of_work import reading, writing


@pytest.mark.parametrize("name", ["é" * 1_000_000, "admin" + "\u0301\u0323" * 500_000, "admin" + "\x00" * 1_000_000])
def test_a_long_name_costs_no_more_than_a_short_one(engine: Engine, name: str) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash=hash_password("admin"))
    with (
        patch.object(accounts, "key", side_effect=key) as made,
        reading(engine) as session,
        pytest.raises(LoginFailed),
    ):
        Accounts().log_in(session, name, "admin")
    assert max(len(call.args[0]) for call in made.call_args_list) <= 1_000


def test_who_proved_in_another_way_who_it_is(engine: Engine) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash=hash_password("admin"))
    known = Accounts()
    with reading(engine) as session:
        assert known.principal_of(session, 2) == known.log_in(session, "admin", "admin").principal
        with pytest.raises(LoginFailed):
            known.principal_of(session, 99)
