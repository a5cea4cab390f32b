"""Evidence: ours. The plugin, in runs of pytest as its users start them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from smartertrack_emu.pytest_plugin import told_to_emulator
from smartertrack_emu.testing import Emulator
from tests.testing.conftest import run_pytest

pytest_plugins = ("pytester",)
pytestmark = pytest.mark.slow


def _write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(dedent(text))


def _last_line(run: subprocess.CompletedProcess[str]) -> str:
    return run.stdout.splitlines()[-1]


def test_a_run_that_does_not_use_it_loads_nothing(tmp_path: Path) -> None:
    _write(
        tmp_path,
        test_one__py="""
        import sys

        def test_nothing_is_loaded():
            ours = [name for name in sys.modules if name.startswith("smartertrack_emu")]
            assert ours == ["smartertrack_emu", "smartertrack_emu.pytest_plugin"]
            theirs = {"spyne", "sqlalchemy", "lxml", "zeep", "pydantic", "waitress", "requests", "flask", "alembic"}
            assert not theirs & set(sys.modules)

        def test_that_fails():
            assert False
        """,
    )
    run = run_pytest(tmp_path)
    assert "1 failed, 1 passed" in _last_line(run), run.stdout
    assert "SmarterTrack" not in run.stdout


def test_options_are_described(tmp_path: Path) -> None:
    said = run_pytest(tmp_path, "--help").stdout
    for word in ("--smartertrack-url=URL", "--smartertrack-seed=FILE", "smartertrack_seed", "smartertrack_url"):
        assert word in said


def test_where_a_seed_file_is_looked_for(pytester: pytest.Pytester) -> None:
    """On the command line from where pytest is started, in the project's settings from their file."""
    pytester.makepyprojecttoml('[tool.pytest.ini_options]\nsmartertrack_seed = "data/seed.yaml"\n')
    below = pytester.mkdir("tests")
    os.chdir(below)
    assert told_to_emulator(pytester.parseconfig()) == {"seed": pytester.path / "data" / "seed.yaml"}
    assert told_to_emulator(pytester.parseconfig("--smartertrack-seed=x")) == {"seed": below / "x"}
    assert told_to_emulator(pytester.parseconfig("--smartertrack-url=http://h")) == {"url": "http://h"}


def test_where_a_server_is_looked_for(pytester: pytest.Pytester) -> None:
    assert told_to_emulator(pytester.parseconfig()) == {}
    pytester.makeini("[pytest]\nsmartertrack_url = http://h\nsmartertrack_seed = x")
    assert told_to_emulator(pytester.parseconfig()) == {"url": "http://h"}
    assert told_to_emulator(pytester.parseconfig("--smartertrack-seed=y")) == {"seed": pytester.path / "y"}


def test_each_worker_has_its_own_server(tmp_path: Path) -> None:
    _write(
        tmp_path,
        test_one__py="""
        import json, os, pathlib, pytest

        @pytest.mark.parametrize("number", range(4))
        def test_sees(smartertrack, number, worker_id):
            year = 2030 + int(worker_id.removeprefix("gw"))
            with smartertrack.at(f"{year}-06-01", frozen=True):
                tickets = smartertrack.client("svcTickets").service
                made = tickets.CreateTicket("admin", "admin", 1, 1, 0, "a@b.example", "S", "B", False, False, False)
                assert made.Result
                found = tickets.GetTicketsBySearch("admin", "admin", {"string": ["MaxResults=50"]}).Tickets.TicketInfo
                assert {ticket.LastReplyDateUtc.year for ticket in found} == {year}
            pathlib.Path(f"seen-{number}.json").write_text(json.dumps([worker_id, smartertrack.url]))
        """,
    )
    run = run_pytest(tmp_path, "-n", "2")
    assert "4 passed" in _last_line(run), run.stdout
    seen = {tuple(json.loads(file.read_text())) for file in tmp_path.glob("seen-*.json")}
    assert len(seen) == len({url for _, url in seen}) == 2


def test_what_is_wrong_is_said_once_and_shortly(tmp_path: Path) -> None:
    _write(tmp_path, test_one__py="def test_it(smartertrack): pass\n\ndef test_it_too(smartertrack): pass\n")
    for arguments, sentence in (
        (["--smartertrack-seed", "nowhere.yaml"], r"/nowhere\.yaml: cannot be read: No such file or directory"),
        (["--smartertrack-url", "http://admin:hush@127.0.0.1:1"], r"No server answers at http://127\.0\.0\.1:1 \("),
        (["--smartertrack-url", "127.0.0.1"], "is no address of a server"),
        (["--smartertrack-url", "http://h", "--smartertrack-seed", "f"], "a server that runs has its own seed"),
        (["--smartertrack-url", "http://h", "-n", "2"], "cannot serve 2 workers of pytest-xdist.*give -n0"),
    ):
        run = run_pytest(tmp_path, "-q", *arguments)
        assert "2 errors" in _last_line(run), run.stdout
        assert len(re.findall(f"^(?!ERROR).*{sentence}", run.stdout, re.MULTILINE)) == 2, run.stdout
        assert "Traceback" not in run.stdout
        assert "hush" not in run.stdout
        assert "pytest_plugin.py" not in run.stdout


def test_a_server_that_runs(tmp_path: Path) -> None:
    _write(
        tmp_path,
        test_one__py="""
        def test_it(smartertrack):
            smartertrack.at("2031-01-01")
            assert smartertrack.client("svcOrganization").service.GetServerName("admin", "pw/1").Result
        """,
    )
    with Emulator(admin_password="pw/1") as emulator:
        address = emulator.url.replace("//", "//admin:pw%2F1@")
        run = run_pytest(tmp_path, "--smartertrack-url", address)
        assert "1 passed" in _last_line(run), run.stdout
        assert emulator.now.year < 2031


def test_a_failing_line_is_the_tests_own(tmp_path: Path) -> None:
    _write(tmp_path, test_one__py="def test_it(smartertrack):\n    smartertrack.fault('drop', operation='Nothing')\n")
    run = run_pytest(tmp_path)
    assert "EmulatorError: body.match.operation is no operation of any service." in run.stdout
    assert ">       smartertrack.fault('drop', operation='Nothing')" in run.stdout or ">   smartertrack" in run.stdout
    assert "testing/control.py" not in run.stdout


def test_fresh(tmp_path: Path) -> None:
    _write(
        tmp_path,
        pytest__ini="[pytest]\nusefixtures = smartertrack_fresh\n",
        test_one__py="""
        import pytest

        @pytest.fixture
        def ticket(smartertrack):
            tickets = smartertrack.client("svcTickets").service
            return tickets.CreateTicket("admin", "admin", 1, 1, 0, "a@b.example", "S", "B", False, False, False)

        @pytest.mark.parametrize("number", range(3))
        def test_it(smartertrack, ticket, number):
            assert smartertrack.control.get("server")["counts"]["tickets"] == 1
            smartertrack.at("2031-01-01")
            smartertrack.fault("drop", operation="GetServerName")

        def test_nothing_is_left(smartertrack):
            assert smartertrack.client("svcOrganization").service.GetServerName("admin", "admin").Result
            assert smartertrack.now.year < 2031
        """,
    )
    run = run_pytest(tmp_path)
    assert "4 passed" in _last_line(run), run.stdout


def test_a_failing_test_shows_its_calls(tmp_path: Path) -> None:
    """Through a worker of pytest-xdist too, whose reports come from another process."""
    _write(
        tmp_path,
        test_one__py="""
        import pytest

        def test_before(smartertrack):
            smartertrack.client("svcOrganization").service.GetServerName("admin", "admin")

        def test_fails(smartertrack):
            tickets = smartertrack.client("svcTickets").service
            for number in range(20):
                answer = tickets.GetTicketInfo("admin", "admin", 99_980 + number)
            assert answer.Result

        @pytest.fixture
        def broken(smartertrack):
            assert smartertrack.client("svcTickets").service.GetTicketStatus("admin", "wrong-password", "1").Result

        def test_cannot_begin(broken):
            pass

        def test_passes(smartertrack):
            assert not smartertrack.client("svcOrganization").service.GetServerName("admin", "wrong-password").Result
        """,
    )
    run = run_pytest(tmp_path, "-n", "1")
    assert "1 failed, 2 passed, 1 error" in _last_line(run), run.stdout
    sections = re.findall(
        r"^-+ SmarterTrack's last calls in this test -+\n(.*?)(?=^[-_=])", run.stdout, re.MULTILINE | re.DOTALL
    )
    assert len(sections) == 2
    fails, cannot = sorted(sections, key=len, reverse=True)
    assert len(re.findall("svcTickets.GetTicketInfo by admin: refused -4", fails)) == 10
    assert "99999" in fails
    assert "99989" not in fails
    assert fails.count("    why: ") == 10
    assert "svcTickets.GetTicketStatus by admin: refused" in cannot
    assert not any("GetServerName" in section for section in sections)
    assert "wrong-password" not in cannot
