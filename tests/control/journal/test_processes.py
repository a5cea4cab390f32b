"""Evidence: ours. Several processes write one journal, and whoever follows it misses nothing."""

from __future__ import annotations

import subprocess
import sys

from smartertrack_emu.control.journal import queries
from smartertrack_emu.control.journal.queries import Filter
from smartertrack_emu.control.journal.store import Journal
from smartertrack_emu.store import beside
from smartertrack_emu.store.engine import create_engine

_WRITER = """
import sys
from smartertrack_emu.control.journal.store import Entry, Journal
from smartertrack_emu.store import beside
from smartertrack_emu.store.engine import create_engine
engine = create_engine(sys.argv[1])
journal = Journal(engine, 400)
entry = Entry(0, 1.0, 2, "127.0.0.1", "soap11", "svcTickets", "GetTicketInfo", "alice", "ok", 0, "", "", 10, 20, "POST",
              "/a", "A: b", b"request \\x00\\xff", 200, "C: d", sys.argv[2].encode())
for _ in range(20):
    journal.add([entry] * 10)
beside.close(engine)
engine.dispose()
"""


def test_two_processes_write_and_nothing_is_missed(seeded_url: str) -> None:
    engine = create_engine(seeded_url)
    book = Journal(engine, 400)
    assert book.newest() == 0
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, seeded_url, name]) for name in ("one", "two")]
    seen: list[int] = []
    by: set[bytes] = set()
    running = True
    while running:
        running = any(writer.poll() is None for writer in writers)
        for entry in queries.newer(book, Filter(), seen[-1] if seen else 0, most=100):
            seen.append(entry.id)
            by.add(entry.response_body)
            assert entry.request_body == b"request \x00\xff"
    while more := list(queries.newer(book, Filter(), seen[-1], most=100)):
        seen += [entry.id for entry in more]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert seen == list(range(1, 401))
    assert by == {b"one", b"two"}
    assert book.count() == 400
    beside.close(engine)
    engine.dispose()
