"""Prepared statements do what SQLAlchemy's own way does, on both databases. Evidence: ours."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, bindparam, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from smartertrack_emu.domain.people.models import AvatarSource, User
from smartertrack_emu.store import prepared
from smartertrack_emu.store.prepared import Prepared, inserting
from smartertrack_emu.store.unit_of_work import reading, writing

users = User.__table__.c
AT = datetime(2024, 2, 29, 12, 30, 0, 123456, tzinfo=UTC)
BY_ID = Prepared(
    select(users.id, users.username, users.is_away, users.avatar_source, users.last_login_at).where(
        users.id == bindparam("id")
    )
)
NAMES = Prepared(select(users.username).where(users.is_away == bindparam("away")).order_by(users.id))


@pytest.fixture(autouse=True)
def _people(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(User(id=1, username="a", avatar_source=AvatarSource.GRAVATAR, last_login_at=AT))
        session.add(User(id=2, username="b", is_away=True))


def test_values_come_as_python_has_them(engine: Engine) -> None:
    with reading(engine) as session:
        row = BY_ID.one_or_none(session, {"id": 1})
        assert row is not None
        assert tuple(row) == (1, "a", False, AvatarSource.GRAVATAR, AT)
        assert (row.username, row.is_away, row.last_login_at) == ("a", False, AT)
        assert type(row.is_away) is bool
        assert BY_ID.one_or_none(session, {"id": 3}) is None
        assert [name for (name,) in NAMES.all(session, {"away": True})] == ["b"]


def test_what_it_writes_is_committed_though_the_session_did_nothing(engine: Engine) -> None:
    rename = Prepared(update(User.__table__).where(users.id == bindparam("who")).values(username=bindparam("new")))
    with writing(engine) as session:
        rename.run(session, {"who": 1, "new": "z"})
    with reading(engine) as session:
        assert session.scalar(select(User.username).where(User.id == 1)) == "z"


def test_what_it_writes_is_rolled_back(engine: Engine) -> None:
    rename = Prepared(update(User.__table__).values(username=bindparam("new")))
    with suppress(ZeroDivisionError), writing(engine) as session:
        rename.run(session, {"new": "z"})
        raise ZeroDivisionError
    with reading(engine) as session:
        assert session.scalars(select(User.username).order_by(User.id)).all() == ["a", "b"]


def test_it_shares_the_sessions_transaction(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(update(User).where(User.id == 1).values(username="y"))
        row = BY_ID.one_or_none(session, {"id": 1})
        assert row is not None
        assert row.username == "y"


def test_inserting_fills_in_plain_defaults_and_returns_the_id(engine: Engine) -> None:
    insert = inserting(User.__table__, returning_id=True)
    values = {"username": "c", "username_key": "c", "email_key": None, "display_name_folded": "", "created_at": AT}
    with writing(engine) as session:
        session.execute(text("SELECT 1"))
        if engine.dialect.name == "postgresql":
            session.execute(text("SELECT setval(pg_get_serial_sequence('users', 'id'), 2)"))
        row = insert.one_or_none(session, values)
        assert row is not None
        assert row.id == 3
        for missing in ("username", "created_at"):
            with pytest.raises((KeyError, ProgrammingError), match=missing):
                insert.one_or_none(session, {name: value for name, value in values.items() if name != missing})
    with reading(engine) as session:
        user = session.get_one(User, 3)
        assert (user.display_name, user.is_away, user.avatar_source) == ("", False, AvatarSource.NONE)
        assert user.last_login_at is None


def test_errors_are_sqlalchemys_and_say_nothing_of_the_values(engine: Engine) -> None:
    clash = Prepared(update(User.__table__).where(users.id == 2).values(username_key=bindparam("key")))
    with pytest.raises(IntegrityError) as raised, writing(engine) as session:
        clash.run(session, {"key": "a"})
    assert "'a'" not in str(raised.value).split("[SQL")[1]
    with reading(engine) as session:
        assert BY_ID.one_or_none(session, {"id": 2}) is not None


def test_a_table_that_is_gone_is_an_operational_error_or_programming_error(engine: Engine) -> None:
    with writing(engine) as session:
        session.execute(text("ALTER TABLE users RENAME TO people"))
    with pytest.raises(Exception, match="users") as raised, reading(engine) as session:
        BY_ID.one_or_none(session, {"id": 1})
    assert isinstance(raised.value, OperationalError) or type(raised.value).__name__ == "ProgrammingError"


def test_observers_see_each_statement(engine: Engine) -> None:
    seen: list[str] = []
    prepared.observers.append(seen.append)
    try:
        with reading(engine) as session:
            NAMES.all(session, {"away": False})
    finally:
        prepared.observers.remove(seen.append)
    assert len(seen) == 1
    assert seen[0].startswith("SELECT users.username")
