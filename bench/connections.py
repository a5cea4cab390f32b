"""`python -m bench.connections`: GetTicketInfo over 8, 64 and 256 kept connections, pinned to one core and not.

What a server loses when more clients stay connected, and when its threads may run on several cores. Every measurement
is a round among others, so that noise meets all alike. Exit status 1 where 256 connections reach less than 0.9 of the
rate with 8, or 8 unpinned less than 0.9 of 8 pinned.
"""

from __future__ import annotations

import argparse
import os
import selectors
import statistics
import sys
import tempfile
import time
from pathlib import Path

from . import data, requests, servers

CONNECTIONS = (8, 64, 256)
LEAST = 0.9


def rate(port: int, request: bytes, *, seconds: float, connections: int) -> float:
    """Return requests a second, each connection with one request under way; what is ready is read first."""
    selector = selectors.DefaultSelector()
    kept = [requests.Connection(port) for _ in range(connections)]
    for connection in kept:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request)
    begin, done = time.perf_counter(), 0
    while (now := time.perf_counter()) < begin + seconds:
        for key, _ in selector.select(1):
            key.data.receive()
            key.data.send(request)
            done += 1
    for connection in kept:
        connection.receive()
        connection.close()
    return done / (now - begin)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.connections", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measurement")
    parser.add_argument("--operation", default="GetTicketInfo", choices=requests.OPERATIONS)
    options = parser.parse_args()
    request = requests.request(options.operation)
    cores = sorted(os.sched_getaffinity(0))
    rates: dict[tuple[bool, int], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        data.fill(Path(folder), tickets=1000)
        server = servers.ours(Path(folder), servers.free_port())
        server.wait()
        requests.ask(server.port, options.operation)
        for _ in range(options.rounds):
            for pinned in (True, False):
                server.allow({cores[0]} if pinned else set(cores))
                os.sched_setaffinity(0, set(cores[1:] or cores) if pinned else set(cores))
                for connections in CONNECTIONS:
                    measured = rate(server.port, request, seconds=options.seconds, connections=connections)
                    rates.setdefault((pinned, connections), []).append(measured)
        server.stop()
    median = {which: statistics.median(values) for which, values in rates.items()}
    print(f"{options.operation}, requests a second, on {len(cores)} cores")
    print(f"{'connections':12}" + "".join(f"{connections:>9}" for connections in CONNECTIONS))
    for pinned in (True, False):
        row = "".join(f"{median[pinned, connections]:9.0f}" for connections in CONNECTIONS)
        print(f"{'one core' if pinned else 'all cores':12}{row}")
    many, spread = median[False, 256] / median[False, 8], median[False, 8] / median[True, 8]
    print(f"all cores: 256 connections reach {many:.2f} of 8; 8 reach {spread:.2f} of one core (each at least {LEAST})")
    sys.exit(many < LEAST or spread < LEAST)


if __name__ == "__main__":
    main()
