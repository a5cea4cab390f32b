"""`python -m bench.search_scale`: GetTicketsBySearch with MaxResults=100 at 100,000 tickets beside 1,000, key by key.

Over HTTP, one server process for each size, asked in turn. The ratio of the lower quartiles is to stay within 1.3;
custom fields are searched for a part of their text and have no bound.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from smartertrack_emu import setup
from smartertrack_emu.config import Settings
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.models import Ticket, TicketFieldValue, TicketMessage
from smartertrack_emu.domain.text import key
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.store.identity import ids_were_chosen
from smartertrack_emu.store.unit_of_work import reading, writing

from .data import SEED
from .load import PATH, Serving, databases

SMALL, LARGE = 1_000, 100_000
BOUND = 1.3
AT_ONCE = 1000

GROUPS = ((1, 1, 1), (1, 1, 2), (1, 2, 3))
"""Brand, department and group."""
AGENTS = {1: (1, 4, 5), 2: (1, 4), 3: (1, 6)}


def fill(settings: Settings, tickets: int) -> None:
    """Make a database with so many tickets: the rare ones are as rare in each size, a minute between two.

    Half of them are done within two days, a few take a month.
    """
    engine = setup.prepare(settings)
    with writing(engine) as session:
        for start in range(0, tickets, AT_ONCE):
            _insert(session, range(start, min(start + AT_ONCE, tickets)), tickets)
        ids_were_chosen(session)
    # What PostgreSQL does by itself within a minute, and SQLite does without.
    if engine.dialect.name == "postgresql":
        with writing(engine) as session:
            session.execute(text("ANALYZE"))
    engine.dispose()


def _insert(session: Session, indexes: range, tickets: int) -> None:
    rows = [_row(index, tickets) for index in indexes]
    session.execute(insert(Ticket), rows)
    messages = [
        {
            "ticket_id": row["id"],
            "direction": Direction.FROM_CUSTOMER,
            "from_address": row["customer_email"],
            "subject": row["subject"],
            "body": "Please help.",
            "sent_at": row["opened_at"],
        }
        for row in rows
    ]
    session.execute(insert(TicketMessage), messages)
    values = [{"ticket_id": row["id"], "field_id": 1, "value": f"Customer {row['id'] % 7}"} for row in rows]
    session.execute(insert(TicketFieldValue), values)


def _row(index: int, tickets: int) -> dict[str, Any]:
    brand_id, department_id, group_id = GROUPS[index % 3]
    agents = AGENTS[group_id]
    status = TicketStatus(1 + index // 3 % 3)
    opened_at = clock.now() - timedelta(minutes=tickets - index)
    email = f"customer{index // 5 % 5}@example.com"
    return {
        "id": index + 2,
        "number": f"{index % 4096:03X}-{index:08X}-{index & 0xFFFF:04X}",
        "subject": f"Ticket {index}: I cannot log in since Monday",
        "brand_id": brand_id,
        "department_id": department_id,
        "group_id": group_id,
        "agent_id": agents[index // 9 % len(agents)],
        "customer_email": email,
        "customer_email_key": key(email),
        "customer_name": f"Customer {index // 5 % 5}",
        "status": status,
        "is_open": status.is_open,
        "is_active": status.is_active,
        "priority": 1 + index // 2 % 4,
        "is_deleted": index % 5 == 0,
        "is_spam": index % 5 == 1,
        "has_resolution": index % 5 == 2,
        "follow_up_at": opened_at + timedelta(days=9) if index % 5 == 3 else None,
        "opened_at": opened_at,
        "idle_since": opened_at,
        "last_activity_at": min(opened_at + timedelta(days=30) * (index * 7919 % 997 / 997) ** 4, clock.now()),
        "last_reply_at": opened_at,
        "portal_token": f"{index:043d}",
    }


def criteria(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """Give each documented key with a value, and whether its time is bound."""
    engine = setup.make_engine(settings)
    with reading(engine) as session:
        oldest, newest = (
            session.execute(select(Ticket.opened_at).order_by(order).limit(1).offset(1)).scalar_one()
            for order in (Ticket.opened_at, Ticket.opened_at.desc())
        )
        number = session.execute(select(Ticket.number).where(Ticket.id == SMALL // 2)).scalar_one()
    engine.dispose()
    middle = oldest + (newest - oldest) / 2
    bound = {
        "BrandId": "1",
        "DateEndUtc": f"{middle:%Y-%m-%dT%H:%M:%S}",
        "DateStartUtc": f"{middle:%Y-%m-%dT%H:%M:%S}",
        "DepartmentId": "1",
        "EmailAddress": "Customer1@example.com",
        "GroupId": "1",
        "HasResolution": "true",
        "IsActive": "true",
        "IsDeleted": "true",
        "IsOpen": "true",
        "IsSpam": "true",
        "Priority": "3",
        "ShowInFollowUpView": "true",
        "SortOrder": "ascending",
        "TicketNumber": number,
        "UserId": "1",
    }
    yield "MaxResults", "100", True
    for name, value in bound.items():
        yield name, value, True
    for name in ("HasResolution", "IsActive", "IsDeleted", "IsOpen", "IsSpam", "ShowInFollowUpView"):
        yield name, "false", True
    yield "1", "customer 3", False


class Asker:
    """One server's caller, timing each answer."""

    def __init__(self, settings: Settings, user: str, server: Serving) -> None:
        self.settings = settings
        self._user = user
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(self, name: str, value: str) -> tuple[float, int]:
        """Return the seconds that a search took, and how many tickets it found."""
        pairs = ["MaxResults=100", f"{name}={value}"]
        password = "admin" if self._user == "admin" else f"{self._user}-pw"
        body = urlencode({"authUserName": self._user, "authPassword": password, "searchCriteria": pairs}, doseq=True)
        started = time.perf_counter()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", f"{PATH}/GetTicketsBySearch", body, headers)
        answer = self._connection.getresponse().read()
        seconds = time.perf_counter() - started
        assert b"<Result>true<" in answer, answer[:500]
        return seconds, answer.count(b"<TicketInfo>")


def measure(name: str, sizes: list[tuple[Asker, str]], rounds: int) -> tuple[list[float], list[int]]:
    """Ask each in turn; return the lower quartiles of the seconds, and what was found."""
    times: list[list[float]] = [[] for _ in sizes]
    found = [0 for _ in sizes]
    for turn in range(rounds + 3):
        for place, (asker, value) in enumerate(sizes):
            seconds, found[place] = asker.ask(name, value)
            if turn >= 3:
                times[place].append(seconds)
    return [statistics.quantiles(of_one, n=4)[0] for of_one in times], found


def compare(kind: str, urls: dict[int, str], folder: Path, rounds: int, only: str | None) -> bool:
    """Measure one kind of database; say whether every bound was kept."""
    servers, settings = {}, {}
    for size, url in urls.items():
        data = folder / f"data-{kind}-{size}"
        settings[size] = Settings(data=data, database_url=url, seed=SEED, sqlite_synchronous="OFF")
        fill(settings[size], size)
        servers[size] = Serving(url, data, workers=1)
        servers[size].start()
    kept = True
    try:
        for user in ("admin", "alice"):
            askers = [Asker(settings[size], user, servers[size]) for size in urls]
            for keys in zip(*(criteria(asker.settings) for asker in askers), strict=True):
                name, _, is_bound = keys[0]
                if only not in (None, name):
                    continue
                pairs = [(asker, criterion[1]) for asker, criterion in zip(askers, keys, strict=True)]
                (small, large), found = measure(name, pairs, rounds)
                ratio = large / small
                slow = is_bound and ratio > BOUND
                kept = kept and not slow
                what = f"{name}={keys[0][1]}"
                print(
                    f"{kind:11}{user:6}{what:38}{small * 1000:8.2f} ms{large * 1000:8.2f} ms{ratio:7.2f}  "
                    f"{found[0]:3}/{found[1]:3}{'  TOO SLOW' if slow else ''}",
                    flush=True,
                )
    finally:
        for server in servers.values():
            server.stop()
    return kept


def main() -> None:
    """Measure and print; exit status 1 where a bound was not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.search_scale", description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", help="one key")
    parser.add_argument("--database", choices=["both", "sqlite", "postgresql"], default="both")
    options = parser.parse_args()
    kept = True
    with tempfile.TemporaryDirectory() as name, databases(Path(name), options.database, SMALL, LARGE) as kinds:
        for kind, urls in kinds:
            by_size = dict(zip((SMALL, LARGE), urls, strict=True))
            kept = compare(kind, by_size, Path(name), options.rounds, options.only) and kept
    sys.exit(not kept)


if __name__ == "__main__":
    main()
