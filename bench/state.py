"""`python -m bench.state`: how long a reset, a snapshot, its restore and its export take.

At so many tickets, on SQLite in a file and on PostgreSQL (the tests' own server, which does not wait for the disk). The
best of some rounds, in milliseconds, and beside it this process's processor time: SQLite's work is in it, PostgreSQL's
is not.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import String, func, insert, literal, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.tickets.models import Ticket, TicketMessage
from smartertrack_emu.setup import prepare
from smartertrack_emu.store.identity import ids_were_chosen
from smartertrack_emu.store.unit_of_work import writing
from tests import postgresql

from . import data

EXAMPLE = Path(__file__).parents[1] / "examples" / "acme.yaml"
_OPENED = 1000
"""So many tickets are opened; more are copies of them, with their messages."""

_OFFSET = 100_000
_MANY = 50_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.state", description=__doc__)
    parser.add_argument("--tickets", type=int, nargs="+", default=[100, 10_000, 100_000])
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        server = None
        try:
            for tickets, kind in itertools.product(options.tickets, options.databases):
                url = ""
                if kind == "postgresql":
                    if server is None:
                        (root / "postgresql").mkdir(mode=0o755)
                        server = make_url(postgresql.start(root / "postgresql"))
                    url = _new_database(server, f"state_{tickets}")
                _measure(kind, tickets, root / f"{kind}-{tickets}", url, 1 if tickets > _MANY else options.rounds)
        finally:
            if server is not None:
                postgresql.stop(root / "postgresql")


def _new_database(server: Any, name: str) -> str:
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return str(server.set(database=name).render_as_string(hide_password=False))


def _measure(kind: str, tickets: int, folder: Path, url: str, rounds: int) -> None:
    settings = Settings(data=folder, database_url=url, seed=EXAMPLE, log_requests=False)
    application = Application(settings, prepare(settings))
    state = application.state
    with writing(state.engine) as session:
        data.add_tickets(session, min(tickets, _OPENED))
        for times in range(1, tickets // _OPENED):
            _repeat(session, times)
        ids_were_chosen(session, Ticket, TicketMessage)
    bytes_of = state.take("full")[0].bytes

    def export() -> None:
        state.export("full")[0].close()

    print(f"{kind}, {tickets:,} tickets, {bytes_of / 1e6:.1f} MB", flush=True)
    _time("take", rounds, lambda: state.take("full"))
    _time("restore", rounds, lambda: state.restore("full"))
    _time("export", rounds, export)
    _time("reset, first", 1, state.reset)
    _time("reset", rounds, state.reset, before=lambda: state.restore("full"))
    application.close()


def _repeat(session: Session, times: int) -> None:
    """Copy the tickets that were opened, and their messages, under ids and numbers of their own."""
    own = {
        Ticket: {
            "number": _begun_anew(f"Z{times:02}", Ticket.number),
            "portal_token": _begun_anew(f"{times:05}", Ticket.portal_token),
        },
        TicketMessage: {"ticket_id": TicketMessage.ticket_id + times * _OFFSET},
    }
    for model, others in own.items():
        table = model.__table__
        names = [column.name for column in table.c if column.computed is None]
        changed = others | {"id": table.c.id + times * _OFFSET}
        values = [changed.get(name, table.c[name]) for name in names]
        session.execute(insert(table).from_select(names, select(*values).where(table.c.id <= _OFFSET)))


def _begun_anew(beginning: str, column: Any) -> Any:
    return literal(beginning) + func.substr(column, len(beginning) + 1, type_=String)


def _time(what: str, rounds: int, run: Callable[[], object], *, before: Callable[[], object] = lambda: None) -> None:
    taken = []
    for _ in range(rounds):
        before()
        begin, cpu = time.perf_counter(), time.process_time()
        run()
        taken.append((time.perf_counter() - begin, time.process_time() - cpu))
    wall, cpu = min(taken)
    print(f"  {what:14}{wall * 1000:9.0f} ms{cpu * 1000:9.0f} ms CPU", flush=True)


if __name__ == "__main__":
    main()
