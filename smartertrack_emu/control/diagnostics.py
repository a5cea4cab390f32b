"""The self diagnostic: a look at everything that the server needs (the product's button; which checks is ours)."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from smartertrack_emu.control.jobs import Jobs
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.mailing import Mailing
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import HelpdeskError
from smartertrack_emu.domain.spool import listing
from smartertrack_emu.domain.spool.accounts import enabled_accounts
from smartertrack_emu.domain.spool.models import MailState
from smartertrack_emu.domain.structure.installation import time_zone
from smartertrack_emu.store import full_text, migrate
from smartertrack_emu.store.failures import reason_of

CHECK_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 15.0
"""How long one check may take, and all of them together."""

_LEAST_FREE: Final = 0.05
_OVERDUE: Final = 3
_SEARCHED: Final = ("kb_articles", "chat_texts")


class Finding(NamedTuple):
    """What a check found."""

    ok: bool
    detail: str


def well(detail: str) -> Finding:
    """All is well."""
    return Finding(ok=True, detail=detail)


def wrong(detail: str) -> Finding:
    """Something is not as it should be."""
    return Finding(ok=False, detail=detail)


class Check(NamedTuple):
    """A check with what it found and how long it took, in milliseconds."""

    name: str
    ok: bool
    detail: str
    milliseconds: int


Look = Callable[[], Finding]


def look_at(checks: Iterable[tuple[str, Look]]) -> list[Check]:
    """Carry out checks beside each other, and return them in their order; one that takes too long is not ok."""
    ends = time.monotonic() + WHOLE_SECONDS
    begun = [(name, _Looking(look)) for name, look in checks]
    return [looking.found(name, ends) for name, looking in begun]


class _Looking:
    """A check that is carried out in a thread of its own, which nobody waits for longer than it may take."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._begun = time.monotonic()
        self._found = wrong(f"There was no answer within {CHECK_SECONDS:.0f} seconds.")
        self._seconds: float | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="self-diagnostic")
        self._thread.start()

    def _run(self) -> None:
        try:
            found = self._look()
        except HelpdeskError as error:
            found = wrong(error.said(str))
        except DBAPIError as error:
            found = wrong(f"The database says: {reason_of(error)}.")
        except OSError as error:
            found = wrong(f"{error.strerror or type(error).__name__}.")
        except Exception as error:  # noqa: BLE001 - a check that breaks is one that is not ok
            found = wrong(f"The check itself failed: {type(error).__name__}.")
        self._found, self._seconds = found, time.monotonic() - self._begun

    def found(self, name: str, ends: float) -> Check:
        now = time.monotonic()
        self._thread.join(max(0.0, min(self._begun + CHECK_SECONDS, ends) - now))
        found, seconds = self._found, self._seconds
        if seconds is None:
            seconds = time.monotonic() - self._begun
        return Check(name, found.ok, found.detail, round(seconds * 1000))


def checks_of(
    desk: Desk, jobs: Jobs, mail: Mailing, folders: Sequence[tuple[str, Path]], data: Path
) -> list[tuple[str, Look]]:
    """Return the checks of a server; `folders` are what it writes to, by what they are called."""
    try:
        accounts = desk.read(enabled_accounts)
    except HelpdeskError:
        accounts = []  # what ails the database its own check says
    return [
        ("database", lambda: _database(desk)),
        ("schema", lambda: _schema(desk)),
        ("foreign keys", lambda: desk.read(_foreign_keys)),
        ("full text", lambda: desk.read(_full_text)),
        *((f"{name} writable", lambda folder=folder: _writable(folder)) for name, folder in folders),
        ("disk space", lambda: _disk_space(data)),
        ("clock", _clock),
        ("time zone", lambda: well(f"The installation's time zone is {desk.read(time_zone)}.")),
        ("base URL", lambda: _base_url(desk.public_url)),
        ("jobs", lambda: _jobs(jobs)),
        *((f"mail account {one}", lambda one=one: _account(desk, mail, one)) for one in accounts[:_MOST_ACCOUNTS]),
        *([] if accounts else [("mail accounts", lambda: well("There are none, so mails are held."))]),
        ("outgoing mails", lambda: desk.read(_outgoing)),
    ]


_MOST_ACCOUNTS: Final = 20
_LATE: Final = timedelta(hours=1)


def _account(desk: Desk, mail: Mailing, account_id: int) -> Finding:
    """Look whether a mail account's server answers and lets us in."""
    tested = mail.test(desk, account_id)
    return well(tested.detail) if tested.ok else wrong(tested.detail)


def _outgoing(session: Session) -> Finding:
    """Look whether mails wait that should have been tried long ago."""
    failed = listing.counts(session)[MailState.FAILED]
    if listing.has_waited_since(session, clock.now() - _LATE):
        return wrong("A mail waits an hour beyond its time.")
    return well(f"{failed} failed." if failed else "None waits too long.")


def _database(desk: Desk) -> Finding:
    version = desk.read(
        lambda session: session.scalar(
            text("SELECT sqlite_version()" if _is_sqlite(session) else "SHOW server_version")
        )
    )
    return well(f"{'SQLite' if desk.engine.dialect.name == 'sqlite' else 'PostgreSQL'} {version} answers.")


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _schema(desk: Desk) -> Finding:
    if migrate.is_current(desk.engine):
        return well(f"The tables are those of revision {migrate.HEAD}.")
    return wrong(f"The tables are not those of revision {migrate.HEAD}. Restart the server to migrate them.")


def _foreign_keys(session: Session) -> Finding:
    if _is_sqlite(session):
        broken = len(session.execute(text("PRAGMA foreign_key_check")).fetchmany(1000))
    else:
        unproven = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
        broken = int(session.scalar(text(unproven)) or 0)
    return wrong(f"{broken} references lead nowhere.") if broken else well("All references lead somewhere.")


def _full_text(session: Session) -> Finding:
    if _is_sqlite(session):
        for table in _SEARCHED:
            name = full_text.fts_name(table)
            session.execute(text(f"SELECT count(*) FROM {name} WHERE {name} MATCH 'zzzz'"))  # noqa: S608 - names of ours
    return well("The full text search answers.")


def _writable(folder: Path) -> Finding:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"0")
    return well("A file can be written there.")


def _disk_space(data: Path) -> Finding:
    usage = shutil.disk_usage(data)
    share = usage.free / usage.total
    detail = f"{share:.0%} of the disk is free, {usage.free // 2**20} MiB."
    return well(detail) if share >= _LEAST_FREE else wrong(detail)


def _clock() -> Finding:
    ahead = clock.now() - clock.machine()
    if abs(ahead) < timedelta(seconds=1):
        return well("The clock is the machine's.")
    return well(f"It is {clock.now():%Y-%m-%d %H:%M:%S} UTC for the helpdesk; the clock was moved or frozen.")


def _base_url(url: str) -> Finding:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=CHECK_SECONDS) as answer:  # noqa: S310 - our own address
            return well(f"{url} answers {answer.status}.")
    except urllib.error.HTTPError as error:
        return wrong(f"{url}/healthz answers {error.code}.")
    except (OSError, ValueError):
        return wrong(f"{url} cannot be reached from the server itself.")


def _jobs(jobs: Jobs) -> Finding:
    all_jobs = jobs.all()
    stopped = [job.name for job in all_jobs if job.is_stopped]
    now = clock.now()
    overdue = [
        job.name
        for job in all_jobs
        if not job.is_stopped and now - job.next_run_at > timedelta(seconds=_OVERDUE * job.every_seconds)
    ]
    told = [f"overdue: {', '.join(overdue)}"] if overdue else []
    told += [f"stopped: {', '.join(stopped)}"] if stopped else []
    return wrong(f"{'; '.join(told)}.") if told else well("All jobs are started, and none is overdue.")
