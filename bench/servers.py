"""The servers that are measured: bare Waitress, stock Spyne, ours. Each is a process of its own on one core."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

SERVER_CORE = 0


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process, pinned to one core where the machine has more."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        port: int,
        *,
        pinned: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.port = port
        self._process = subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, **(settings or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if pinned and len(os.sched_getaffinity(0)) > 1:
            self.allow({sorted(os.sched_getaffinity(0))[SERVER_CORE]})

    def allow(self, cores: set[int]) -> None:
        """Let it run on these cores alone, its threads too."""
        for thread in Path(f"/proc/{self._process.pid}/task").iterdir():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), cores)

    def wait(self, seconds: float = 30) -> None:
        """Wait until it listens."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self._process.poll() is None, f"{self.name} ended with {self._process.returncode}"
                time.sleep(0.005)
            else:
                return
        message = f"{self.name} does not listen"
        raise TimeoutError(message)

    @property
    def pid(self) -> int:
        """Its process's number."""
        return self._process.pid

    @property
    def cpu_seconds(self) -> float:
        """The processor time it has used so far, its own and the kernel's for it."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def megabytes(self) -> float:
        """Its resident memory now."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self._process.kill()
        self._process.wait(40)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def join(self) -> None:
        """Wait for its end."""
        self._process.wait(40)

    def stop(self) -> None:
        """Stop it."""
        self.signal(signal.SIGTERM)
        self.join()


def ours(
    data: Path, port: int, database: str = "", *, pinned: bool = True, settings: Mapping[str, str] | None = None
) -> Server:
    """Our server over a database (one in `data` without a URL) as `make serve` runs it: durable, requests logged.

    `settings`: further environment variables.
    """
    command = ["-m", "smartertrack_emu", "serve", "--port", str(port), "--data", str(data)]
    if database:
        command += ["--database", database]
    return Server("ours", command, port, pinned=pinned, settings=settings)


def floor(answer: Path, port: int) -> Server:
    """Waitress answering the bytes of a file to everything: what HTTP alone costs in Python."""
    return Server("floor", ["-m", "bench.floor", str(answer), str(port)], port)


def stock_spyne(port: int) -> Server:
    """Spyne as it comes, with the same contract, over constants in memory: no database, no login."""
    return Server("stock Spyne", ["-m", "bench.stock_spyne", str(port)], port)
