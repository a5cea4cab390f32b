"""svcIntegrations over HTTP: members are documented, whom an item means and what becomes of it is ours."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.integrations import whmcs
from smartertrack_emu.domain.models import User, UserRole
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.unit_of_work import reading, writing
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


def test_the_same_users_by_many_calls_at_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call first looks and finds nobody; on SQLite, where writers queue, only the first one does."""
    everybody_looked = threading.Barrier(3)
    look = whmcs._existing

    def look_together(session: Session, wanted: whmcs.WantedUser) -> int | None:
        found = look(session, wanted)
        if found is None and api.engine.dialect.name == "postgresql":
            with suppress(threading.BrokenBarrierError):
                everybody_looked.wait(5)
        return found

    monkeypatch.setattr(whmcs, "_existing", look_together)
    wanted = [item(1, "one", email="one@example.com", roles=[3]), item(2, "two", email="two@example.com", roles=[3, 7])]
    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(lambda _: ensure(api, *wanted), range(3)))
    assert {(one.Success, one.Message or "") for outcomes in told for one in outcomes} == {(True, "")}
    assert len({(one.WhmcsUserId, one.UserId) for outcomes in told for one in outcomes}) == 2
    with reading(api.engine) as session:
        made = list(session.scalars(select(User.username).where(User.id > 8)))
    assert sorted(made) == ["one", "two"]
    assert [roles_of(api, one.UserId) for one in told[0]] == [{1, 2, 3}, {1, 2, 3, 7}]


def test_one_address_under_two_names_at_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    create = users.create

    def after_another(session: Session, actor: Principal, **values: Any) -> int:
        monkeypatch.setattr(users, "create", create)
        if api.engine.dialect.name == "postgresql":
            with writing(api.engine) as other:
                create(other, actor, username="first", password="pw", email="SAME@example.com")
        return create(session, actor, **values)

    monkeypatch.setattr(users, "create", after_another)
    (outcome,) = ensure(api, item(1, "second", email="same@example.com"))
    assert outcome.Success, outcome.Message
    with reading(api.engine) as session:
        found = session.scalars(select(User).where(User.email_key == "same@example.com")).one()
    assert found.id == outcome.UserId


def test_none(api: Api) -> None:
    assert ensure(api) == []


@pytest.mark.parametrize("user", ["mary", "alice", "customer"])
def test_administrators_alone(api: Api, user: str) -> None:
    answer = api.integrations(user).WhmcsEnsureUsersCreated([item(1, "one")])
    assert (answer.Result, answer.ResultCode) == (False, -3)
    assert items(answer.Items) == []
