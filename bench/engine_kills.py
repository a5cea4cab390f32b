"""`python -m bench.engine_kills`: mails go out and come in while the process of the jobs is killed (kill -9).

None may be lost, none imported twice, and at most those in flight at a kill may be sent twice, with the same bytes and
so the same Message-ID. They go out to an SMTP server and come from a POP3 server, both in this process; a few of each
are added before each start. A kill comes at a random moment of the second after the first sign of work.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.compose import make_desk
from smartertrack_emu.config import Settings
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.inbox.models import IncomingMail, IncomingState, Outcome
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool import accounts
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount, Security
from smartertrack_emu.domain.spool.message_ids import message_id_of
from smartertrack_emu.domain.spool.models import MailState, OutgoingMail
from smartertrack_emu.domain.structure import engine_settings, jobs
from smartertrack_emu.domain.tickets.creation import NewTicket, create
from smartertrack_emu.domain.tickets.models import Direction, TicketMessage
from smartertrack_emu.setup import prepare
from smartertrack_emu.store.beside import beside
from tests.mail.incoming.pop_server import PASSWORD, Box, pop_server
from tests.mail.sending.sink import Running, Sink

from .load import databases

PATIENCE_S = 120.0
MOST_WORK_S = 1.0
_BUSY = ("pop-download", "email-import", "smtp-delivery")
_SEND_S = 0.01
"""How long the SMTP server thinks about each mail, so that there is something to interrupt."""


@dataclass
class Report:
    """What was seen. `in_flight`: mails that were being sent when the process died, over all kills."""

    kills: int = 0
    out: int = 0
    into: int = 0
    twice: int = 0
    in_flight: int = 0
    begun_again: int = 0
    problems: list[str] = field(default_factory=list)


class Helpdesk:
    """A helpdesk whose jobs run in a process that may die, and the servers that it speaks to."""

    def __init__(self, data: Path, database: str, sink: Sink, box: Box, pop_port: int) -> None:
        settings = Settings(data=data, database_url=database, log_requests=False)
        self.engine: Engine = prepare(settings)
        self.desk: Desk = make_desk(settings, self.engine)
        self.sink, self.box = sink, box
        self._fed = 0
        self._command = [sys.executable, "-m", "smartertrack_emu", "jobs", "--data", str(data), "--database", database]
        self._log = data / "jobs.log"
        local = {"host": "127.0.0.1", "security": Security.NONE}
        smtp = {"kind": AccountKind.SMTP, "port": sink.port, "address": "desk@acme.example"}
        pop = {"kind": AccountKind.POP, "port": pop_port, "username": "desk", "password": PASSWORD, "department_id": 1}
        self.desk.write(lambda session: accounts.create(session, local | smtp))
        self.desk.write(lambda session: accounts.create(session, local | pop))
        self.desk.write(lambda session: engine_settings.change(session, {"mail_delay_seconds": 0}))
        for name in _BUSY:
            self.desk.write(lambda session, name=name: jobs.set_interval(session, name, 1))  # type: ignore[misc]

    def feed(self, number: int) -> None:
        """Let so many more mails wait, out and in."""
        first, self._fed = self._fed, self._fed + number
        self.desk.write(lambda session: _open_tickets(session, range(first, first + number)))
        self.box.mails.update({f"u{n}": _mail(n) for n in range(first, first + number)})

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process of the jobs; mail is fetched at once, and not only a minute after the last time."""
        self.desk.write(lambda session: session.execute(update(MailAccount).values(last_used_at=None)))
        with self._log.open("ab") as log:
            return subprocess.Popen(self._command, stdout=log, stderr=log, start_new_session=True)

    def seen(self) -> int:
        """Count what the servers beside it have seen of it."""
        return len(self.sink.mails) + len(self.box.retrieved)

    def count(self, column: Any, *states: object) -> int:
        """Count the mails in some states."""
        return self.desk.read(
            lambda session: session.execute(select(func.count()).where(column.in_(states))).scalar_one()
        )

    def has_waiting(self) -> bool:
        """Say whether something is still to be done."""
        return bool(
            self.box.mails
            or self.count(IncomingMail.state, IncomingState.WAITING)
            or self.count(OutgoingMail.state, MailState.WAITING, MailState.SENDING)
        )


def _open_tickets(session: Session, numbers: range) -> None:
    for number in numbers:
        new = NewTicket(
            Direction.TO_CUSTOMER,
            f"out{number}@example.com",
            f"Fire {number}",
            "It burns. " * 100,
            is_html=False,
            department_id=1,
            notify=True,
        )
        create(session, SYSTEM, new)


def _mail(number: int) -> bytes:
    head = f"From: in{number}@example.com\r\nTo: desk@acme.example\r\nSubject: Mail {number}\r\n"
    return f"{head}Message-ID: {_incoming_id(number)}\r\n\r\n{'It is broken. ' * 100}\r\n".encode()


def _incoming_id(number: int) -> str:
    return f"<in{number}@example.com>"


def run(data: Path, database: str, *, kills: int, mails: int, seed: int) -> Report:
    """Kill the process so often while so many mails go out and as many come in; return what was seen."""
    chance, report, sink, box = random.Random(seed), Report(), Sink(), Box()  # noqa: S311 - when a kill comes
    sink.at_data = lambda _: time.sleep(_SEND_S)
    running = Running(sink)
    try:
        with pop_server(box) as port:
            helpdesk = Helpdesk(data, database, sink, box, port)
            for number in range(kills):
                helpdesk.feed(mails * (number + 1) // kills - mails * number // kills)
                before = helpdesk.seen()
                _live(helpdesk, lambda before=before: helpdesk.seen() > before, chance.uniform(0, MOST_WORK_S))  # type: ignore[misc]
                report.kills += 1
                report.in_flight += helpdesk.count(OutgoingMail.state, MailState.SENDING)
            _live(helpdesk, lambda: not helpdesk.has_waiting(), 0)
            _check_out(helpdesk, report, mails)
            _check_in(helpdesk, report, mails)
            helpdesk.engine.dispose()
            beside(helpdesk.engine).dispose()
    finally:
        running.stop()
    return report


def _live(helpdesk: Helpdesk, is_reached: Callable[[], bool], seconds: float) -> None:
    """Let a process live until something is reached and so long after it, and kill it."""
    process = helpdesk.start()
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not is_reached():
            assert process.poll() is None, "the process of the jobs has ended by itself"
            if time.monotonic() > deadline:
                message = "the process of the jobs does nothing"
                raise TimeoutError(message)
            time.sleep(0.002)
        time.sleep(seconds)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its own session: the group has its id
        process.wait(60)
    time.sleep(0.1)  # PostgreSQL may still commit what it was told last


def _check_out(helpdesk: Helpdesk, report: Report, mails: int) -> None:
    rows = helpdesk.desk.read(lambda session: list(session.scalars(select(OutgoingMail))))
    report.begun_again = sum(row.attempts - 1 for row in rows)
    by_id: dict[str, list[bytes]] = {}
    for got in helpdesk.sink.mails:
        by_id.setdefault(str(got.message["Message-ID"]), []).append(got.data)
    report.out = len(by_id)
    report.twice = len(helpdesk.sink.mails) - len(by_id)
    spooled = {message_id_of(row): row for row in rows}
    wrong = report.problems
    wrong += [f"{one} is {spooled[one].state}" for one in spooled if spooled[one].state is not MailState.SENT]
    wrong += [f"{one} was lost" for one in spooled.keys() - by_id.keys()]
    wrong += [f"{one} is nobody's" for one in by_id.keys() - spooled.keys()]
    wrong += [f"{one} was sent with other bytes" for one, sent in by_id.items() if len(set(sent)) > 1]
    wrong += [f"{one} was sent more often than taken" for one in by_id.keys() & spooled.keys()
              if len(by_id[one]) > spooled[one].attempts]  # fmt: skip
    if len(spooled) < mails:
        wrong.append(f"{mails - len(spooled)} were never spooled")
    if report.twice > report.in_flight:
        wrong.append(f"{report.twice} were sent twice and only {report.in_flight} in flight")


def _check_in(helpdesk: Helpdesk, report: Report, mails: int) -> None:
    def look(session: Session) -> tuple[Counter[str | None], Counter[tuple[Outcome | None, str]]]:
        from_customer = select(TicketMessage.internet_id).where(TicketMessage.direction == Direction.FROM_CUSTOMER)
        became = select(IncomingMail.outcome, IncomingMail.reason)
        return Counter(session.scalars(from_customer)), Counter((row[0], row[1]) for row in session.execute(became))

    imported, became = helpdesk.desk.read(look)
    wanted = {_incoming_id(number) for number in range(mails)}
    report.into = len(imported)
    report.problems += [f"{one} is in {imported[one]} messages" for one in wanted if imported[one] != 1]
    report.problems += [f"{one} is nobody's" for one in imported.keys() - wanted]
    report.problems += [f"{times} came to {what}" for what, times in became.items() if what[0] is not Outcome.TICKET]
    if sum(became.values()) != mails:
        report.problems.append(f"{sum(became.values())} were downloaded of {mails}")


def main() -> None:
    """Run and print; exit status 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.engine_kills", description=__doc__)
    parser.add_argument("--database", default="both", help="both, sqlite, postgresql, or the URL of an empty one")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--mails", type=int, default=500, help="how many go out, and how many come in")
    parser.add_argument("--seed", type=int, default=12, help="for the moments of the kills")
    options = parser.parse_args()
    numbers = {"kills": options.kills, "mails": options.mails, "seed": options.seed}
    failed = False
    with tempfile.TemporaryDirectory() as name:
        if "://" in options.database:
            failed = _tell(options.database.partition(":")[0], run(Path(name), options.database, **numbers))
        else:
            with databases(Path(name), options.database, "kills") as kinds:
                for kind, (url,) in kinds:
                    data = Path(name) / f"data-{kind.lower()}"
                    data.mkdir()
                    failed = _tell(kind, run(data, url, **numbers)) or failed
    sys.exit(failed)


def _tell(kind: str, report: Report) -> bool:
    print(
        f"{kind}: {report.kills} kills; {report.out} mails sent, {report.twice} of them twice with the same bytes "
        f"({report.in_flight} in flight, {report.begun_again} begun again); {report.into} mails imported once",
        flush=True,
    )
    for problem in report.problems[:50]:
        print(f"  WRONG: {problem}")
    return bool(report.problems)


if __name__ == "__main__":
    main()
