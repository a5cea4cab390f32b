"""Evidence: ours. No request that schemathesis makes up breaks the dialect; every answer is one that is described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from smartertrack_emu import seed
from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.rest.jtel.document import DOCUMENT
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import writing
from tests.conftest import run_key
from tests.rest.jtel.client import TOKEN
from tests.rest.jtel.conftest import DATA

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 12
ROUTES = [(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def application(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("schemathesis")
    copy = folder / "smartertrack.db"
    copy.write_bytes(seeded_sqlite.read_bytes())
    engine = create_engine(f"sqlite:///{copy}", synchronous="OFF", key=run_key())
    with writing(engine) as session:
        seed.load(session, seed.read(DATA), attachments=folder)
    whole = Application(Settings(data=folder, log_requests=False, journal_calls=0), engine)
    yield whole
    whole.close()
    engine.dispose()


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[f"{method} {path[26:]}" for method, path in ROUTES])
def test_made_up_requests(application: Any, method: str, path: str) -> None:
    described = schemathesis.openapi.from_dict(DOCUMENT)
    described.app = application
    operation = described[path][method]

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)))
    def ask(case: Any) -> None:
        case.path_parameters["ClientsID"] = 1
        response = case.call(headers={"Authorization": f"Bearer {TOKEN}"})
        if response.status_code == 404 and not response.content:
            return  # an empty value makes another path of it
        case.validate_response(response, checks=CHECKS)
        assert response.headers["cache-control"] == ["no-store"]

    ask()
