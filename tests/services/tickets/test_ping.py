"""PingService over HTTP: an empty dataUsername is seen, what it says of others is ours."""

from __future__ import annotations

import pytest

from tests.services.api import Api


@pytest.mark.parametrize("user", ["alice", "customer", "admin"])
def test_good_credentials(api: Api, user: str) -> None:
    assert api.tickets(user).PingService("") is True
    assert api.tickets(user).PingService(user.upper()) is True


def test_bad_credentials_or_unknown_user(api: Api) -> None:
    """The result has no message and no code: it just says false."""
    assert api.tickets("alice", "wrong").PingService("") is False
    assert api.tickets("nobody").PingService("") is False
    assert api.tickets("alice").PingService("nobody") is False
