"""svcIntegrations over HTTP: members are documented, whom an item means and what becomes of it is ours."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from smartertrack_emu.domain.models import User, UserRole
from smartertrack_emu.store.unit_of_work import reading
from tests.services.api import Api, items


def item(number: int, username: str = "", **values: Any) -> dict[str, Any]:
    roles = values.pop("roles", [])
    return {
        "DisplayName": values.get("name", ""),
        "EmailAddress": values.get("email", ""),
        "IsEmailVerified": values.get("verified", False),
        "Password": values.get("password", "a password"),
        "RolesToAdd": {"int": roles},
        "Username": username,
        "WhmcsUserId": number,
    }


def ensure(api: Api, *wanted: dict[str, Any]) -> list[Any]:
    answer = api.integrations("admin").WhmcsEnsureUsersCreated(list(wanted))
    assert (answer.Result, answer.ResultCode) == (True, 0), answer.Message
    return items(answer.Items)


def roles_of(api: Api, user: int) -> set[int]:
    with reading(api.engine) as session:
        return set(session.scalars(select(UserRole.role_id).where(UserRole.user_id == user)))


def test_a_new_user(api: Api) -> None:
    wanted = item(71, "Zoë", email="zoe@example.com", name="Zoë Z", verified=True, password="zoe-pw", roles=[3, 7])
    (outcome,) = ensure(api, wanted)
    assert (outcome.Success, outcome.Username, outcome.WhmcsUserId) == (True, "Zoë", 71)
    assert not outcome.Message
    with reading(api.engine) as session:
        user = session.get_one(User, outcome.UserId)
        assert (user.email, user.display_name, user.is_email_verified) == ("zoe@example.com", "Zoë Z", True)
    assert roles_of(api, outcome.UserId) == {1, 2, 3, 7}
    assert api.notifications("zoë", "zoe-pw").PingService("")


@pytest.mark.parametrize(
    "wanted", [item(1, "CUSTOMER", roles=[3]), item(1, "new", email="Customer@Example.com", roles=[3])]
)
def test_an_existing_user_keeps_everything_and_gains_roles(api: Api, wanted: dict[str, Any]) -> None:
    before = roles_of(api, 8)
    for _ in range(2):
        (outcome,) = ensure(api, {**wanted, "Password": "other", "DisplayName": "Other", "IsEmailVerified": False})
        assert (outcome.Success, outcome.UserId) == (True, 8)
    assert roles_of(api, 8) == before | {3}
    with reading(api.engine) as session:
        user = session.get_one(User, 8)
        assert (user.username, user.display_name, user.is_email_verified) == ("customer", "Casey Customer", True)
    assert api.notifications("customer").PingService("")


def test_the_user_name_counts_before_the_address(api: Api) -> None:
    (outcome,) = ensure(api, item(1, "alice", email="bob@acme.example"))
    assert outcome.UserId == 4


def test_each_item_has_its_own_outcome(api: Api) -> None:
    outcomes = ensure(
        api,
        item(1, "one", email="one@example.com"),
        item(2, "two", roles=[3, 99]),
        item(3, "three", email="no address"),
        item(4, "", email="four@example.com"),
        item(5, "five", password=""),
        item(6, "queue"),
        item(7, "two again", email="ONE@example.com"),
        item(8, "eight"),
    )
    assert [one.Success for one in outcomes] == [True, False, False, False, False, False, True, True]
    assert [one.WhmcsUserId for one in outcomes] == list(range(1, 9))
    assert [one.UserId is None for one in outcomes] == [not one.Success for one in outcomes]
    for number, word in ((2, "role 99"), (3, "mail"), (4, "Username"), (5, "Password"), (6, "queue")):
        assert word in outcomes[number - 1].Message
    assert outcomes[6].UserId == outcomes[0].UserId
    with reading(api.engine) as session:
        names = set(session.scalars(select(User.username).where(User.id > 8)))
    assert names == {"one", "eight"}


def test_none(api: Api) -> None:
    assert ensure(api) == []


@pytest.mark.parametrize("user", ["mary", "alice", "customer"])
def test_administrators_alone(api: Api, user: str) -> None:
    answer = api.integrations(user).WhmcsEnsureUsersCreated([item(1, "one")])
    assert (answer.Result, answer.ResultCode) == (False, -3)
    assert items(answer.Items) == []
