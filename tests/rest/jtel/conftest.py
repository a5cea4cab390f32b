"""The jtel dialect is tested on the services' server, with the data of tests/data/jtel.yaml beside theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from smartertrack_emu import seed
from smartertrack_emu.domain import clock
from smartertrack_emu.store.unit_of_work import writing
from tests.control.client import Control
from tests.rest.jtel.client import SALES_TOKEN, Jtel
from tests.services.api import Api
from tests.services.conftest import api, seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["api", "seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]

DATA = Path(__file__).parents[2] / "data" / "jtel.yaml"


@pytest.fixture
def helpdesk(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> sqlalchemy.Engine:
    """The services' data and the dialect's."""
    with writing(seeded_engine) as session:
        seed.load(session, seed.read(DATA), attachments=tmp_path / "attachments")
    return seeded_engine


@pytest.fixture
def jtel(helpdesk: sqlalchemy.Engine, api: Api) -> Jtel:
    """Client 1, who has all departments."""
    return Jtel(api)


@pytest.fixture
def sales(jtel: Jtel) -> Jtel:
    """Client 2, who has the department Sales alone."""
    return Jtel(jtel.api, 2, SALES_TOKEN)


@pytest.fixture
def control(api: Api) -> Iterator[Control]:
    """The control API; this process's clock is the machine's again afterwards."""
    with Control(api.url) as control:
        yield control
    clock.follow(clock.Setting())
