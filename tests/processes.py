"""The command line as processes: run to its end, or serving meanwhile.

Where the system can, they are forks of one that has imported everything (`tests/forking.py`). With a `program` they are
started afresh: `AFRESH` is the program as users start it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Protocol
from urllib.parse import urlencode

PATIENCE_S = 30.0
"""How long anything may take on a busy machine before a test gives up."""

_SERVING = re.compile(r"serving on (http://\S+)")


def _environment(settings: dict[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SMARTERTRACK_EMU_")}
    # Nothing here has to outlive a power cut, no job is to do what a test does not ask for, and an assertion is easier
    # to read without a frame around it.
    ours = {
        "SMARTERTRACK_EMU_SQLITE_SYNCHRONOUS": "OFF",
        "SMARTERTRACK_EMU_JOBS": "off",
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
    return inherited | ours | settings


AFRESH = ("-m", "smartertrack_emu")
"""The program as users start it."""


class Running(Protocol):
    """A process that was started: subprocess.Popen or a fork."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


def _start(
    folder: Path,
    arguments: tuple[str | Path, ...],
    settings: dict[str, str],
    files: tuple[IO[bytes], IO[bytes], IO[bytes]],
    program: Sequence[str | Path] | None,
) -> Running:
    """Start a command in `folder`. `files`: its standard input, output and errors."""
    environment = _environment(settings)
    if program is not None or not hasattr(os, "fork"):
        stdin, stdout, stderr = files
        return subprocess.Popen(
            [sys.executable, *map(str, (*(program or AFRESH), *arguments))],
            cwd=folder,
            env=environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    # Imported here: other systems have no such sockets.
    from tests.forking import Forked  # noqa: PLC0415

    stdio = [file.fileno() for file in files]
    return Forked([*map(str, arguments)], folder=folder, environment=environment, stdio=stdio)


def run(
    folder: Path,
    *arguments: str | Path,
    input: str = "",
    program: Sequence[str | Path] | None = None,
    **settings: str,
) -> subprocess.CompletedProcess[str]:
    """Run a command in `folder`; `settings` are further environment variables."""
    with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
        stdin.write(input.encode())
        stdin.seek(0)
        process = _start(folder, arguments, settings, (stdin, stdout, stderr), program)
        try:
            status = process.wait(PATIENCE_S)
        finally:
            process.kill()
        for file in (stdout, stderr):
            file.seek(0)
        said, complained = (file.read().decode() for file in (stdout, stderr))
    return subprocess.CompletedProcess(arguments, status, said, complained)


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for something to become true, and return it."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)
    return found


class Serving:
    """A server process: its address, its output, its workers."""

    def __init__(self, process: Running, output: Path) -> None:
        self.process = process
        self._output = output
        self.url = ""

    @property
    def output(self) -> str:
        """What the process has written to standard output and standard error so far."""
        return self._output.read_text()

    def wait_until_ready(self) -> None:
        until(lambda: _SERVING.search(self.output) or self.process.poll() is not None, "the server's start")
        found = _SERVING.search(self.output)
        assert found is not None, self.output
        self.url = found[1]

    def get(self, path: str, **query: str) -> tuple[int, str]:
        """GET a path of the server: status and text."""
        address = f"{self.url}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def log_in(self, username: str, password: str) -> int:
        """Call GetServerName over HTTP GET and return the result code."""
        status, text = self.get(
            "/Services2/svcOrganization.asmx/GetServerName", authUserName=username, authPassword=password
        )
        assert status == 200, text
        return int(next(one.text for one in ET.fromstring(text) if one.tag.endswith("ResultCode")) or "")

    def requests(self) -> list[dict[str, Any]]:
        """The request lines of the log."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]

    def workers(self) -> list[int]:
        """The processes that this one has forked."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def stop(self) -> int:
        """Ask the server to stop, as a service manager does, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


@contextmanager
def serving(
    folder: Path,
    *arguments: str | Path,
    command: Sequence[str] = ("serve", "--port", "0"),
    ready: bool = True,
    program: Sequence[str | Path] | None = None,
    **settings: str,
) -> Iterator[Serving]:
    """Serve on a free port of this machine, with `folder` as the working directory, until the block ends.

    `command`: what else runs until it is told to stop; it is never `ready`.
    """
    output = folder / f"output-{time.monotonic_ns()}.txt"
    with output.open("wb") as written, Path(os.devnull).open("rb") as nothing:
        process = _start(folder, (*command, *arguments), settings, (nothing, written, written), program)
    server = Serving(process, output)
    try:
        if ready:
            server.wait_until_ready()
        yield server
    finally:
        if process.poll() is None:
            # Its workers too, whatever state a failed test has left them in.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
