"""Users in the domain: any text is a name or refused, and logs in as itself alone (ours)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from smartertrack_emu.config import Settings
from smartertrack_emu.domain import naming
from smartertrack_emu.domain.errors import AlreadyExists, BadValue, LoginFailed, NotFound, NotPossible
from smartertrack_emu.domain.people import accounts, roles, users
from smartertrack_emu.domain.people.accounts import Accounts
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.text import fold
from smartertrack_emu.setup import add_user, prepare, set_password
from smartertrack_emu.store.unit_of_work import reading, writing


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with writing(engine) as session:
        create_initial(session, admin_password_hash="admin's")
    return engine


@pytest.fixture
def plain_passwords() -> Iterator[None]:
    """Passwords without argon2, which hundreds of examples would spend a minute on."""

    def verify(stored: str | None, password: str) -> bool:
        return stored == f"plain:{password}"

    with patch.object(users, "hash_password", "plain:{}".format), patch.object(accounts, "verify", verify):
        yield


ANY_TEXT = st.text(st.characters(codec=None), max_size=30) | st.text(min_size=200, max_size=400)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=ANY_TEXT, other=ANY_TEXT, password=ANY_TEXT)
def test_any_text_is_a_name_or_refused_and_logs_in_as_itself_alone(
    filled: Engine, plain_passwords: None, name: str, other: str, password: str
) -> None:
    def play() -> None:
        with writing(filled) as session:
            user_id = users.create(session, users.SYSTEM, username=name, password=password)
            for same in (name, name.swapcase() if fold(name.swapcase()) == fold(name) else name):
                assert Accounts().log_in(session, same, password).principal.id == user_id
                assert users.find_by_username(session, same).id == user_id
                with pytest.raises(AlreadyExists):
                    users.create(session, users.SYSTEM, username=same, password="x")
            for wrong_name, wrong_password in ((other, password), (name, password + "x"), (name, "")):
                if fold(wrong_name) != fold(name) or wrong_password != password:
                    with pytest.raises(LoginFailed):
                        Accounts().log_in(session, wrong_name, wrong_password)
            raise NotPossible("dropped")

    with pytest.raises((BadValue, AlreadyExists, NotPossible)) as refused:
        play()
    assert len(str(refused.value)) < 300


@given(st.text(st.characters(codec=None)))
def test_what_a_sentence_repeats_is_short_and_printable(text: str) -> None:
    shown = naming.shown(text)
    assert len(shown) <= 63
    shown.encode()
    assert not any(letter < " " for letter in shown)


def test_finding(filled: Engine) -> None:
    with writing(filled) as session:
        user_id = users.create(session, users.SYSTEM, username="Zoë", password=None, email="Zoe@Example.com")
        assert users.find(session, user_id).username == "Zoë"
        assert users.find_by_username(session, "ZOË").id == user_id
        found = users.find_by_email(session, "zoe@example.COM")
        assert found is not None
        assert found.display_name == "Zoë"
        assert users.find_by_email(session, "") is None
        assert users.find_by_email(session, "x\x00") is None
        for name in ("nobody", "", "\x00", "\ud800"):
            with pytest.raises(NotFound):
                users.find_by_username(session, name)


def test_empty_addresses_are_nobodys(filled: Engine) -> None:
    with writing(filled) as session:
        for name in ("one", "two"):
            users.create(session, users.SYSTEM, username=name, password=None, email="")


def test_nobody_logs_in_without_a_password(filled: Engine) -> None:
    with writing(filled) as session:
        users.create(session, users.SYSTEM, username="mute", password=None)
        for name in ("mute", "queue", "system"):
            for password in ("", "None", name):
                with pytest.raises(LoginFailed):
                    Accounts().log_in(session, name, password)


def test_two_transactions_that_take_a_name_at_once(filled: Engine) -> None:
    """Where nobody was seen to have the name and then somebody has: PostgreSQL's case, played on both."""
    with (
        patch.object(users, "refuse_taken"),
        pytest.raises(AlreadyExists, match="already"),
        writing(filled) as session,
    ):
        users.create(session, users.SYSTEM, username="ADMIN", password=None)


def role_names(session: Session, user_id: int) -> list[str]:
    return [role.name for role in roles.roles_of_user(session, user_id)]


def test_the_command_lines_functions(database_url: str, tmp_path: Path) -> None:
    given_settings = Settings(data=tmp_path, database_url=database_url)
    user_id = add_user(
        given_settings, username="erin", password="first", email="", display_name="", roles=["agent", "Manager"]
    )
    with pytest.raises(NotFound, match="role 'Agnet'"):
        add_user(given_settings, username="frank", password="x", email="", display_name="", roles=["Agnet"])
    with pytest.raises(AlreadyExists):
        add_user(given_settings, username="Erin", password="x", email="", display_name="", roles=[])
    set_password(given_settings, username="ERIN", password="second")
    with pytest.raises(NotFound, match="user 'frank'"):
        set_password(given_settings, username="frank", password="x")
    with pytest.raises(NotPossible):
        set_password(given_settings, username="queue", password="x")
    engine = prepare(given_settings)
    with reading(engine) as session:
        assert Accounts().log_in(session, "erin", "second").principal.id == user_id
        with pytest.raises(LoginFailed):
            Accounts().log_in(session, "erin", "first")
        assert role_names(session, user_id) == ["Everyone", "Registered User", "Agent", "Manager"]
    engine.dispose()
