"""`python -m bench.load`: clients that read and write in parallel while the server is killed (kill -9) in the middle.

Every call that should succeed must; everything answered with Result=true must be there after the restart, once; no
ticket number twice; counts as many as what they count. Only calls under way at the kill may come to nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from sqlalchemy import func, make_url, select

from smartertrack_emu.domain.events.declaring import number_of
from smartertrack_emu.domain.events.tickets import TicketCreated
from smartertrack_emu.domain.models import Event, Ticket, TicketMessage, TicketNote
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.unit_of_work import reading
from tests import postgresql

from .data import SEED
from .servers import free_port

PATH = "/Services2/svcTickets.asmx"
SHARED = 6
"""Tickets that all clients write to."""

_MEMBER = re.compile(r"<(RequestResult|Result|ResultCode|Message)>([^<]*)<")


@dataclass
class Report:
    """What the clients were told, and what was wrong with it."""

    calls: Counter[str] = field(default_factory=Counter)
    tickets: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    cut_short: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Serving:
    """The real server as a process group of its own, to be killed and started again on the same port."""

    def __init__(self, database: str, data: Path, *, workers: int = 2) -> None:
        self.port = free_port()
        self.is_up = threading.Event()
        self.starts = 0
        self._command = [sys.executable, "-m", "smartertrack_emu", "serve", "--port", str(self.port)]
        self._command += ["--data", str(data), "--database", database, "--seed", str(SEED), "--workers", str(workers)]
        self._log = data.with_name(f"{data.name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait for its first good answer."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self._process.poll() is None, f"the server ended: {self._log.read_text()[-2000:]}"
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
                connection.request("GET", "/healthz")
                if connection.getresponse().status == http.client.OK:
                    self.starts += 1
                    self.is_up.set()
                    return
            time.sleep(0.05)
        message = "the server does not become ready"
        raise TimeoutError(message)

    def kill(self) -> None:
        """End all its processes at once, whatever they are doing."""
        self.is_up.clear()
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Let it finish."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)  # its own session: the group has its id
        self._process.wait(60)


class CutShortError(Exception):
    """The server was gone before it had answered."""


class Client:
    """One caller with a kept connection."""

    def __init__(self, server: Serving, report: Report, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - which call comes next
        self.name = f"client {seed}"
        self._server = server
        self._report = report
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self._start = server.starts
        """By which start of the server the kept connection may have been opened."""
        self._user = ("alice", "bob", "mary", "admin")[seed % 4]

    def call(self, operation: str, **values: object) -> dict[str, str]:
        """Call an operation and return the members of its result."""
        password = "admin" if self._user == "admin" else f"{self._user}-pw"
        body = urlencode({"authUserName": self._user, "authPassword": password, **values}, doseq=True)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            self._connection.request("POST", f"{PATH}/{operation}", body, headers)
            response = self._connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise CutShortError from error
        if response.status != http.client.OK:
            raise CutShortError(text[:200])
        with self._report.lock:
            self._report.calls[operation] += 1
        return {name: unescape(value) for name, value in _MEMBER.findall(text)} | {"": text}

    def succeed(self, operation: str, **values: object) -> dict[str, str]:
        """Call an operation that must succeed."""
        answer = self.call(operation, **values)
        if answer.get("Result") != "true":
            self.complain(f"{operation}{values}: {answer.get('ResultCode')} {answer.get('Message')}")
        return answer

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def complain(self, problem: str) -> None:
        """Note what must not be."""
        with self._report.lock:
            self._report.problems.append(f"{self.name}: {problem}")

    def run(self, until: float, shared: list[str]) -> None:
        """Read and write until a moment of the monotonic clock."""
        deeds: list[Callable[[str, str], None]] = [
            self._create, self._note, self._answer, self._hear, self._transfer, self._fill_in, self._read, self._search,
            self._count, self._provoke,
        ]  # fmt: skip
        turn = 0
        while time.monotonic() < until:
            turn += 1
            try:
                self.random.choice(deeds)(f"{self.name} turn {turn}", self.random.choice(shared))
            except CutShortError as error:
                with self._report.lock:
                    self._report.cut_short += 1
                # A connection of before the kill tells of it whenever it is used next.
                if self._server.is_up.is_set() and self._start == self._server.starts:
                    self.complain(f"cut short while the server was up: {error.__cause__ or error}")
                self._server.is_up.wait(60)
                self._start = self._server.starts
        self.close()

    def _create(self, what: str, _: str) -> None:
        address = f"c{self.random.randrange(40)}@load.example"
        answer = self.succeed(
            "CreateTicket", departmentID=1, groupId=1, userIdOfAgent=0, toAddress=address,
            subject=what, body="Hello", isHtml="false", setWaiting="false", sendEmail="true",
        )  # fmt: skip
        number = answer["RequestResult"]
        with self._report.lock:
            if number in self._report.tickets:
                self._report.problems.append(f"the number {number} was given twice")
            self._report.tickets[number] = what

    def _note(self, what: str, number: str) -> None:
        self.succeed("AddTicketNote", ticketNumber=number, messageType="Note", notetext=what)
        with self._report.lock:
            self._report.notes.append(what)

    def _answer(self, what: str, number: str) -> None:
        self._message(what, number, to_customer=True)

    def _hear(self, what: str, number: str) -> None:
        self._message(what, number, to_customer=False)

    def _message(self, what: str, number: str, *, to_customer: bool) -> None:
        ours, theirs = "support@acme.example", "customer@example.com"
        self.succeed(
            "AddMessageToTicket",
            ticketNumber=number,
            fromAddress=ours if to_customer else theirs,
            toAddress=theirs if to_customer else ours,
            ccAddress="",
            subject="Re",
            body=what,
            isHtml="false",
            toCustomer=str(to_customer).lower(),
            sendEmail="true",
        )
        with self._report.lock:
            self._report.messages.append(what)

    def _transfer(self, _: str, number: str) -> None:
        agent = self.random.choice([0, 4, 5])
        self.succeed(
            "TransferTicket", ticketNumber=number, targetGroupID=1, targetAgentID=agent,
            transferComment="", ticketStatus=self.random.choice(["", "Open", "Waiting"]),
        )  # fmt: skip

    def _fill_in(self, what: str, number: str) -> None:
        self.succeed("SetTicketCustomFields", ticketNumber=number, customFieldValues=[f"Account={what}"])

    def _read(self, _: str, number: str) -> None:
        self.succeed("GetTicketInfoByTicketNumber", ticketNumber=number)

    def _search(self, *_: str) -> None:
        self.succeed("GetTicketsBySearch", searchCriteria=["IsOpen=true", "MaxResults=50"])

    def _count(self, *_: str) -> None:
        self.succeed("GetTicketCounts_Global")

    def _provoke(self, *_: str) -> None:
        answer = self.call("GetTicketInfo", ticketId=10**9)
        if answer.get("ResultCode") != "-4":
            self.complain(f"a ticket that is not there: {answer.get('ResultCode')} {answer.get('Message')}")


def run(database: str, data: Path, *, seconds: float, clients: int = 8, workers: int = 2) -> Report:
    """Load a server on a new database for so long, kill it half-way, and return the report, checked."""
    report = Report()
    server = Serving(database, data, workers=workers)
    server.start()
    try:
        first = Client(server, report, 3)
        shared = [_open_shared(first) for _ in range(SHARED)]
        first.close()
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=Client(server, report, seed).run, args=(until, shared)) for seed in range(clients)
        ]
        for thread in threads:
            thread.start()
        time.sleep(seconds / 2)
        server.kill()
        server.start()
        for thread in threads:
            thread.join()
        server.kill()  # and once more at the end: what was answered last must be there as well
    except BaseException:
        server.kill()
        raise
    check(database, report)
    return report


def _open_shared(client: Client) -> str:
    answer = client.succeed(
        "CreateTicket", departmentID=1, groupId=1, userIdOfAgent=4, toAddress="customer@example.com",
        subject="Shared", body="Hello", isHtml="false", setWaiting="false", sendEmail="false",
    )  # fmt: skip
    return answer["RequestResult"]


def check(database: str, report: Report) -> None:
    """Compare what is in the database with what was answered."""
    engine = create_engine(database)
    with reading(engine) as session:
        subjects = {row[0]: row[1] for row in session.execute(select(Ticket.number, Ticket.subject))}
        _check_all(report, "ticket", report.tickets.items(), Counter(subjects.items()))
        bodies = Counter(session.scalars(select(TicketNote.body)))
        _check_all(report, "note", report.notes, bodies)
        said = Counter(session.scalars(select(TicketMessage.body)))
        _check_all(report, "message", report.messages, said)
        counted = select(TicketMessage.ticket_id, TicketMessage.direction, func.count()).group_by(
            TicketMessage.ticket_id, TicketMessage.direction
        )
        there = {(row[0], row[1]): row[2] for row in session.execute(counted)}
        for ticket in session.execute(select(Ticket.id, Ticket.reply_count_in, Ticket.reply_count_out)):
            counts = (
                there.get((ticket[0], Direction.FROM_CUSTOMER), 0),
                there.get((ticket[0], Direction.TO_CUSTOMER), 0),
            )
            if ticket[0] > 1 and (ticket[1], ticket[2]) != counts:
                report.problems.append(f"ticket {ticket[0]} counts {ticket[1:]} messages and has {counts}")
        created = number_of(TicketCreated)
        of_ticket = select(Event.item_id).where(Event.item_kind == "ticket", Event.event_id == created)
        told = set(session.scalars(of_ticket))
        for ticket_id in session.scalars(select(Ticket.id).where(Ticket.id > 1)):
            if ticket_id not in told:
                report.problems.append(f"ticket {ticket_id} has no history")
    engine.dispose()


def _check_all(report: Report, kind: str, answered: Iterable[object], there: Counter[Any]) -> None:
    for what in answered:
        if there[what] != 1:
            report.problems.append(f"{kind} {what!r} was answered and is there {there[what]} times")


@contextmanager
def databases(folder: Path, wanted: str, *names: object) -> Iterator[Iterator[tuple[str, list[str]]]]:
    """Give the kinds of databases wanted and an empty one's URL for each name; PostgreSQL ends with the block."""

    def each() -> Iterator[tuple[str, list[str]]]:
        if wanted != "postgresql":
            yield "SQLite", [f"sqlite:///{folder / f'{name}.db'}" for name in names]
        if wanted != "sqlite":
            folder.joinpath("postgresql").mkdir()
            folder.chmod(0o755)
            url = make_url(postgresql.start(folder / "postgresql"))
            with psycopg.connect(host=str(url.query["host"]), user="postgres", autocommit=True) as admin:
                for name in names:
                    admin.execute(f'CREATE DATABASE "{name}"'.encode())
            yield "PostgreSQL", [url.set(database=str(name)).render_as_string(hide_password=False) for name in names]

    try:
        yield each()
    finally:
        postgresql.stop(folder / "postgresql")


def main() -> None:
    """Run and print; exit status 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", choices=["both", "sqlite", "postgresql"], default="both")
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as name, databases(Path(name), options.database, "load") as kinds:
        for kind, (url,) in kinds:
            data = Path(name) / f"data-{kind.lower()}"
            report = run(url, data, seconds=options.seconds, clients=options.clients, workers=options.workers)
            calls = sum(report.calls.values())
            print(f"{kind}: {calls} calls answered in {options.seconds:g} s, {report.cut_short} cut short by the kill")
            print(
                f"  {len(report.tickets)} tickets, {len(report.notes)} notes, {len(report.messages)} messages all there"
            )
            for problem in report.problems[:50]:
                print(f"  WRONG: {problem}")
            failed = failed or bool(report.problems)
    sys.exit(failed)


if __name__ == "__main__":
    main()
