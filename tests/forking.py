"""Starts commands as forks of one process that has imported everything: `python -m tests.forking FD`.

A command started afresh imports for a second of computing before it does anything, and the tests start a hundred of
them. What is told over the socket FD is what `exec` would be told; a command's end is told over a pipe of its own.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

_LENGTH = struct.Struct("!Q")
"""Stands before what a command is told, and the descriptors come with it."""


class Forked:
    """A command that was started, with the part of subprocess.Popen that tests use."""

    def __init__(self, arguments: list[str], *, folder: Path, environment: dict[str, str], stdio: list[int]) -> None:
        """Start it. `stdio`: the descriptors of its standard input, output and errors."""
        self.returncode: int | None = None
        told = json.dumps(
            {"arguments": arguments, "folder": str(folder), "environment": environment, "umask": _umask()}
        ).encode()
        self._end, theirs = os.pipe()
        try:
            socket.send_fds(_starter(), [_LENGTH.pack(len(told))], [*stdio, theirs])
            _starter().sendall(told)
        finally:
            os.close(theirs)
        self.pid = int(os.read(self._end, 20))

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, or minus the signal that ended it; subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            self.returncode = int(os.read(self._end, 20))
            os.close(self._end)
        return self.returncode

    def poll(self) -> int | None:
        """Return what `wait` returns, None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


@cache
def _starter() -> socket.socket:
    """The process that forks, started once in each process of the tests; it ends when its socket is closed."""
    ours, theirs = socket.socketpair()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SMARTERTRACK_EMU_")}
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking", str(theirs.fileno())],
            cwd=Path(__file__).parents[1],
            env=inherited | {"NO_COLOR": "1"},
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )

    @atexit.register
    def stop() -> None:
        ours.close()
        process.wait()

    return ours


def _serve(control: socket.socket) -> dict[str, Any] | None:
    """Fork for each command until the tests are over. Returns in each fork, with what it was told."""
    ends: dict[int, int] = {}
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    watched: list[Any] = [control, woken]
    while True:
        readable, _, _ = select.select(watched, [], [])
        if woken in readable:
            os.read(woken, 4096)
            _tell_ends(ends)
        if control not in readable:
            continue
        length, fds, _, _ = socket.recv_fds(control, _LENGTH.size, 4)
        if not length:
            return None
        (size,) = _LENGTH.unpack(length)
        message = control.recv(size, socket.MSG_WAITALL)
        if pid := os.fork():
            ends[pid] = fds.pop()
            os.write(ends[pid], b"%-20d" % pid)
            for fd in fds:
                os.close(fd)
            continue
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, fd in enumerate(fds[:3]):
            os.dup2(fd, number)
        for fd in (*fds, *ends.values(), woken, waker, control.detach()):
            os.close(fd)
        told: dict[str, Any] = json.loads(message)
        return told


def _tell_ends(ends: dict[int, int]) -> None:
    """Tell of each command that has ended."""
    while ends:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        end = ends.pop(pid)
        try:
            os.write(end, b"%-20d" % os.waitstatus_to_exitcode(status))
        except BrokenPipeError:
            pass  # nobody asks any more
        finally:
            os.close(end)


def _import_everything() -> None:
    """Import what commands import when they need it, and compile what a server compiles at its start."""
    from smartertrack_emu import cli, compose, serving, setup  # noqa: F401, PLC0415 - the tests' own process goes without
    from smartertrack_emu.asmx.wsgi import AsmxApplication  # noqa: PLC0415
    from smartertrack_emu.services.registry import SERVICES  # noqa: PLC0415

    AsmxApplication(SERVICES)
    gc.collect()
    gc.freeze()


def _be(told: dict[str, Any]) -> NoReturn:
    """Become the command: what is set here is what a new process would be given."""
    os.setsid()
    os.umask(told["umask"])
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    time.tzset()
    sys.argv = ["smartertrack_emu", *told["arguments"]]
    runpy.run_module("smartertrack_emu", run_name="__main__", alter_sys=True)
    sys.exit()


def main() -> None:
    """Fork until the tests' process is gone."""
    _import_everything()
    told = _serve(socket.socket(fileno=int(sys.argv[1])))
    if told is not None:
        _be(told)


if __name__ == "__main__":
    main()
