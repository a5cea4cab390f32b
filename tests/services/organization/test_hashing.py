"""Passwords are hashed and checked while nobody waits for the database, and only for who may have one hashed (ours)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from smartertrack_emu import setup
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.people import accounts, users
from smartertrack_emu.seed import loading
from smartertrack_emu.services.registry import SERVICES
from smartertrack_emu.services.words import Words
from smartertrack_emu.store import unit_of_work
from tests.services.api import Api, items

WHMCS_USER = {"Username": "dora", "Password": "pw", "IsEmailVerified": False, "WhmcsUserId": 1}
CALLS: dict[str, Callable[[Api, str], Any]] = {
    "svcOrganization.CreateUser": lambda api, by: api.organization(by).CreateUser("dora", "pw", "", False, ""),
    "svcOrganization.CreateUser2": lambda api, by: api.organization(by).CreateUser2("dora", "pw", "", False, ""),
    "svcOrganization.SetUsersProperties": lambda api, by: api.organization(by).SetUsersProperties(5, ["Password=pw"]),
    "svcIntegrations.WhmcsEnsureUsersCreated": (
        lambda api, by: api.integrations(by).WhmcsEnsureUsersCreated([WHMCS_USER])
    ),
}
"""What every operation that takes a new password is called with."""


class Watch:
    """How many transactions were open each time that argon2 was called."""

    def __init__(self) -> None:
        self.open = 0
        self.hashing: list[int] = []


@contextmanager
def _watching(module: Any, name: str, watch: Watch) -> Iterator[None]:
    function = getattr(module, name)

    def noted(*given: Any) -> Any:
        watch.hashing.append(watch.open)
        return function(*given)

    with patch.object(module, name, noted):
        yield


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()

    def counting(
        unit: Callable[..., AbstractContextManager[Session]],
    ) -> Callable[..., AbstractContextManager[Session]]:
        @contextmanager
        def counted(engine: Engine, **how: Any) -> Iterator[Session]:
            with unit(engine, **how) as session:
                watch.open += 1
                try:
                    yield session
                finally:
                    watch.open -= 1

        return counted

    with (
        patch.object(unit_of_work, "writing", counting(unit_of_work.writing)),
        patch.object(unit_of_work, "reading", counting(unit_of_work.reading)),
        _watching(users, "hash_password", watch),
        _watching(loading, "hash_password", watch),
    ):
        yield watch


def test_every_operation_that_takes_a_password_is_here() -> None:
    taking = set()
    for service in SERVICES:
        for operation in service.operations.values():
            credentials = len(operation.options.credentials)
            inputs = operation.parameters[credentials:]
            keys = [key for one in inputs for note in one.notes if isinstance(note, Words) for key in note.names]
            names = (*(one.name for one in inputs), *keys)
            if any("password" in name.lower() for name in names) and not operation.name.startswith("Get"):
                taking.add(f"{service.name}.{operation.name}")
    assert taking | {"svcIntegrations.WhmcsEnsureUsersCreated"} == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_nobody_waits_for_it(api: Api, watch: Watch, name: str) -> None:
    answer = CALLS[name](api, "admin")
    assert answer.Result, answer.Message
    if "Items" in answer:
        assert [item.Success for item in items(answer.Items)] == [True]
    assert watch.hashing == [0]
    user = "bob" if name.endswith("SetUsersProperties") else "dora"
    for password, code in (("pw", (0, -3)), ("other", (-2,))):  # a new user may log in, and is no agent
        assert api.organization(user, password).GetServerName().ResultCode in code


@pytest.mark.parametrize("name", CALLS)
def test_who_may_not_costs_nothing(api: Api, watch: Watch, name: str) -> None:
    for user, code in (("alice", -3), ("customer", -3), ("nobody", -2)):
        assert CALLS[name](api, user).ResultCode == code
    assert watch.hashing == []


def test_what_is_refused_anyhow_costs_nothing(api: Api, watch: Watch) -> None:
    admin = api.organization("admin")
    refused = [
        admin.CreateUser("ALICE", "pw", "", False, ""),
        admin.CreateUser("dora", "pw", "Bob@acme.example", False, ""),
        admin.CreateUser("dora", "pw", "no address", False, ""),
        admin.CreateUser("dora", "", "", False, ""),
        admin.SetUsersProperties(99, ["Password=pw"]),
        admin.SetUsersProperties(5, ["Password=pw", "Username=alice"]),
        admin.SetUsersProperties(1, ["Password=pw"]),
    ]
    assert [answer.ResultCode for answer in refused] == [-6, -6, -5, -5, -4, -6, -7]
    existing = api.integrations("admin").WhmcsEnsureUsersCreated([{**WHMCS_USER, "Username": "alice"}])
    assert items(existing.Items)[0].Success
    assert watch.hashing == []


def test_an_old_password_is_checked_outside(api: Api, watch: Watch) -> None:
    """One verified a moment ago, so that it is found to be wrong by the transaction that writes."""
    assert api.organization("alice").SetUsersProperties(4, ["DisplayName=Alice"]).Result
    assert api.organization("admin").SetUsersProperties(4, ["Password=new"]).Result
    watch.hashing.clear()
    with _watching(accounts, "verify", watch):
        assert api.organization("alice").SetUsersProperties(4, ["DisplayName=Mallory"]).ResultCode == -2
    assert watch.hashing == [0]


READ_AND_WRITTEN: dict[str, Callable[[Api], Any]] = {
    "a call that reads": lambda api: api.tickets("alice").GetTicketInfo(1),
    "a call that writes": lambda api: api.tickets("alice").SetTicketProperties("none", ["Subject=x"]),
    "a page": lambda api: api.http.get(f"{api.url}/kb/a1/", auth=("alice", "alice-pw"), timeout=10),
}


@pytest.mark.parametrize("what", READ_AND_WRITTEN)
def test_a_login_is_checked_with_no_transaction_open(api: Api, watch: Watch, what: str) -> None:
    """Many wait for a password's turn: they hold no connection to the database meanwhile."""
    with _watching(accounts, "verify", watch):
        READ_AND_WRITTEN[what](api)
    assert watch.hashing == [0]


def test_the_command_lines_functions(database_url: str, tmp_path: Path, watch: Watch) -> None:
    settings = Settings(data=tmp_path, database_url=database_url)
    setup.prepare(settings).dispose()
    setup.add_user(settings, username="dora", password="one", email="", display_name="", roles=["Agent"])
    setup.set_password(settings, username="dora", password="two")
    assert watch.hashing == [0] * 3  # the administrator's, and both of dora's
    seed = tmp_path / "seed.yaml"
    seed.write_text(
        "users:\n  - {username: erin, password: e, roles: [Agent]}\n  - {username: fred, password: f, roles: [Agent]}\n"
    )
    setup.load_seed(settings, seed)
    assert watch.hashing == [0] * 5
