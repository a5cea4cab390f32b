"""A server that keeps a journal, with the example data: its pages are tested over HTTP, and in a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import sqlalchemy
from argon2 import PasswordHasher

from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people import passwords
from smartertrack_emu.setup import prepare
from tests.services.api import Api, RunningServer
from tests.web.browser import Browser

EXAMPLE = Path(__file__).parents[3] / "examples" / "acme.yaml"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Bench(Api):
    """A running server whose journal is read at once."""

    def settle(self) -> None:
        """See to it that all calls so far are in the journal."""
        recorder = self.server.application._recorder
        assert recorder is not None
        recorder.flush()


@pytest.fixture(scope="session")
def cheap_hashes() -> Iterator[None]:
    """A password takes a twentieth of a second to hash, by intent: cheap hashes here."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with patch.object(passwords, "_HASHER", cheap):
        yield


@pytest.fixture
def bench(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> Iterator[Bench]:
    """The running server; this process's clock is the machine's again afterwards."""
    server = RunningServer(seeded_engine, tmp_path, journal_calls=100)
    bench = Bench(server)
    yield bench
    bench.http.close()
    server.stop()
    server.application.close()
    clock.follow(clock.Setting())


@pytest.fixture
def admin(bench: Bench) -> Iterator[Browser]:
    """An administrator who is logged in."""
    browser = Browser(bench.url)
    assert browser.log_in("admin").status == 303
    yield browser
    browser.http.close()


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory, cheap_hashes: None) -> Iterator[Bench]:
    """A server as `make serve` starts it, with a seed file to go back to."""
    folder = tmp_path_factory.mktemp("example")
    settings = Settings(data=folder, seed=EXAMPLE, sqlite_synchronous="OFF", log_requests=False)
    application = Application(settings, prepare(settings))
    server = RunningServer(application.desk.engine, folder, application=application)
    yield Bench(server)
    server.stop()
    application.close()
    clock.follow(clock.Setting())


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is; skips where there is none, but fails where all clients must be there."""
    if CHROMIUM is None:
        if os.environ.get("SMARTERTRACK_EMU_REQUIRE_CLIENTS"):
            pytest.fail("There is no Chromium here.")
        pytest.skip("There is no Chromium here.")
    return CHROMIUM
