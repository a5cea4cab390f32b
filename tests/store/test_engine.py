"""Which databases there are, and how their connections are set. Ours."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import IntegrityError, OperationalError

from smartertrack_emu.domain.models import Department
from smartertrack_emu.store.engine import UnsupportedDatabaseError, create_engine


def test_promises_of_sqlite(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, busy_timeout_ms=1234)
    try:
        with engine.connect() as connection:
            pragmas = {
                name: connection.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            }
        assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 1234}
    finally:
        engine.dispose()


def test_promises_of_postgresql(postgresql_url: str) -> None:
    engine = create_engine(postgresql_url)
    try:
        assert engine.url.drivername == "postgresql+psycopg"
        with engine.connect() as connection:
            assert connection.scalar(text("SHOW timezone")) == "UTC"
    finally:
        engine.dispose()


def test_foreign_keys_are_enforced(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(Department).values(name="Nowhere", brand_id=999))


def test_a_transaction_is_one_without_a_unit_of_work(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO brands (id, name, name_key) VALUES (1, 'A', 'a')"))
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM brands")) == 0
        connection.execute(text("INSERT INTO brands (id, name, name_key) VALUES (1, 'A', 'a')"))
        connection.commit()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM brands")) == 1


def test_a_relative_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    engine = create_engine("sqlite:///here.db")
    try:
        monkeypatch.chdir("/")
        with engine.connect():
            pass
    finally:
        engine.dispose()
    assert (tmp_path / "here.db").exists()


@pytest.mark.parametrize("name", ["postgresql", "postgres", "postgresql+psycopg"])
def test_names_of_postgresql(name: str) -> None:
    assert create_engine(f"{name}://u:p@h/d").url.drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:s3cret@host/db",
        "postgresql+asyncpg://user:s3cret@host/db",
        "postgresql://user:s3cret@host:port/db",
        "no url, but s3cret",
        "",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:///s3cret.db",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UnsupportedDatabaseError, match="give") as caught:
        create_engine(url)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_unknown_durability_is_refused() -> None:
    with pytest.raises(ValueError, match="FULL"):
        create_engine("sqlite:///x.db", synchronous="SOMETIMES")


def test_parameters_do_not_stand_in_errors(engine: Engine) -> None:
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(insert(Department).values(name="s3cret", brand_id=999))
    assert "s3cret" not in str(caught.value)


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/missing/x.db")
    with pytest.raises(OperationalError):
        engine.connect()
    assert not os.listdir(tmp_path)  # noqa: PTH208
