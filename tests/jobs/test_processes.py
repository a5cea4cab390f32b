"""Jobs beside a server's processes: one turn each, another process when the leader is killed. All of it is ours."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from smartertrack_emu.jobs.table import runs, turns
from smartertrack_emu.store.beside import beside
from smartertrack_emu.store.engine import create_engine
from tests.control.client import Control
from tests.mail.incoming.conftest import mail
from tests.mail.incoming.pop_server import PASSWORD, Box, pop_server
from tests.processes import serving, until

BUSY = ("email-import", "chat-manager", "ticket-watcher", "event-processing", "smtp-delivery")

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system with fork")


def _processes(control: Control) -> set[str]:
    return {run["process"] for run in control.get("/jobs/chat-manager/runs")["items"]}


def _every_second(control: Control) -> None:
    control.done("PATCH", "/jobs/chat-manager", {"every_seconds": 1})


def _ran(control: Control, times: int) -> bool:
    return bool(control.get("/jobs/chat-manager")["runs"] >= times)


@needs_fork
def test_a_process_of_their_own(tmp_path: Path) -> None:
    with serving(tmp_path, SMARTERTRACK_EMU_JOBS="on") as server, Control(server.url) as control:
        _every_second(control)
        until(lambda: _ran(control, 1), "the job's first run")
        (process,) = _processes(control)
        jobs_pid = int(process.rpartition(":")[2])
        assert jobs_pid != server.process.pid
        os.kill(jobs_pid, signal.SIGKILL)
        until(lambda: len(_processes(control)) == 2, "a run in the server's own process")


@needs_fork
def test_servers_without_jobs_and_a_process_with_them(tmp_path: Path) -> None:
    with serving(tmp_path) as server, Control(server.url) as control:
        _every_second(control)
        with serving(tmp_path, command=["jobs"], ready=False) as jobs:
            until(lambda: _ran(control, 2), "two runs")
            (process,) = _processes(control)
            assert process.endswith(f":{jobs.process.pid}")
            assert jobs.stop() == 0


@pytest.fixture
def looking(postgresql_url: str) -> Iterator[Engine]:
    """An engine to look at PostgreSQL with."""
    engine = create_engine(postgresql_url)
    yield engine
    beside(engine).dispose()
    engine.dispose()


@needs_fork
def test_two_servers_and_a_process(tmp_path: Path, postgresql_url: str, looking: Engine) -> None:
    """Three processes run jobs: each job runs once a turn; when one is killed during a run another takes over."""
    process = partial(serving, tmp_path, SMARTERTRACK_EMU_DATABASE_URL=postgresql_url, SMARTERTRACK_EMU_JOBS="on")
    box = Box({"u1": mail("Help.")}, hangs_at=1)
    with (
        pop_server(box) as port,
        process() as server,
        process(),
        process(command=["jobs"], ready=False) as jobs,
        Control(server.url) as control,
    ):
        for name in BUSY:
            control.done("PATCH", f"/jobs/{name}", {"every_seconds": 1})
        until(lambda: all(len(_runs(looking)[name]) >= 4 for name in BUSY), "four turns of each job")
        for name, made in _runs(looking).items():
            begun = [at for at, _, _ in made]
            turn = timedelta(seconds=1 if name in BUSY else 5)
            assert all(later - earlier >= turn for earlier, later in pairwise(begun)), name

        # A run that does not end, for the mailbox says nothing: whoever is killed then holds the job's lease.
        account = {"kind": "pop", "host": "127.0.0.1", "port": port, "username": "desk", "password": PASSWORD}
        control.done("POST", "/mail/accounts", {**account, "department_id": 1}, status=201)
        control.done("PATCH", "/jobs/pop-download", {"every_seconds": 1})
        until(lambda: box.sessions, "a visit to the mailbox")
        holder, held_until = _lease(looking, "pop-download")
        killed = int(holder.split(":")[-2])
        os.kill(killed, signal.SIGKILL)
        box.hangs_at = 0
        if killed == jobs.process.pid:
            jobs.process.wait()  # until somebody has asked what became of it, it seems to be there
        until(lambda: not box.mails, "the visit of another process")
        ((at, successor, fetched),) = until(
            lambda: [made for made in _runs(looking)["pop-download"] if made[2]], "its run's end"
        )
        assert fetched == 1
        assert successor != holder.rpartition(":")[0]
        assert at < held_until


def _runs(engine: Engine) -> dict[str, list[tuple[datetime, str, int]]]:
    """Return when each job's runs began, in which process, and what they did."""
    made: dict[str, list[tuple[datetime, str, int]]] = defaultdict(list)
    with beside(engine).begin() as connection:
        for row in connection.execute(select(runs).order_by(runs.c.job, runs.c.id)):
            made[row.job].append((row.at, row.process, row.done))
    return made


def _lease(engine: Engine, name: str) -> Any:
    """Return who holds a job's lease and until when."""
    with beside(engine).begin() as connection:
        return connection.execute(select(turns.c.holder, turns.c.held_until).where(turns.c.name == name)).one()
