"""What the jobs cost those who call, and what they cost when there is nothing to do.

    python -m bench.engine_calls

SQLite with synchronous FULL. The 99th percentile of a call is measured beside nothing, beside a process that only
computes, and beside the process of the jobs while mails go out and come in as fast as they can, in turns; the median of
the rounds counts. On two cores much of what is seen is sharing them: the process that only computes shows how much.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from smartertrack_emu.compose import JOB_FUNCTIONS, make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.inbox import spool
from smartertrack_emu.domain.inbox.models import IncomingMail, IncomingState
from smartertrack_emu.domain.models import Ticket
from smartertrack_emu.domain.spool import accounts
from smartertrack_emu.domain.spool.accounts import AccountKind, Security
from smartertrack_emu.domain.spool.mails import Mail, mail_row
from smartertrack_emu.domain.spool.models import MailKind, MailState, OutgoingMail
from smartertrack_emu.domain.structure import engine_settings, jobs
from smartertrack_emu.domain.structure.jobs import JOBS
from smartertrack_emu.setup import make_engine

from . import data, requests, search_scale, servers
from .data import SEED
from .sink import serve

TIMES_THE_QUIET, IDLE_MS = 1.5, 50.0
_MAILS_OUT, _MAILS_IN, _TICKETS = 20_000, 2_000, 1_000
_OPERATIONS = ("GetTicketInfo", "CreateTicket")
_CONNECTIONS = 2
_COMPUTING = "n = 0\nwhile True: n += 1"


def measure_calls(folder: Path, *, rounds: int, seconds: float) -> None:
    """Measure calls beside nothing, beside a process that computes, and beside the jobs."""
    data.fill(folder, tickets=_TICKETS)
    settings = Settings(data=folder, log_requests=False)
    desk = make_desk(settings, make_engine(settings))
    found: dict[tuple[str, str], list[float]] = {}
    sent = taken = 0
    with _sink() as port:
        _fill(desk, port)
        server = servers.ours(folder, servers.free_port(), pinned=False, settings={"SMARTERTRACK_EMU_JOBS": "off"})
        try:
            server.wait()
            for operation in _OPERATIONS:
                requests.run(server.port, requests.request(operation), seconds=seconds, connections=_CONNECTIONS)
            for _ in range(rounds):
                _ask(server.port, "quiet", found, seconds)
                with _process("-c", _COMPUTING):
                    _ask(server.port, "computing", found, seconds)
                before = _done(desk)
                with _process("-m", "smartertrack_emu", "jobs", "--data", str(folder)):
                    _wait(desk, before)
                    before, begun = _done(desk), time.perf_counter()
                    _ask(server.port, "jobs", found, seconds)
                    lasted = time.perf_counter() - begun
                sent, taken = (round((now - then) / lasted) for now, then in zip(_done(desk), before, strict=True))
        finally:
            server.kill()
    desk.engine.dispose()
    for operation in _OPERATIONS:
        quiet, computing, busy = (
            statistics.median(found[operation, state]) for state in ("quiet", "computing", "jobs")
        )
        print(
            f"{operation}, p99: {quiet:.1f} ms quiet; beside a process that computes {computing:.1f} ms, "
            f"{computing / quiet:.2f} times; beside the jobs {busy:.1f} ms, {busy / quiet:.2f} times "
            f"(at most {TIMES_THE_QUIET})"
        )
    print(f"meanwhile {sent} mails/s went out and {taken} came in")


@contextmanager
def _sink() -> Iterator[int]:
    port = multiprocessing.Queue()  # type: ignore[var-annotated]  # of one number
    sink = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    sink.start()
    try:
        yield port.get()
    finally:
        sink.terminate()


@contextmanager
def _process(*arguments: str) -> Iterator[None]:
    """Let a process of Python run meanwhile; it is killed, for what the jobs do may be interrupted anywhere."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _ask(port: int, state: str, found: dict[tuple[str, str], list[float]], seconds: float) -> None:
    for operation in _OPERATIONS:
        _, times = requests.run(port, requests.request(operation), seconds=seconds, connections=_CONNECTIONS)
        found.setdefault((operation, state), []).append(statistics.quantiles(times, n=100)[98] * 1000)


def _fill(desk: Desk, port: int) -> None:
    """Let more mails wait than will be done."""
    account = {"kind": AccountKind.SMTP, "host": "127.0.0.1", "port": port, "security": Security.NONE}
    desk.write(lambda session: accounts.create(session, {**account, "address": "desk@acme.example"}))
    numbers = {"mail_delay_seconds": 0, "tickets_per_sender_per_hour": 10**6}
    desk.write(lambda session: engine_settings.change(session, numbers))
    for name in ("email-import", "smtp-delivery"):
        desk.write(lambda session, name=name: jobs.set_interval(session, name, 1))  # type: ignore[misc]
    mail = Mail("casey@example.com", "Fire", "It burns. " * 500)

    def fill(session: Any) -> None:
        for _ in range(_MAILS_OUT // 1_000):
            rows = [mail_row(session, mail, kind=MailKind.MESSAGE, department_id=1) for _ in range(1_000)]
            session.execute(insert(OutgoingMail), rows)
        for number in range(_MAILS_IN):
            raw = (
                f"From: c{number % 50}@example.com\r\nSubject: Mail {number}\r\nMessage-ID: <{number}@example.com>\r\n"
                f"\r\n{'It is broken. ' * 350}"
            ).encode()
            spool.put_in(session, files.keep(desk.attachments, raw), len(raw))

    desk.write(fill)


def _done(desk: Desk) -> tuple[int, int]:
    """Count the mails that went out and those that came in."""
    out = select(func.count()).where(OutgoingMail.state == MailState.SENT)
    into = select(func.count()).where(IncomingMail.state != IncomingState.WAITING)
    return desk.read(lambda session: (session.execute(out).scalar_one(), session.execute(into).scalar_one()))


def _wait(desk: Desk, before: tuple[int, int]) -> None:
    """Wait until mails go out and come in."""
    deadline = time.monotonic() + 60
    while any(now <= then for now, then in zip(_done(desk), before, strict=True)):
        assert time.monotonic() < deadline, "the jobs do nothing"
        time.sleep(0.05)


def measure_idle(folder: Path, *, tickets: int, rounds: int) -> None:
    """Measure a run of every job with nothing due, on so many tickets; the best of some rounds."""
    settings = Settings(data=folder, seed=SEED, sqlite_synchronous="OFF", log_requests=False)
    search_scale.fill(settings, tickets)
    desk = make_desk(settings, make_engine(settings))
    desk.write(lambda session: session.execute(update(Ticket).values(follow_up_at=None)))
    for name in JOBS:
        while _run(desk, name).done:
            pass
    times: dict[str, list[float]] = {name: [] for name in JOBS}
    for _ in range(rounds):
        for name in JOBS:
            begun = time.perf_counter()
            run = _run(desk, name)
            times[name].append((time.perf_counter() - begun) * 1000)
            assert not run.done, f"{name} has found something to do"
    desk.engine.dispose()
    best = {name: min(measured) for name, measured in times.items()}
    slowest = sorted(best, key=lambda name: -best[name])[:3]
    print(
        f"a run of all {len(JOBS)} jobs with nothing due on {tickets:,} tickets: {sum(best.values()):.1f} ms "
        f"(to stay below: {IDLE_MS:g} ms); " + ", ".join(f"{name} {best[name]:.1f}" for name in slowest)
    )


def _run(desk: Desk, name: str) -> Run:
    run = Run(desk, name)
    JOB_FUNCTIONS[name]()(run)
    return run


def main(*, rounds: int = 5, seconds: float = 2.0, tickets: int = 100_000) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name:
        folder = Path(name)
        for part in ("calls", "idle"):
            (folder / part).mkdir()
        measure_idle(folder / "idle", tickets=tickets, rounds=rounds)
        measure_calls(folder / "calls", rounds=rounds, seconds=seconds)


if __name__ == "__main__":
    main()
