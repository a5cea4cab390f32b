"""The control API is tested against the same running server as the services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smartertrack_emu.domain import clock
from tests.control.client import Control
from tests.services.api import Api
from tests.services.conftest import api, seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["api", "control", "seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]


@pytest.fixture
def control(api: Api) -> Iterator[Control]:
    """The control API, as the administrator calls it; this process's clock is the machine's again afterwards."""
    with Control(api.url) as control:
        yield control
    clock.follow(clock.Setting())
