"""PingService. Evidence: seen with real clients, which leave `dataUsername` empty; whose it may be is documented."""

from __future__ import annotations

import pytest

from tests.services.api import Api


@pytest.mark.parametrize(
    ("username", "about", "answer"),
    [
        ("alice", "", True),
        ("alice", "ALICE", True),
        ("customer", "", True),
        ("alice", "bob", False),
        ("admin", "bob", True),
        ("admin", "nobody", False),
    ],
)
def test_ping(api: Api, username: str, about: str, answer: bool) -> None:
    assert api.tickets(username).PingService(about) is answer


def test_wrong_password_just_says_false(api: Api) -> None:
    """A result without Message and ResultCode has no other way to say it."""
    assert api.tickets("alice", "wrong").PingService("") is False
