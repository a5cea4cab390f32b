"""`python -m bench.organization`: svcOrganization's lists of a large helpdesk, in SQL statements and milliseconds."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, insert

from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.models import User, UserRole
from smartertrack_emu.domain.people.passwords import hash_password
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.services import calls
from smartertrack_emu.services.organization import organization
from smartertrack_emu.store import migrate, prepared
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import writing

FIRST = 1000
"""The id of the first agent made here."""


def main() -> None:
    """Fill a database, call, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.organization", description=__doc__)
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--tickets", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        migrate.upgrade(url)
        engine = create_engine(url)
        print(f"filling a database with {options.agents:,} agents and {options.tickets:,} tickets ...")
        fill(engine, options.agents, options.tickets)
        application = Application(Settings(data=Path(folder)), engine)
        for name, arguments in (("GetAllAgents", []), ("GetActiveItemCounts", [False]), ("GetDailyTotals", [False])):
            measure(application, engine, name, arguments)
        log_ins(application)
        application.close()


def fill(engine: Engine, agents: int, tickets: int) -> None:
    """Make agents, and tickets of theirs of the last hundred days."""
    now = clock.now()
    with writing(engine) as session:
        create_initial(session, admin_password_hash=hash_password("admin"))
        numbers = range(FIRST, FIRST + agents)
        session.execute(insert(User), [{"id": n, "username": f"a{n}", "display_name": f"Agent {n}"} for n in numbers])
        session.execute(insert(UserRole), [{"user_id": n, "role_id": 4} for n in numbers])
        rows = [
            {
                "number": f"T{n}",
                "portal_token": f"T{n}",
                "brand_id": 1,
                "department_id": 1,
                "group_id": 1,
                "agent_id": FIRST + n % agents,
                "opened_at": now - timedelta(days=n % 100),
            }
            for n in range(tickets)
        ]
        session.execute(insert(Ticket), rows)


def measure(application: Application, engine: Engine, name: str, arguments: list[Any]) -> None:
    """Call one operation some times and print what it cost."""
    statements: list[str] = []
    environ = {calls.DESK: application.desk}
    operation = organization.operations[name]

    def call() -> float:
        started = time.perf_counter()
        result: Any = calls.run(organization, operation, ["admin", "admin", *arguments], environ)
        assert result.Result, result.Message
        return (time.perf_counter() - started) * 1000

    call()

    def note(*given: Any) -> None:
        statements.append(given[2])

    event.listen(engine, "before_cursor_execute", note)
    prepared.observers.append(statements.append)
    call()
    prepared.observers.clear()
    event.remove(engine, "before_cursor_execute", note)
    print(f"{name:24}{len(statements)} statements {statistics.median(call() for _ in range(5)):9.1f} ms")


def log_ins(application: Application) -> None:
    """Print what a login that fails takes: for a user who is there and for one who is not."""
    operation = organization.operations["GetServerName"]
    environ = {calls.DESK: application.desk}
    for title, start in (("wrong password", "a"), ("unknown user", "b")):
        times = []
        for number in range(FIRST, FIRST + 50):
            started = time.perf_counter()
            calls.run(organization, operation, [f"{start}{number}", "wrong"], environ)
            times.append((time.perf_counter() - started) * 1000)
        print(f"{title:24}{statistics.median(times):9.2f} ms, p95 {sorted(times)[47]:.2f} ms")


if __name__ == "__main__":
    main()
