"""Evidence: documented (options, daily log files, the self diagnostic) and ours. The diagnostics over HTTP."""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from smartertrack_emu.control import diagnostics
from smartertrack_emu.control.diagnostics import Finding, look_at, well
from smartertrack_emu.control.logs import LogFiles
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotFound, NotPossible
from smartertrack_emu.logs import daily, traces
from smartertrack_emu.store.engine import create_engine
from smartertrack_emu.store.tracing import hooks
from smartertrack_emu.store.unit_of_work import write, writing
from tests.conftest import run_key
from tests.control.client import Control
from tests.jobs.conftest import NOON
from tests.processes import Serving, serving, until
from tests.services.api import Api

PASSWORD = "a-Very-secret-1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server as its users start it, with its log files."""
    with serving(tmp_path_factory.mktemp("diagnostics"), SMARTERTRACK_EMU_ADMIN_PASSWORD=PASSWORD) as server:
        yield server


@pytest.fixture
def logged(server: Serving) -> Iterator[Control]:
    """Its control API; all options are off afterwards."""
    with Control(server.url, password=PASSWORD) as control:
        yield control
        off = ("short_query_log", "full_query_log", "lock_trace", "cache_trace")
        control.done("PATCH", "/options", dict.fromkeys(off, False))


def _text(control: Control, kind: str) -> str:
    names = [one["name"] for one in control.get("/logs", limit=1000)["items"] if one["kind"] == kind]
    return "".join(control.call("GET", f"/logs/{name}").text for name in names)


def test_the_files(logged: Control) -> None:
    logged.get("/server")
    (admin,) = [one for one in logged.get("/logs")["items"] if one["kind"] == "admin"]
    assert admin.keys() == {"name", "kind", "date", "bytes"}
    assert admin["name"] == f"{admin['date'].replace('-', '.')}-admin.log"
    answer = logged.call("GET", f"/logs/{admin['name']}")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    line = r"\d\d:\d\d:\d\d\.\d{3} \[[^]]+\] admin from 127\.0\.0\.1: GET /_emu/api/server\n"
    assert re.search(line, answer.text)
    logged.done("DELETE", f"/logs/{admin['name']}", status=204)
    assert "/_emu/api/server" not in _text(logged, "admin")  # today's is emptied, and goes on
    assert "DELETE" not in _text(logged, "admin")
    assert "/_emu/api/logs" in _text(logged, "admin")


@pytest.mark.parametrize("name", ["nothing.log", "2020.01.01-smtp.log", "..%2Fsecret.key", "smartertrack-emu.log"])
def test_no_such_file(logged: Control, name: str) -> None:
    logged.refused("GET", f"/logs/{name}", status=404)
    logged.refused("DELETE", f"/logs/{name}", status=404)


def test_who_was_refused(server: Serving, logged: Control) -> None:
    with Control(server.url, password="wrong") as other:
        other.refused("GET", "/server", status=401)
    assert "'admin' from 127.0.0.1 was refused" in _text(logged, "admin")
    assert PASSWORD not in _text(logged, "admin")


def test_short_query_log(server: Serving, logged: Control) -> None:
    server.log_in("admin", PASSWORD)
    assert "svcOrganization" not in _text(logged, "query")
    logged.done("PATCH", "/options", {"short_query_log": True})
    server.log_in("admin", PASSWORD)
    written = _text(logged, "query")
    line = next(line for line in written.splitlines() if "GetServerName" in line)
    assert re.search(r"\] \d+\.\d{3} ms, \d+ rows?, .*GetServerName.*: SELECT ", line)
    assert "with " not in written
    logged.done("PATCH", "/options", {"short_query_log": False})
    before = _text(logged, "query")
    server.log_in("admin", PASSWORD)
    assert _text(logged, "query") == before


def test_full_query_log_without_secrets(server: Serving, logged: Control) -> None:
    logged.done("PATCH", "/options", {"full_query_log": True})
    server.get(
        "/Services2/svcOrganization.asmx/CreateUser2",
        authUserName="admin",
        authPassword=PASSWORD,
        username="newcomer",
        password=f"{PASSWORD}-new",
        email="newcomer@example.com",
        isEmailVerified="true",
        displayName="Newcomer",
        roleIds="",
    )
    written = _text(logged, "query")
    assert "\n    from domain." in written
    assert "key='admin'" in written
    assert "argon2" not in written
    assert PASSWORD not in written


def test_cache_trace(server: Serving, logged: Control) -> None:
    logged.done("PATCH", "/options", {"cache_trace": True})
    server.log_in("admin", PASSWORD)
    server.log_in("admin", "wrong")
    written = _text(logged, "cache")
    assert "credentials: hit: 'admin'" in written
    assert "credentials: miss: 'admin'" in written
    assert "rights: hit" in written


def test_self_diagnostic(logged: Control) -> None:
    found = logged.done("POST", "/self-diagnostic")
    assert {check["name"] for check in found["checks"]} >= {
        "database",
        "schema",
        "foreign keys",
        "full text",
        "data folder writable",
        "attachments folder writable",
        "logs folder writable",
        "temporary folder writable",
        "disk space",
        "clock",
        "time zone",
        "base URL",
        "jobs",
        "mail accounts",
        "outgoing mails",
    }
    wrong = [check for check in found["checks"] if not check["ok"]]
    assert found["ok"] is not wrong
    assert [check["name"] for check in wrong if check["name"] != "disk space"] == []


def test_self_diagnostic_names_what_is_wrong(api: Api, control: Control) -> None:
    del api
    control.done("POST", "/jobs/cleaner/stop")
    control.done("PUT", "/clock", {"now": "2031-02-28T23:59:00Z", "frozen": True})
    account = control.done("POST", "/mail/accounts", {"kind": "smtp", "host": "127.0.0.1", "port": 1}, status=201)
    checks = {check["name"]: check for check in control.done("POST", "/self-diagnostic")["checks"]}
    assert not checks["jobs"]["ok"]
    assert "stopped: cleaner" in checks["jobs"]["detail"]
    assert "127.0.0.1:1" in checks[f"mail account {account['id']}"]["detail"]
    assert checks["clock"] == checks["clock"] | {"ok": True}
    assert "2031-02-28 23:59:00" in checks["clock"]["detail"]


def test_a_check_that_hangs_or_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "CHECK_SECONDS", 0.05)

    def hang() -> Finding:
        time.sleep(0.5)
        return well("late")

    def fail() -> Finding:
        raise ValueError("secret")

    def refuse() -> Finding:
        raise NotPossible("No zone.")

    found = look_at([("hangs", hang), ("fails", fail), ("refuses", refuse), ("is well", lambda: well("fine"))])
    assert [check.ok for check in found] == [False, False, False, True]
    assert "no answer within" in found[0].detail
    assert "secret" not in found[1].detail
    assert found[2].detail == "No zone."


class TestDailyFile:
    def test_one_a_day_of_the_helpdesks_clock(self, tmp_path: Path) -> None:
        file = daily.DailyFile(tmp_path, "smtp")
        with clock.frozen(NOON):
            file.write("one\n")
            with clock.shifted(timedelta(days=1)):
                file.write("two\n")
        file.close()
        assert (tmp_path / "2031.03.01-smtp.log").read_text() == "one\n"
        assert (tmp_path / "2031.03.02-smtp.log").read_text() == "two\n"

    def test_another_one_when_it_is_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(daily, "MOST_BYTES", 10)
        monkeypatch.setattr(daily, "_LOOK_EVERY", 1)
        file = daily.DailyFile(tmp_path, "smtp")
        with clock.frozen(NOON):
            for _ in range(3):
                file.write("123456\n")
        file.close()
        assert (tmp_path / "2031.03.01-smtp.log").read_text() == "123456\n" * 2
        assert (tmp_path / "2031.03.01-smtp-2.log").read_text() == "123456\n"

    def test_it_is_made_anew_where_somebody_removed_it(self, tmp_path: Path) -> None:
        file = daily.DailyFile(tmp_path, "smtp")
        with clock.frozen(NOON):
            file.write("one\n")
            (tmp_path / "2031.03.01-smtp.log").unlink()
            file.write("two\n")
        file.close()
        assert (tmp_path / "2031.03.01-smtp.log").read_text() == "two\n"

    def test_list_and_delete_old_ones(self, tmp_path: Path) -> None:
        for name in (
            "2031.02.01-smtp.log",
            "2031.02.20-pop-2.log",
            "2031.03.01-jobs.log",
            "2031.13.01-smtp.log",
            "x.log",
        ):
            (tmp_path / name).write_text("12345")
        files = LogFiles(tmp_path, daily.read_name)
        assert [one.name for one in files.all()] == [
            "2031.03.01-jobs.log",
            "2031.02.20-pop-2.log",
            "2031.02.01-smtp.log",
        ]
        with clock.frozen(NOON):
            assert files.delete_before((NOON - timedelta(days=14)).date()) == 1
            files.delete("2031.03.01-jobs.log")
            files.delete("2031.02.20-pop-2.log")
        assert [(one.name, one.bytes) for one in files.all()] == [("2031.03.01-jobs.log", 0)]
        with pytest.raises(NotFound):
            files.path("x.log")


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """Where this process writes its daily files, meanwhile."""
    end = daily.configure(tmp_path)
    with clock.frozen(NOON):
        yield tmp_path
    end()


def test_errors_are_all_that_is_wrong(files: Path) -> None:
    logging.getLogger("smartertrack_emu.anything").warning("a mail failed\nforged line")
    logging.getLogger("smartertrack_emu.anything").info("all is well")
    logging.getLogger("smartertrack_emu.log.smtp").warning("mail 17: refused")
    written = (files / "2031.03.01-errors.log").read_text()
    assert written == "12:00:00.000 [MainThread] a mail failed\\nforged line\n"
    assert "mail 17: refused" in (files / "2031.03.01-smtp.log").read_text()


def test_who_waited_for_the_write_lock(files: Path, sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, synchronous="OFF", key=run_key())
    hooks.waited = traces._write_wait
    with writing(engine) as session:
        session.execute(text("SELECT 1"))
        waiter = threading.Thread(target=lambda: write(engine, lambda other: other.execute(text("SELECT 1"))))
        waiter.start()
        until(lambda: waiting_now(waiter), "a thread that waits")
    waiter.join()
    hooks.waited = None
    engine.dispose()
    assert re.search(r"waited \d+\.\d{3} ms for SQLite's write lock", (files / "2031.03.01-lock.log").read_text())


def waiting_now(thread: threading.Thread) -> bool:
    """Say whether a thread is taking its turn to write."""
    frame = sys._current_frames().get(thread.ident or 0)
    while frame is not None and frame.f_code.co_name != "take":
        frame = frame.f_back
    return frame is not None
