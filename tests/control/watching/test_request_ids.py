"""Evidence: ours. One id ties a call's log line, its journal entry and its answer together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy

from tests.processes import serving
from tests.services.api import Api, RunningServer


@pytest.mark.parametrize("sent", ["a", "build-17.call_3", "x" * 64])
def test_the_callers_id_is_taken(api: Api, sent: str) -> None:
    assert api.post("svcTickets", "<x/>", X_Request_Id=sent).headers["X-Request-Id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "a;b", "<a>", "ä", '"', "a\tb"])
def test_an_unsound_one_is_replaced(api: Api, sent: str) -> None:
    answer = api.http.get(f"{api.url}/healthz", headers={"X-Request-Id": sent.encode("latin-1")}, timeout=10)
    assert answer.headers["X-Request-Id"] not in ("", sent)
    assert answer.status_code == 200


def test_no_two_requests_have_the_same(api: Api) -> None:
    answers = [
        api.http.get(f"{api.url}{path}", timeout=10) for path in ("/healthz", "/healthz", "/nowhere", "/metrics")
    ]
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 4


def test_the_journal_has_it(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> None:
    server = RunningServer(seeded_engine, tmp_path, journal_calls=10)
    api = Api(server)
    own = api.post("svcTickets", "<x/>").headers["X-Request-Id"]
    api.http.close()
    server.application._recorder.flush()
    (entry,) = server.application.journal.entries(limit=10)
    server.stop()
    assert f"X-Request-Id: {own}" in entry.response_headers


def test_the_log_has_it(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as server:
        server.log_in("admin", "admin")
        server.stop()
        (line,) = [json.loads(line) for line in server.output.splitlines() if line.startswith("{")]
    assert len(line["id"]) > 12
