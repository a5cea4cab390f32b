"""Serving the application: one process or several over one socket, ended without cutting a call short."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from smartertrack_emu.asmx.server import create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

Begin = Callable[[], Callable[[], object]]
"""Begins something in threads of its own, and returns what ends it."""

DRAIN_SECONDS = 30.0
"""How long calls under way may take to finish after a signal to stop."""

CAN_FORK = hasattr(os, "fork")
"""Whether several processes can share a socket here; Windows has no fork."""

_ALLOCATIONS_BETWEEN_COLLECTIONS = 20_000
_OPEN_FILES = 2048
"""Open files that a process may need: as many connections as the server takes, the database's, and attachments."""

_SIGNALS: tuple[signal.Signals, ...] = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGBREAK") if hasattr(signal, name)
)
"""What asks the server to stop; Windows sends SIGBREAK for Ctrl+Break and when the console is closed."""

_ONE_LISTENER: int = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
"""Lets a new server listen where an old one's connections linger, and nobody beside it.

On Windows SO_REUSEADDR would let several programs listen on one port.
"""


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket; OSError where the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, _ONE_LISTENER, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.listen(1024)
    listener.setblocking(False)  # noqa: FBT003 - the socket module's signature
    return listener


class _Stop:
    """Set by a signal to stop; a worker has its parent's, so that no signal is lost between the fork and its start."""

    def __init__(self) -> None:
        self.wanted = False
        self.wake: Callable[[], object] = lambda: None
        """Ends the wait that the signal came into; must be safe in a signal handler."""
        for number in _SIGNALS:
            signal.signal(number, self._set)

    def _set(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.wanted = True
        self.wake()


def serve(
    make_application: Callable[[], WSGIApplication],
    listener: socket.socket,
    *,
    workers: int,
    begin_jobs: Begin | None = None,
    **options: Any,
) -> None:
    """Serve until a signal to stop; with several workers, which `CAN_FORK` allows, each makes its own application.

    `begin_jobs`: begins what runs beside the calls, in a process of its own where there can be one.
    """
    stop = _Stop()
    _allow_open_files()
    host, port = listener.getsockname()[:2]
    logger.info("serving on http://%s:%d (services: /Services2)", f"[{host}]" if ":" in host else host, port)
    if workers == 1:
        with _jobs_beside(begin_jobs, stop):
            _serve_here(make_application(), listener, stop, **options)
    else:
        _serve_forked(make_application, listener, stop, workers=workers, begin_jobs=begin_jobs, **options)


def run_jobs(begin: Begin) -> None:
    """Run what `begin` begins until a signal to stop."""
    stop = _Stop()
    logger.info("running the background jobs")
    _run_jobs(begin, stop, parent=None)


def _run_jobs(begin: Begin, stop: _Stop, *, parent: int | None) -> None:
    wake = threading.Event()
    stop.wake = wake.set
    end = begin()
    while not (stop.wanted or (parent is not None and os.getppid() != parent)):
        wake.wait(1.0)
    end()


@contextmanager
def _jobs_beside(begin: Begin | None, stop: _Stop) -> Iterator[None]:
    """Run jobs beside the block, in a process of their own; in threads of this one where that cannot be, or died."""
    if begin is None:
        yield
        return
    if not CAN_FORK:
        end = begin()
        try:
            yield
        finally:
            end()
        return
    parent = os.getpid()
    pid = _fork(lambda: _run_jobs(begin, stop, parent=parent))
    ends: list[Callable[[], object]] = []

    def watch() -> None:
        os.waitpid(pid, 0)
        if not stop.wanted:
            logger.warning("the process of the background jobs ended; they go on in this one")
            ends.append(begin())

    watcher = threading.Thread(target=watch, name="jobs-watcher", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.wanted = True
        if watcher.is_alive():
            os.kill(pid, signal.SIGTERM)
        watcher.join()
        for end in ends:
            end()


def _fork(run: Callable[[], object]) -> int:
    """Run something in a new process, which ends with it; return its number."""
    # Python forgets signals that come to the new process before it is set up: they wait until it is.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    pid = os.fork()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if pid:
        return pid
    status = 1
    try:
        run()
        status = 0
    except BaseException:
        logger.exception("worker failed")
    finally:
        os._exit(status)


def _serve_here(
    application: WSGIApplication,
    listener: socket.socket,
    stop: _Stop,
    *,
    parent: int | None = None,
    **options: Any,
) -> None:
    """Serve until told to stop; a worker also when its parent is gone, who could tell it no more."""
    server = create_server(application, sockets=[listener], **options)
    _settle_garbage()
    stop.wake = server.wake
    server.run(until=lambda: stop.wanted or (parent is not None and os.getppid() != parent))
    server.drain(DRAIN_SECONDS)
    server.close()
    logger.info("stopped")


def _allow_open_files() -> None:
    """Raise the number of open files that the system lets this process have, where it may; macOS begins with 256."""
    try:
        import resource  # noqa: PLC0415 - Windows has none, and no such bound on sockets
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _settle_garbage() -> None:
    """Leave what start-up made out of every later collection, and collect less often: requests make hardly any cycles.

    With Python's own settings a full collection walks all the modules' objects, a hundredth of a second now and then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)


def _serve_forked(
    make_application: Callable[[], WSGIApplication],
    listener: socket.socket,
    stop: _Stop,
    *,
    workers: int,
    begin_jobs: Begin | None,
    **options: Any,
) -> None:
    parent = os.getpid()
    children: dict[int, Callable[[], object]] = {}

    def start(run: Callable[[], object]) -> None:
        children[_fork(run)] = run

    def work() -> None:
        _serve_here(make_application(), listener, stop, parent=parent, **options)

    if begin_jobs is not None:
        start(partial(_run_jobs, begin_jobs, stop, parent=parent))
    for _ in range(workers):
        start(work)
    while not stop.wanted:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            time.sleep(0.2)
            continue
        run = children.pop(pid)
        if not stop.wanted:
            logger.warning("worker %d ended with status %d; starting another", pid, status)
            time.sleep(0.2)
            start(run)
    listener.close()  # held open here it would take connections that nobody answers
    for pid in children:
        os.kill(pid, signal.SIGTERM)
    for pid in children:
        os.waitpid(pid, 0)
