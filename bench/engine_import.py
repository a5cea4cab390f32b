"""Mail in: how many mails a minute are imported, how much memory the largest one takes, what lists cost.

    python -m bench.engine_import

SQLite with synchronous FULL, one process; the bounds are those that the engine is to keep.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import insert

from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.inbox import spool
from smartertrack_emu.domain.inbox.models import IncomingMail, IncomingState
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.structure import engine_settings
from smartertrack_emu.mail import email_import
from smartertrack_emu.store import migrate
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import writing

A_MINUTE, LIST_MS, TIMES_THE_LARGEST = 1_000, 50.0, 4.0
_MAILS, _WAITING = 1_000, 100_000
_LARGEST = 26_214_400


class Figure(NamedTuple):
    """What was measured, beside its bound: at least so much, or at the most."""

    name: str
    value: float
    bound: float
    is_least: bool
    unit: str

    @property
    def is_kept(self) -> bool:
        """Whether the bound is kept."""
        return self.value >= self.bound if self.is_least else self.value <= self.bound

    def __str__(self) -> str:
        word = "at least" if self.is_least else "at most"
        kept = "" if self.is_kept else "  NOT KEPT"
        return f"{self.name:50}{self.value:12.1f} {self.unit:14}({word} {self.bound:g}){kept}"


def figures(folder: Path) -> Iterator[Figure]:
    """Measure one after another, in databases of their own below a folder."""
    yield _import(_desk(folder / "import"))
    yield from _lists(_desk(folder / "lists"))
    yield _memory(folder / "memory")


def _desk(folder: Path) -> Desk:
    folder.mkdir(parents=True)
    engine = create_engine(f"sqlite:///{folder / 'smartertrack.db'}")
    migrate.upgrade(engine)
    with writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        engine_settings.change(session, {"tickets_per_sender_per_hour": 10**6})
    return make_desk(Settings(data=folder), engine)


def _import(desk: Desk) -> Figure:
    body = "A line of text as people write them, with some words in it.\r\n" * 80
    for n in range(_MAILS):
        raw = (
            f"From: Customer {n % 50} <customer{n % 50}@example.com>\r\nTo: help@example.com\r\nSubject: Mail {n}\r\n"
            f"Message-ID: <{n}@example.com>\r\nDate: Sat, 01 Mar 2025 10:00:00 +0000\r\n\r\n{body}"
        ).encode()
        _put_in(desk, raw)
    begun = time.perf_counter()
    done = 0
    while done < _MAILS:
        run = Run(desk, "email-import")
        email_import.run(run)
        assert run.done, run.errors
        done += run.done
    minutes = (time.perf_counter() - begun) / 60
    return Figure("import, text of 5 KB, one process", done / minutes, A_MINUTE, is_least=True, unit="mails/minute")


def _put_in(desk: Desk, raw: bytes) -> None:
    sha256 = files.keep(desk.attachments, raw)
    desk.write(lambda session: spool.put_in(session, sha256, len(raw)))


def _lists(desk: Desk) -> Iterator[Figure]:
    row = {"state": IncomingState.WAITING, "length": 5_000, "sha256": "0" * 64, "received_at": clock.now()}

    def fill(session: Any) -> None:
        for _ in range(_WAITING // MOST_ROWS):
            session.execute(insert(IncomingMail), [row] * MOST_ROWS)

    desk.write(fill)
    for name, read in (
        ("first page of those that wait", lambda session: _page(session, IncomingState.WAITING)),
        ("first page of those that failed", lambda session: _page(session, IncomingState.FAILED)),
        ("the next one to import", lambda session: spool.next_waiting(session, 0)),
    ):
        desk.read(read)
        begun = time.perf_counter()
        desk.read(read)
        milliseconds = (time.perf_counter() - begun) * 1000
        yield Figure(f"{name}, of {_WAITING:,}", milliseconds, LIST_MS, is_least=False, unit="ms")


def _page(session: Any, state: IncomingState) -> object:
    return spool.listed(session, state=state, limit=50, offset=0)


def _memory(folder: Path) -> Figure:
    """Import the largest mail there may be, in a process of its own; what it takes beyond a small one."""
    kilobytes = [
        int(subprocess.check_output([sys.executable, "-m", "bench.engine_import", str(folder / str(size)), str(size)]))
        for size in (10_000, _LARGEST)
    ]
    times = (kilobytes[1] - kilobytes[0]) * 1024 / _LARGEST
    return Figure("memory for a mail of 25 MiB", times, TIMES_THE_LARGEST, is_least=False, unit="times its size")


def _import_one(folder: Path, size: int) -> int:
    """Import a mail with a file in Base64, and return the most memory that this process had, in kilobytes."""
    import resource  # noqa: PLC0415 - Windows has none

    desk = _desk(folder)
    head = (
        b"From: c@example.com\r\nSubject: Large\r\nContent-Type: application/zip; name=a.zip\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    line = b"YWFh" * 19 + b"\r\n"
    path = folder / "mail"
    with path.open("wb") as file:
        file.write(head)
        for _ in range((size - len(head)) // len(line)):
            file.write(line)
    _put_in(desk, path.read_bytes())
    run = Run(desk, "email-import")
    email_import.run(run)
    assert not run.errors, run.errors
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        for figure in figures(Path(folder)):
            print(figure)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(_import_one(Path(sys.argv[1]), int(sys.argv[2])))
    else:
        main()
