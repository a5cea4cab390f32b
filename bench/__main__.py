"""`make bench`: requests a second, p50, p99, processor time, ratio to the floor; start; memory.

Measured in turn, so that noise hits all alike. One server process on one core, the client on another. The floor is bare
Waitress with constant bytes, as many as the answer has. Ours works as served: SQLite with synchronous FULL, login, one
log line a request.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from . import data, requests, servers

TARGETS = {"GetTicketInfo": 0.45, "GetTicketsBySearch": 0.11, "CreateTicket": 0.12}
READY_SECONDS, MEGABYTES = 1.5, 150.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured, in turn")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    parser.add_argument("--connections", type=int, default=4)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        print("filling a database with 1,000 tickets ...")
        data.fill(directory / "data", tickets=1000)
        ready = _time_start(directory / "data")
        ours = servers.ours(directory / "data", servers.free_port())
        ours.wait()
        if len(cores) > 1:
            os.sched_setaffinity(0, set(cores[1:]))
        spyne = servers.stock_spyne(servers.free_port())
        spyne.wait()
        print(f"{'':20}{'':14}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU us':>9}{'of floor':>10}{'by CPU':>9}")
        for operation in requests.OPERATIONS:
            _measure(operation, ours, spyne, directory, options)
        memory = ours.megabytes
        ours.stop()
        spyne.stop()
    print(f"start to first good answer, on an existing database: {ready:.2f} s (to reach: {READY_SECONDS} s)")
    print(f"memory of our server after all that: {memory:.0f} MB (to reach: {MEGABYTES:.0f} MB)")


def _time_start(directory: Path) -> float:
    times = []
    for _ in range(3):
        port = servers.free_port()
        begin = time.perf_counter()
        server = servers.ours(directory, port)
        server.wait()
        requests.ask(port, "GetTicketInfo")
        times.append(time.perf_counter() - begin)
        server.stop()
    return statistics.median(times)


def _measure(
    operation: str, ours: servers.Server, spyne: servers.Server, directory: Path, options: argparse.Namespace
) -> None:
    answer = directory / "answer"
    answer.write_bytes(requests.ask(ours.port, operation))
    floor = servers.floor(answer, servers.free_port())
    floor.wait()
    data = requests.request(operation)
    rates: dict[str, list[float]] = {}
    times: dict[str, list[float]] = {}
    cpu: dict[str, float] = {}
    for _ in range(options.rounds):
        for server in (floor, spyne, ours):
            before = server.cpu_seconds
            rate, taken = requests.run(server.port, data, seconds=options.seconds, connections=options.connections)
            rates.setdefault(server.name, []).append(rate)
            times.setdefault(server.name, []).extend(taken)
            cpu[server.name] = cpu.get(server.name, 0.0) + server.cpu_seconds - before
    floor.stop()
    at_floor = statistics.median(rates["floor"])
    for name, measured in rates.items():
        rate = statistics.median(measured)
        each = cpu[name] / len(times[name])
        by_cpu = cpu["floor"] / len(times["floor"]) / each
        percentiles = statistics.quantiles(times[name], n=100)
        to_reach = f"  (to reach: {TARGETS[operation]})" if name == "ours" else ""
        print(
            f"{operation:20}{name:14}{rate:9.0f}{percentiles[49] * 1000:9.2f}{percentiles[98] * 1000:9.2f}"
            f"{each * 1e6:9.0f}{rate / at_floor:10.3f}{by_cpu:9.3f}{to_reach}"
        )


if __name__ == "__main__":
    main()
