"""`python -m bench.journal`: what the journal and a clock that is set cost, beside a server with neither.

Three servers of one core each over equal data are asked in turn, round after round: without a journal, with it as it is
by default, and with it and the clock set to another year. Exit status 1 where the journal costs 5 % or more of a call's
processor time.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import statistics
import sys
import tempfile
import urllib.request
from pathlib import Path

from . import data, requests, servers
from .connections import rate

MOST = 1.05
KINDS = ("off", "on", "on, clock set")


def _set_clock(port: int) -> None:
    login = base64.b64encode(b"admin:admin").decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/_emu/api/clock",
        json.dumps({"now": "2031-02-28T23:59:00Z"}).encode(),
        {"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        method="PUT",
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.journal", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measurement")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, set(cores[1:] or cores))
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        running = {}
        for kind in KINDS:
            place = Path(folder) / kind.replace(", ", "-").replace(" ", "-")
            data.fill(place, tickets=1000)
            settings = {"SMARTERTRACK_EMU_JOURNAL_CALLS": "0"} if kind == "off" else {}
            os.sched_setaffinity(0, set(cores))
            running[kind] = servers.ours(place, servers.free_port(), settings=settings)
            os.sched_setaffinity(0, set(cores[1:] or cores))
            running[kind].wait()
            requests.ask(running[kind].port, "GetTicketInfo")
        _set_clock(running["on, clock set"].port)
        for operation in requests.OPERATIONS:
            request = requests.request(operation)
            for _ in range(options.rounds):
                for kind, server in running.items():
                    before = server.cpu_seconds
                    reached = rate(server.port, request, seconds=options.seconds, connections=8)
                    used = (server.cpu_seconds - before) / (reached * options.seconds) * 1e6
                    found.setdefault((operation, kind), []).append((reached, used))
        for server in running.values():
            server.stop()
    print(f"{'':20}{'':16}{'calls/s':>9}{'CPU us':>9}{'of off':>9}")
    worst = 0.0
    for operation in requests.OPERATIONS:
        for kind in KINDS:
            # The first round warms caches up.
            reached = statistics.median(one for one, _ in found[operation, kind][1:])
            used = statistics.median(one for _, one in found[operation, kind][1:])
            share = used / statistics.median(one for _, one in found[operation, "off"][1:])
            worst = max(worst, share)
            print(f"{operation:20}{kind:16}{reached:9.0f}{used:9.0f}{share:9.3f}")
    sys.exit(worst >= MOST)


if __name__ == "__main__":
    main()
