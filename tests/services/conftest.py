"""A server with the data of tests/data/acme.yaml, on a database of its own for every test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import sqlalchemy
from argon2 import PasswordHasher
from sqlalchemy.engine import URL

from smartertrack_emu import seed
from smartertrack_emu.domain.people import passwords
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.passwords import hash_password
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import writing
from tests.conftest import _once_a_run, _postgresql_database, run_key
from tests.services.api import Api, RunningServer

DATA = Path(__file__).parents[1] / "data" / "acme.yaml"
SEEDED = "seeded"


def _fill(url: str, attachments: Path) -> None:
    engine = create_engine(url, synchronous="OFF", key=run_key())
    # A password takes a fiftieth of a second to check, by intent, and every test logs somebody in: cheap hashes here.
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with patch.object(passwords, "_HASHER", cheap), writing(engine) as session:
        create_initial(session, admin_password_hash=hash_password("admin"), with_structure=False)
        seed.load(session, seed.read(DATA), attachments=attachments)
    engine.dispose()


@pytest.fixture(scope="session")
def seeded_sqlite(sqlite_template: Path) -> Path:
    """A SQLite database with the data, made once a run."""
    with _once_a_run("seeded-sqlite") as done:
        filled = done.with_name("seeded.db")
        if not done.exists():
            shutil.copyfile(sqlite_template, filled)
            _fill(f"sqlite:///{filled}", done.with_name("seeded-attachments"))
            _checkpoint(filled)
            done.touch()
    return filled


def _checkpoint(path: Path) -> None:
    """Bring everything into the one file, which is what tests copy."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


@pytest.fixture(scope="session")
def seeded_postgresql(postgresql_server: URL, postgresql_admin: sqlalchemy.Engine, postgresql_template: str) -> str:
    """The name of a PostgreSQL database with the data, made once a run."""
    with _once_a_run("seeded-postgresql") as done:
        if not done.exists():
            with postgresql_admin.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {SEEDED} WITH (FORCE)")
                connection.exec_driver_sql(f"CREATE DATABASE {SEEDED} TEMPLATE {postgresql_template}")
            url = postgresql_server.set(database=SEEDED).render_as_string(hide_password=False)
            _fill(url, done.with_name("seeded-attachments"))
            done.touch()
    return SEEDED


@pytest.fixture(params=["sqlite", "postgresql"])
def seeded_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with the data; a test that takes it runs on both kinds."""
    if request.param == "sqlite":
        copy = tmp_path / "smartertrack.db"
        shutil.copyfile(request.getfixturevalue("seeded_sqlite"), copy)
        yield f"sqlite:///{copy}"
        return
    server: URL = request.getfixturevalue("postgresql_server")
    admin: sqlalchemy.Engine = request.getfixturevalue("postgresql_admin")
    with _postgresql_database(server, admin, request.getfixturevalue("seeded_postgresql")) as url:
        yield url


@pytest.fixture
def seeded_engine(seeded_url: str) -> Iterator[sqlalchemy.Engine]:
    """An engine on a fresh database with the data; SQLite does not wait for the disk."""
    engine = create_engine(seeded_url, synchronous="OFF", key=run_key())
    yield engine
    engine.dispose()


@pytest.fixture
def api(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> Iterator[Api]:
    """The running server, ready to be called."""
    server = RunningServer(seeded_engine, tmp_path)
    api = Api(server)
    yield api
    api.http.close()
    server.stop()
