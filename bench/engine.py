"""`python -m bench.engine`: what mail costs, each figure beside its bound.

Delivery goes to a sink in another process, by one sender, from SQLite in a file with synchronous FULL. Looking at the
spool is measured with so many mails waiting, on SQLite; the best of some rounds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain.across import delivery
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool import accounts, listing
from smartertrack_emu.domain.spool.accounts import AccountKind, Security
from smartertrack_emu.domain.spool.listing import Filter
from smartertrack_emu.domain.spool.mails import Mail, mail_row
from smartertrack_emu.domain.spool.models import MailKind, MailState, OutgoingMail
from smartertrack_emu.domain.structure.engine_settings import change
from smartertrack_emu.domain.tickets.creation import NewTicket, create
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.mail.sending import run as deliver
from smartertrack_emu.setup import prepare

from . import engine_calls, engine_import
from .sink import serve

LEAST_PER_SECOND, MOST_MILLISECONDS = 200, 50
_KB = 5_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description=__doc__)
    parser.add_argument("--mails", type=int, default=500, help="how many are delivered")
    parser.add_argument("--waiting", type=int, default=100_000, help="how many wait while the spool is looked at")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), log_requests=False)
        desk = make_desk(settings, prepare(settings))
        desk.write(lambda session: change(session, {"mail_delay_seconds": 0}))
        _measure_delivery(desk, options.mails, options.rounds)
        _measure_looking(desk, options.waiting, options.rounds)
        desk.engine.dispose()
    engine_import.main()
    engine_calls.main(rounds=options.rounds)


def _measure_delivery(desk: Desk, mails: int, rounds: int) -> None:
    port = multiprocessing.Queue()  # type: ignore[var-annotated]  # of one number
    sink = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    sink.start()
    values = {
        "kind": AccountKind.SMTP,
        "host": "127.0.0.1",
        "port": port.get(),
        "security": Security.NONE,
        "address": "desk@acme.example",
    }
    desk.write(lambda session: accounts.create(session, values))
    best = 0.0
    for _ in range(rounds):
        desk.write(lambda session: _open_tickets(session, mails))
        run = Run(desk, "smtp-delivery", is_requested=True)
        begun, cpu = time.perf_counter(), time.process_time()
        deliver(run)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
        assert run.done == mails, run.errors
        best = max(best, mails / seconds)
        print(f"delivery: {mails / seconds:.0f} mails/s, {cpu / mails * 1000:.2f} ms of processor time a mail")
    print(f"delivery by one sender: {best:.0f} mails/s (to reach: {LEAST_PER_SECOND})")
    sink.terminate()


def _open_tickets(session: Session, number: int) -> None:
    for _ in range(number):
        new = NewTicket(
            Direction.TO_CUSTOMER,
            "casey@example.com",
            "Fire",
            "It burns. " * (_KB // 10),
            is_html=False,
            department_id=1,
            notify=True,
        )
        create(session, SYSTEM, new)


def _measure_looking(desk: Desk, waiting: int, rounds: int) -> None:
    def fill(session: Session) -> None:
        mail = Mail("casey@example.com", "Fire", "It burns. " * (_KB // 10))
        for start in range(0, waiting, 1_000):
            rows = [
                mail_row(session, mail, kind=MailKind.MESSAGE, department_id=1) for _ in range(start, start + 1_000)
            ]
            session.execute(insert(OutgoingMail), rows)

    desk.write(fill)
    looks: dict[str, Callable[[Session], Any]] = {
        "first page": lambda session: listing.page(session, Filter(), limit=50),
        "first page of a state": lambda session: listing.page(session, Filter(state=MailState.WAITING), limit=50),
        "counts by state": listing.counts,
        "next batch": lambda session: delivery.due(session, delay=timedelta(), most=500),
    }
    for name, look in looks.items():
        best = min(_milliseconds(desk, look) for _ in range(rounds))
        print(f"{name} with {waiting} waiting: {best:.1f} ms (to stay below: {MOST_MILLISECONDS} ms)")


def _milliseconds(desk: Desk, look: Callable[[Session], Any]) -> float:
    begun = time.perf_counter()
    desk.read(look)
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
