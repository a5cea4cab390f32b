"""Evidence: ours. Watchers of containers and load balancers look at the status alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import sqlalchemy

from smartertrack_emu.store.engine import create_engine
from tests.services.api import Api, RunningServer


def set_revision(api: Api, revision: str) -> None:
    with api.engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
        if api.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("COMMIT")


def test_healthy(api: Api) -> None:
    response = api.http.get(f"{api.url}/healthz", timeout=10)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert response.json() == {"status": "ok", "database": api.engine.dialect.name}
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_database_of_another_version(api: Api) -> None:
    set_revision(api, "0001")
    response = api.http.get(f"{api.url}/healthz", timeout=10)
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "database": "is not migrated"}


def test_a_database_never_migrated(api: Api) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    assert api.http.get(f"{api.url}/healthz", timeout=10).status_code == 503


@pytest.fixture(params=["sqlite", "postgresql"])
def absent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningServer]:
    """A server whose database is away."""
    urls = {
        "sqlite": f"sqlite:///{tmp_path / 'away' / 'smartertrack.db'}",
        "postgresql": "postgresql://nobody:secret-word@127.0.0.1:1/nothing",
    }
    engine = create_engine(urls[request.param])
    server = RunningServer(engine, tmp_path)
    yield server
    server.stop()
    engine.dispose()


def test_no_database(absent: RunningServer, caplog: pytest.LogCaptureFixture) -> None:
    response = requests.get(f"{absent.url}/healthz", timeout=10)
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "database": "does not answer"}
    assert "secret-word" not in caplog.text


def test_head_and_post(api: Api) -> None:
    head = api.http.head(f"{api.url}/healthz", timeout=10)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0
    posted = api.http.post(f"{api.url}/healthz", timeout=10)
    assert (posted.status_code, posted.headers["Allow"]) == (405, "GET, HEAD")


def test_path_is_exact(api: Api) -> None:
    for path in ("/healthz/", "/HEALTHZ", "/healthz/x"):
        assert api.http.get(f"{api.url}{path}", timeout=10).status_code == 404
