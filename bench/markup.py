"""`python -m bench.markup`: what HTML of every shape costs to sanitise and to read, and what a ticket's page costs.

Each measurement is a process of its own: seconds of the processor, and the memory that it took beyond what it was
given. The exit status says whether each stayed below `SECONDS` and `MEMORY`.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, select

from smartertrack_emu import setup
from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.html import sanitise, to_text
from smartertrack_emu.domain.models import Ticket, TicketMessage
from smartertrack_emu.domain.tickets import portal
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import reading, writing
from smartertrack_emu.web.site import make_site
from tests.domain.test_html import SHAPES
from tests.web.wsgi import ask

from .data import SEED

SECONDS = 1.0
MEMORY = 128
"""MiB; SQLite holds a whole body while it gives the beginning of it."""
SIZES = (1_000_000, 10_000_000)


def cost(work: Callable[[], object]) -> tuple[float, int]:
    """Return the processor's seconds and the MiB that a work takes, measured in a child process."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        memory, started = _peak(), time.process_time()
        work()
        os.write(write_end, f"{time.process_time() - started} {_peak() - memory}".encode())
        os._exit(0)
    os.close(write_end)
    os.waitpid(child, 0)
    with os.fdopen(read_end) as pipe:
        answer = pipe.read().split()
    return (float(answer[0]), int(answer[1])) if answer else (60.0, 0)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def told(name: str, costs: list[tuple[float, int]]) -> bool:
    """Print a line; say whether all costs are within the bounds."""
    within = all(seconds <= SECONDS and memory <= MEMORY for seconds, memory in costs)
    shown = "".join(f"{seconds:8.2f}s{memory:5d}M" for seconds, memory in costs)
    print(f"{name:40}{shown}{'' if within else '  BEYOND THE BOUNDS'}", flush=True)
    return within


def shapes() -> bool:
    """Measure each shape at each size, sanitised and read."""
    print(f"{'':40}{'sanitised, read':>28}   at {SIZES[0]:,} characters, then at {SIZES[1]:,}")
    kept = True
    for name, make in SHAPES.items():
        texts = [make(size) for size in SIZES]
        costs = [cost(lambda f=f, t=text: f(t)) for text in texts for f in (sanitise, to_text)]  # type: ignore[misc]
        kept = told(name, costs) and kept
    return kept


PAGES: dict[str, Callable[[], list[str]]] = {
    "one short message": lambda: ["<p>x</p>"],
    "10,000 messages": lambda: ["<p>x</p>" * 20] * 10_000,
    "25 messages at the page's limit": lambda: [f'<p><b a="{n}">x</b>' * 2_000 for n in range(25)],
    "a message of 60 MB": lambda: ["<p>x" * 15_000_000],
    "ten messages of 60 MB": lambda: [f"{n}" + "x" * 60_000_000 for n in range(10)],
}


def pages(folder: Path) -> bool:
    """Measure what a ticket's page shows, as its page asks for it."""
    settings = Settings(data=folder, seed=SEED, sqlite_synchronous="OFF")
    engine = setup.prepare(settings)
    kept = True
    for name, make in PAGES.items():
        link = _fill(engine, make())
        engine.dispose()
        kept = told(f"a ticket's page, {name}", [cost(lambda where=link: _show(settings.url, where))]) and kept  # type: ignore[misc]
    return kept


def _fill(engine: Engine, bodies: list[str]) -> portal.Link:
    with writing(engine) as session:
        ticket = session.scalars(select(Ticket)).first()
        assert ticket is not None
        session.execute(TicketMessage.__table__.delete().where(TicketMessage.ticket_id == ticket.id))
        row = {"ticket_id": ticket.id, "direction": Direction.FROM_CUSTOMER, "is_html": True}
        for minute, body in enumerate(bodies, 1):
            at = ticket.opened_at + timedelta(minutes=minute)
            session.execute(insert(TicketMessage), [row | {"body": body, "sent_at": at}])
        key = portal._key(ticket.portal_token, ticket.customer_email)
        return portal.Link(ticket.number, ticket.customer_email, key)


def _show(url: str, link: portal.Link) -> None:
    engine = create_engine(url)
    with reading(engine) as session:
        portal.find(session, link)
    site = make_site(make_desk(Settings(), engine), ())
    answer = ask(site, "/Main/frmTicket.aspx", QUERY_STRING=portal.query(link))
    assert answer.status == 200


def main() -> None:
    """Measure and print."""
    kept = shapes()
    with tempfile.TemporaryDirectory() as name:
        kept = pages(Path(name)) and kept
    sys.exit(not kept)


if __name__ == "__main__":
    main()
