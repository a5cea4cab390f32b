"""Evidence: ours. What the control API says of the server itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from smartertrack_emu import __version__
from tests.control.client import Control
from tests.processes import serving, until
from tests.services.api import Api
from tests.services.tickets.steps import create, info


def test_server(api: Api, control: Control) -> None:
    server = control.get("/server")
    assert server["version"] == __version__
    assert server["database"] == api.engine.dialect.name
    assert server["workers"] == 1
    assert 0 <= server["uptime_seconds"] < 600
    assert datetime.fromisoformat(server["started_at"]) < datetime.now(UTC)
    assert server["control"]["seed"] is False
    assert isinstance(server["control"]["journal_calls"], int)
    assert server["clock"].keys() == {"now", "offset_seconds", "frozen"}
    assert server["counts"].keys() == {"tickets", "chats", "call_logs", "tasks", "articles", "users"}


def test_counts_are_of_what_is_not_deleted(api: Api, control: Control) -> None:
    before = control.get("/server")["counts"]
    ticket = info(api, create(api))
    assert control.get("/server")["counts"] == before | {"tickets": before["tickets"] + 1}
    assert api.tickets("admin").DeleteTicket(ticket.ID).Result
    assert control.get("/server")["counts"] == before


def test_uptime_is_the_servers_and_of_the_machines_clock(seeded_url: str, tmp_path: Path) -> None:
    """However many processes it has, and whatever the clock is set to."""
    with (
        serving(tmp_path, "--database", seeded_url, "--workers", "2") as server,
        Control(server.url) as control,
    ):
        control.done("PUT", "/clock", {"now": "2040-01-01T00:00:00Z"})
        seen: set[str] = set()
        workers: set[int] = set()

        def ask() -> bool:
            with Control(server.url) as other:
                told = other.get("/server")
            seen.add(told["started_at"])
            assert told["workers"] == 2
            assert told["uptime_seconds"] < 600
            workers.update(server.workers())
            return len(workers) == 2

        until(ask, "two workers")
        for _ in range(6):
            ask()
        assert len(seen) == 1


def test_a_seed_file(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "examples" / "acme.yaml"
    with serving(tmp_path, "--data", "data", "--seed", example) as server, Control(server.url) as control:
        assert control.get("/server")["control"]["seed"] is True
        assert control.get("/server")["counts"]["tickets"] > 0
