"""Evidence: ours. Several processes and many callers meet a reset or a restore: each call is of before or after."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from smartertrack_emu.compose import Application
from smartertrack_emu.control.state import rows
from smartertrack_emu.desk.callers import Credentials
from smartertrack_emu.desk.shared import OutdatedError
from smartertrack_emu.domain.errors import HelpdeskError
from smartertrack_emu.domain.models import Brand, Ticket
from smartertrack_emu.domain.structure import emulation
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.processes import run, serving
from tests.services.api import Api

from .conftest import EXAMPLE, Start

CALLERS, CALLS = 8, 12


def test_under_load_each_call_is_as_of_before_or_after(served: Api, application: Application) -> None:
    wrong: list[str] = []
    done: list[int] = []

    def call(number: int) -> None:
        made = {"senderEmailAddress": "dora@example.com", "subject": "Fire", "body": "It burns.", "groupID": 1}
        try:
            for _ in range(CALLS):
                if number % 2:
                    answer = served.organization("alice").GetAllDepartments()
                else:
                    answer = served.tickets("alice").CreateIncomingTicket(made)
                if not answer.Result:
                    wrong.append(f"{answer.ResultCode} {answer.Message}")
                done.append(number)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            wrong.append(repr(error))

    callers = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
    application.state.take("one")
    for caller in callers:
        caller.start()
    for _ in range(3):
        application.state.reset()
        application.state.restore("one")
    for caller in callers:
        caller.join()
    assert wrong == []
    assert len(done) == CALLERS * CALLS


def test_a_reader_keeps_what_it_sees_and_the_next_sees_the_new(application: Application, start: Start) -> None:
    """On SQLite; on PostgreSQL the reset waits for the reader, who has read the installation."""
    if application.desk.engine.dialect.name == "postgresql":
        pytest.skip("there the reset waits")
    count = select(func.count()).select_from(Ticket)
    with reading(application.desk.engine) as session:
        before = session.scalar(count)
        application.state.reset("empty")
        assert session.scalar(count) == before
    with reading(application.desk.engine) as session:
        assert session.scalar(count) == 0


def test_frozen_rows_are_seen_by_an_older_snapshot(application: Application, start: Start) -> None:
    """On PostgreSQL: who settled what they see before a restore, and reads after it, sees no empty table."""
    if application.desk.engine.dialect.name != "postgresql":
        pytest.skip("of PostgreSQL")
    application.state.take("one")
    with application.desk.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        raw.execute("SELECT 1")
        with reading(application.desk.engine) as session:
            before = rows.marks(session)
        application.state.restore("one")
        (tickets,) = raw.execute("SELECT count(*) FROM tickets").fetchone()
        assert tickets > 0
        assert raw.execute("SELECT epoch FROM installation").fetchone() == (before.epoch + 1,)
        raw.rollback()


def test_who_finds_no_installation_looks_again(application: Application) -> None:
    """On PostgreSQL: who settled what they see before a reset is not told that their password is wrong."""
    desk = application.desk
    if desk.engine.dialect.name != "postgresql":
        pytest.skip("of PostgreSQL")
    desk.read(emulation.epoch)
    with desk.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        raw.execute("SELECT 1")
        application.state.reset()
        session = Session(connection)
        assert emulation.epoch(session) == 0
        with pytest.raises(OutdatedError):
            desk.accounts.log_in(session, "admin", "admin")
        with pytest.raises(OutdatedError):
            desk.accounts.principal_of(session, 1)
        raw.rollback()
    desk.call(Credentials("admin", "admin", ""), lambda *_: None)


KILLED = """
import os, signal, sys
from pathlib import Path
from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.control.state import files, state
from smartertrack_emu.setup import prepare

settings = Settings(data=Path(sys.argv[1]), database_url=sys.argv[2], seed=Path(sys.argv[3]), log_requests=False)
application = Application(settings, prepare(settings))
kill = lambda *anything: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[4] == "before":
    files.bring_parts = kill
else:
    files.throw_away = kill
application.state.restore("one")
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_in_the_middle_of_a_restore(application: Application, start: Start, when: str) -> None:
    state, settings = application.state, application.settings

    def brands() -> list[str]:
        with reading(state.engine) as session:
            return list(session.scalars(select(Brand.name).order_by(Brand.id)))

    old = brands()
    state.take("one")
    with writing(state.engine) as session:
        session.add(Brand(name="Later"))
    command = [sys.executable, "-c", KILLED, str(settings.data), settings.url, str(EXAMPLE), when]
    killed = subprocess.run(command, check=False, timeout=60, cwd=Path(__file__).parents[3])
    assert killed.returncode == -signal.SIGKILL
    assert brands() == ([*old, "Later"] if when == "before" else old)
    state.restore("one")
    assert brands() == old
    assert not list(state.folder.glob(".new-*")), "what the other one left is removed"


def test_one_after_the_other(application: Application, start: Start) -> None:
    states = [application.state, start().state]
    failed: list[str] = []

    def work(state: Any, number: int) -> None:
        try:
            for action in (state.reset, lambda: state.take(f"s{number}"), lambda: state.restore(f"s{number}")):
                action()
        except HelpdeskError as error:
            failed.append(str(error))

    threads = [threading.Thread(target=work, args=(state, number)) for number, state in enumerate(states * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_served_from_a_snapshot_and_kept_at_exit(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    kept = tmp_path / "kept.tar.gz"
    for folder in (first, second):
        folder.mkdir()
    with serving(first, "--seed", EXAMPLE, "--snapshot-at-exit", kept) as server:
        assert server.log_in("admin", "admin") == 0
        assert server.stop() == 0
    assert kept.stat().st_mode & 0o077 == 0
    with serving(second, "--snapshot", kept) as server:
        assert server.log_in("alice", "alice-pw") == 0
        assert server.log_in("admin", "admin") == 0
        assert server.stop() == 0
    again = run(second, "serve", "--port", "0", "--snapshot", "/nowhere.tar.gz", "--data", "other")
    assert again.returncode == 1
    assert "nowhere" in again.stderr
    (tmp_path / "none.tar.gz").write_bytes(b"no snapshot")
    none = run(second, "serve", "--port", "0", "--snapshot", tmp_path / "none.tar.gz", "--data", "other")
    assert none.returncode == 1
    assert "is no snapshot that can be used here" in none.stderr
