"""A server's state to reset and to keep: the example data on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy
from argon2 import PasswordHasher

from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.people import passwords
from smartertrack_emu.setup import prepare
from tests.services.api import Api, RunningServer

EXAMPLE = Path(__file__).parents[3] / "examples" / "acme.yaml"

Start = Callable[..., Application]


@pytest.fixture(autouse=True)
def cheap_hashes() -> Iterator[None]:
    """A password takes a twentieth of a second to hash, by intent: cheap hashes here."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with patch.object(passwords, "_HASHER", cheap):
        yield


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of a server with the example data; a test that takes it runs on both kinds of database."""
    return Settings(
        data=tmp_path / "data", database_url=database_url, seed=EXAMPLE, sqlite_synchronous="OFF", log_requests=False
    )


@pytest.fixture
def start(settings: Settings) -> Iterator[Start]:
    """Start applications on the database: `start(seed=None)` with other settings."""
    made: list[Application] = []

    def start(**others: Any) -> Application:
        changed = Settings(**(settings.model_dump(exclude_unset=True) | others))
        made.append(Application(changed, prepare(changed)))
        return made[-1]

    yield start
    for application in made:
        application.close()


@pytest.fixture
def application(start: Start) -> Application:
    """A server's application after its first start."""
    return start()


@pytest.fixture
def engine(application: Application) -> sqlalchemy.Engine:
    """The database of `application`."""
    return application.desk.engine


@pytest.fixture
def served(application: Application) -> Iterator[Api]:
    """The running server of `application`."""
    server = RunningServer(application.desk.engine, application.settings.data, application=application)
    yield Api(server)
    server.stop()
