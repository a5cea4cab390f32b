"""`python -m bench.attack_shapes`: what each shape of request costs, as a table; exit status 1 beyond a bound.

Each shape is sent once, to a server process of its own as `make serve` starts it (SQLite). Memory is the highest
resident set during the request over the one before it (VmHWM, VmRSS); CPU is the process's own time; threads are those
beyond the ones it had. Meanwhile somebody else asks GetTicketInfo on a kept connection: the wait is their longest.

The bounds: 6 times the request's bytes and 32 MiB more; 1 s of CPU for each 16 MiB begun; nobody else waits longer than
1 s. Then refused uploads and bodies full of attributes, one after the other: the process stays within 10 MiB of where
it was. On a machine with other work CPU counts more than it is: measure again what is just beyond a bound.
"""

from __future__ import annotations

import argparse
import http.client
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import data, requests, servers, shapes
from .shapes import Request, Shape

MEBIBYTE = 1024 * 1024
LARGEST = 60_000_000
"""Bytes of the shapes that are as large as the server reads them, by its settings' default."""

TIMES, MORE_MEBIBYTES = 6, 32
CPU_MEBIBYTES = 16
WAIT_SECONDS = 1.0
KEPT_MEBIBYTES = 10.0
PATIENCE_SECONDS = 300

UPLOADS, UPLOAD_BYTES = 12, 30_000_000
FILLED, FILLED_BYTES = 6, 20_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request cost: MiB, seconds, threads."""

    sent: float
    answer: str
    memory: float
    cpu: float
    wait: float
    threads: int

    @property
    def allowed_memory(self) -> float:
        """MiB that it may take."""
        return TIMES * self.sent + MORE_MEBIBYTES

    @property
    def allowed_cpu(self) -> float:
        """Seconds of processor time that it may take."""
        return float(-(-self.sent // CPU_MEBIBYTES))

    @property
    def beyond(self) -> str:
        """The bounds that it passed."""
        passed = {
            "memory": self.memory > self.allowed_memory,
            "CPU": self.cpu > self.allowed_cpu,
            "wait": self.wait > WAIT_SECONDS,
        }
        return ", ".join(name for name, is_passed in passed.items() if is_passed)


class Watched:
    """A server process that is measured."""

    def __init__(self, directory: Path) -> None:
        self.port = servers.free_port()
        self.server = servers.ours(directory, self.port, pinned=False)
        self.server.wait()
        answer = [requests.ask(self.port, "GetTicketInfo") for _ in range(3)][-1]
        self.number = answer.partition(b"<TicketNumber>")[2].partition(b"<")[0]
        self._process = Path(f"/proc/{self.server.pid}")

    def status(self, name: str) -> int:
        """Return a number of the process's status: kB, or threads."""
        return int((self._process / "status").read_text("ascii").partition(f"{name}:")[2].split()[0])

    @property
    def resident(self) -> float:
        """Its resident memory in MiB."""
        return self.status("VmRSS") / 1024

    def forget_peak(self) -> None:
        """Have the highest resident set begin again with the present one."""
        (self._process / "clear_refs").write_text("5")

    def send(self, request: Request) -> str:
        """Send a request and return its answer: the status and how the text begins."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {"Content-Type": request.content_type} if request.content_type else {}
        body = request.body.replace(shapes.NUMBER.encode(), self.number) if request.method == "POST" else None
        try:
            connection.request(request.method, request.path, body, headers | request.headers)
            response = connection.getresponse()
            return f"{response.status} {_words(response.read())}"
        finally:
            connection.close()

    @contextmanager
    def watching(self) -> Iterator[list[tuple[float, int]]]:
        """Ask GetTicketInfo again and again meanwhile; give seconds waited and threads seen."""
        seen: list[tuple[float, int]] = []
        done = threading.Event()
        connection = requests.Connection(self.port)
        question = requests.request("GetTicketInfo")

        def watch() -> None:
            while not done.wait(0.02):
                began = time.monotonic()
                connection.send(question)
                connection.receive()
                seen.append((time.monotonic() - began, self.status("Threads")))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield seen
        finally:
            done.set()
            watcher.join()
            connection.close()


def _words(answer: bytes) -> str:
    """Return what an answer says, short: the sentence of a refusal, a result's code, or nothing."""
    text = answer[:4000].decode("utf-8", "replace")
    for opening in ("<faultstring>", "<ResultCode>"):
        if opening in text:
            return text.partition(opening)[2].partition("<")[0][:40].replace("\n", " ")
    return "" if text.startswith("<") else text[:40].replace("\n", " ").strip()


def measure(shape: Shape, directory: Path, *, largest: int) -> Cost:
    """Send a shape to a server of its own and return what it cost."""
    request = shape.make(min(largest, shape.most or largest))
    watched = Watched(directory)
    try:
        with watched.watching() as seen:
            time.sleep(0.1)
            watched.forget_peak()
            resident, cpu, threads = watched.resident, watched.server.cpu_seconds, watched.status("Threads")
            answer = watched.send(request)
            cpu = watched.server.cpu_seconds - cpu
            peak = watched.status("VmHWM") / 1024
        return Cost(
            sent=(len(request.body) + len(request.path)) / MEBIBYTE,
            answer=answer,
            memory=peak - resident,
            cpu=cpu,
            wait=max(seconds for seconds, _ in seen),
            threads=max(number for _, number in seen) - threads,
        )
    finally:
        watched.server.kill()


def what_stays(directory: Path, *, largest: int) -> float:
    """Return the MiB that a process has grown by after refused uploads and bodies full of attributes."""
    upload = shapes.attachment()(min(largest, UPLOAD_BYTES))
    filled = next(shape for shape in shapes.all_shapes() if shape.name == "250 attributes an element")
    watched = Watched(directory)
    try:
        before = watched.resident
        for _ in range(UPLOADS):
            watched.send(upload)
        body = filled.make(min(largest, FILLED_BYTES))
        for _ in range(FILLED):
            watched.send(body)
        return watched.resident - before
    finally:
        watched.server.kill()


def main() -> None:
    """Measure, print, and say by the exit status whether all is within bounds."""
    parser = argparse.ArgumentParser(prog="python -m bench.attack_shapes", description=__doc__)
    parser.add_argument("--only", default="", help="measure the shapes whose name holds this")
    parser.add_argument("--bytes", type=int, default=LARGEST, help="of the largest shapes")
    options = parser.parse_args()
    chosen = [shape for shape in shapes.all_shapes() if options.only in shape.name]
    beyond = []
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "data"
        data.fill(directory, tickets=20)
        print("| Shape | MiB sent | Answer | CPU s | Memory MiB | of | Threads | Wait s | What bounds it |")
        print("|---|---|---|---|---|---|---|---|---|")
        for shape in chosen:
            cost = measure(shape, directory, largest=options.bytes)
            print(
                f"| {shape.name} | {cost.sent:.1f} | {cost.answer} | {cost.cpu:.2f} | {cost.memory:.0f} | "
                f"{cost.allowed_memory:.0f} | {cost.threads} | {cost.wait:.2f} | {shape.bound} |",
                flush=True,
            )
            if cost.beyond:
                beyond.append(f"{shape.name}: {cost.beyond}")
        if not options.only:
            stays = what_stays(directory, largest=options.bytes)
            print(f"\n{stays:.1f} MiB stay after {UPLOADS} refused uploads and {FILLED} bodies full of attributes")
            if stays > KEPT_MEBIBYTES:
                beyond.append(f"{stays:.1f} MiB stay")
    for each in beyond:
        print(f"beyond its bound: {each}", file=sys.stderr)
    sys.exit(1 if beyond else 0)


if __name__ == "__main__":
    main()
