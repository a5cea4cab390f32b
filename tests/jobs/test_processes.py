"""Jobs beside a server's processes: one turn each, another process when the leader is killed. All of it is ours."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.control.client import Control
from tests.processes import serving, until

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
