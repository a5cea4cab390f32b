"""Evidence: ours. The clock of all processes: set, moved, frozen, and let be the machine's again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smartertrack_emu.domain.structure.jobs import JOBS
from tests.control.client import Control
from tests.processes import Serving, serving
from tests.services.api import Api
from tests.services.tickets.steps import create, info

FAR = "2031-02-28T23:59:00Z"
DAY = 86_400


def moment(text: str) -> datetime:
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def is_now(text: str, ahead: float = 0.0) -> bool:
    return abs(moment(text) - timedelta(seconds=ahead) - datetime.now(UTC)) < timedelta(seconds=20)


def test_the_machines_clock(control: Control) -> None:
    clock = control.get("/clock")
    assert clock.keys() == {"now", "offset_seconds", "frozen"}
    assert is_now(clock["now"])
    assert (clock["offset_seconds"], clock["frozen"]) == (0, False)


def test_set_running_and_frozen(api: Api, control: Control) -> None:
    frozen = control.done("PUT", "/clock", {"now": FAR, "frozen": True})
    assert (frozen["now"], frozen["frozen"]) == (FAR, True)
    assert control.get("/clock")["now"] == FAR
    assert info(api, create(api)).LastReplyDateUtc.isoformat().startswith("2031-02-28T23:59:00")
    running = control.done("PUT", "/clock", {"now": "2031-03-01T00:59:00+01:00"})
    assert running["frozen"] is False
    assert running["now"].startswith("2031-02-28T23:59:")
    assert is_now(running["now"], running["offset_seconds"])


def test_set_without_a_moment(control: Control) -> None:
    control.done("PUT", "/clock", {"now": FAR})
    stopped = control.done("PUT", "/clock", {"frozen": True})
    assert stopped["now"].startswith("2031-02-28T23:59:")
    assert control.get("/clock")["now"] == stopped["now"]
    goes_on = control.done("PUT", "/clock")
    assert goes_on["frozen"] is False
    assert moment(goes_on["now"]) - moment(stopped["now"]) < timedelta(seconds=20)
    assert control.get("/clock")["now"] > stopped["now"]


def test_advance(control: Control) -> None:
    moved = control.done("POST", "/clock/advance", {"seconds": DAY})
    assert moved.keys() == {"now", "ran"}
    assert moved["ran"] == list(JOBS)
    assert is_now(moved["now"], DAY)
    control.done("PUT", "/clock", {"now": FAR, "frozen": True})
    assert control.done("POST", "/clock/advance", {"seconds": 60.25})["now"] == "2031-03-01T00:00:00.250000Z"
    assert control.get("/clock")["frozen"] is True


def test_back_to_the_machines(control: Control) -> None:
    control.done("PUT", "/clock", {"now": FAR, "frozen": True})
    clock = control.done("DELETE", "/clock")
    assert is_now(clock["now"])
    assert (clock["offset_seconds"], clock["frozen"]) == (0, False)


def test_it_may_go_back(control: Control) -> None:
    assert control.done("PUT", "/clock", {"now": "2000-01-01T00:00:00Z", "frozen": True})["offset_seconds"] < 0
    assert control.done("PUT", "/clock", {"now": "2999-12-31T23:59:59.999999Z", "frozen": True})["frozen"]


@pytest.mark.parametrize(
    "now",
    ["1999-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "2031-02-28T23:59:00", "2031-02-29T00:00:00Z", "2031-02-28",
     "20310228T235900Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon", "", 5, True],
)  # fmt: skip
def test_moments_that_are_refused(control: Control, now: Any) -> None:
    assert control.wrong("PUT", "/clock", {"now": now}) == ["body.now"]
    assert is_now(control.get("/clock")["now"])


@pytest.mark.parametrize("seconds", [0, -1, 10 * 366 * DAY + 1, "60"])
def test_advances_that_are_refused(control: Control, seconds: Any) -> None:
    assert control.wrong("POST", "/clock/advance", {"seconds": seconds}) == ["body.seconds"]


def test_no_advance_beyond_the_last_year(control: Control) -> None:
    control.done("PUT", "/clock", {"now": "2999-12-31T00:00:00Z", "frozen": True})
    assert control.wrong("POST", "/clock/advance", {"seconds": DAY}) == ["body.seconds"]
    assert control.get("/clock")["now"] == "2999-12-31T00:00:00Z"


def test_no_statement_more(api: Api, control: Control) -> None:
    """The clock costs a call nothing: the epoch comes with the login."""

    def call() -> Any:
        return api.tickets("alice").GetTicketInfo(1)

    before = api.statements(call)
    control.done("PUT", "/clock", {"now": FAR, "frozen": True})
    assert api.statements(call) == before


@contextmanager
def two_servers(folder: Path, url: str) -> Iterator[tuple[Serving, Serving]]:
    with serving(folder, "--database", url) as here, serving(folder, "--database", url) as there:
        yield here, there


def test_all_processes_agree_and_restarts_too(seeded_url: str, tmp_path: Path) -> None:
    with two_servers(tmp_path, seeded_url) as (first, second):
        here, there = Control(first.url), Control(second.url)
        assert is_now(there.get("/clock")["now"])
        assert second.log_in("admin", "admin") == 0
        here.done("PUT", "/clock", {"now": FAR, "frozen": True})
        # A call of a service is the first that the other process hears of it.
        assert second.log_in("admin", "admin") == 0
        assert second.requests()[-1]["time"].startswith("2031-02-28T23:59:00")
        assert there.get("/clock") | {"offset_seconds": 0} == {"now": FAR, "offset_seconds": 0, "frozen": True}
        there.done("POST", "/clock/advance", {"seconds": 60})
        assert here.get("/clock")["now"] == "2031-03-01T00:00:00Z"
        here.http.close()
        there.http.close()
    with serving(tmp_path, "--database", seeded_url) as again, Control(again.url) as control:
        assert control.get("/clock")["now"] == "2031-03-01T00:00:00Z"
        control.done("DELETE", "/clock")
        assert is_now(control.get("/clock")["now"])
