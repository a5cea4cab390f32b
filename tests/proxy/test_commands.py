"""Evidence: ours. Fidelity from end to end: record, compare, replay, and what tells a build that it has failed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from xml.etree import ElementTree as ET

import pytest
import suds.client
from argon2 import PasswordHasher
from typer.testing import CliRunner

from smartertrack_emu import cli
from smartertrack_emu.domain.people import passwords
from smartertrack_emu.proxy import commands
from smartertrack_emu.proxy.commands import CommandError, Server, run_replay
from tests.processes import PATIENCE_S, _environment, run, until
from tests.services.api import Api, RunningServer

from .conftest import answering, emulating, watching
from .test_passing import PATH

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ACME = Path(__file__).parents[1] / "data" / "acme.yaml"
PASSWORDS = {name: f"{name}-pw" for name in ("alice", "bob", "carol")}


def altered(application: WSGIApplication, old: bytes, new: bytes) -> WSGIApplication:
    """Return a server that says something else."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [(name, value) for name, value in headers if name != "Content-Length"], *rest)

        return [b"".join(application(environ, start)).replace(old, new)]

    return answer


def call_some(url: str, installation: RunningServer) -> None:
    api = Api(installation)
    api.url = url
    assert api.tickets("alice").GetTicketInfo(1).Result
    assert not api.tickets("alice").GetTicketInfo(999).Result
    assert api.organization("bob").GetServerName().Result
    api.post("svcTickets", "<x/>", SOAPAction='"http://tempuri.org/NoSuchOperation"')
    api.http.close()


@pytest.fixture
def recorded(installation: RunningServer, tmp_path: Path) -> Path:
    """Recordings of a few calls."""
    folder = tmp_path / "recordings"
    with watching(installation, folder) as watched:
        call_some(watched.url, installation)
    assert len(watched.recorded()) == 4
    return folder


class TestCompare:
    def test_nothing_differs_from_itself(
        self, installation: RunningServer, seeded_sqlite: Path, tmp_path: Path
    ) -> None:
        with (
            emulating(seeded_sqlite, tmp_path / "emulator") as emulator,
            watching(installation, tmp_path / "recordings", emulator=emulator.url) as watched,
        ):
            call_some(watched.url, installation)
        assert watched.told == []
        assert (watched.report.alike, watched.report.differing) == (4, 0)

    def test_an_altered_answer_is_reported_with_its_place(
        self, installation: RunningServer, seeded_sqlite: Path, tmp_path: Path
    ) -> None:
        with (
            emulating(seeded_sqlite, tmp_path / "emulator") as emulator,
            answering(altered(emulator.application, b"<ID>1</ID>", b"<Id>1</Id>")) as other,
            watching(installation, tmp_path / "recordings", emulator=other) as watched,
        ):
            call_some(watched.url, installation)
        assert watched.report.differing >= 1
        assert re.search(r"element: /Envelope/Body/GetTicketInfoResponse/\S+/ID: expected the element", watched.told[0])
        told = json.loads(watched.report.as_json())
        assert told["differing"] == watched.report.differing
        assert told["differences"][0]["name"] == "svcTickets.GetTicketInfo"
        assert told["differences"][0]["source"].endswith(".txt")
        assert {one["kind"] for one in told["differences"][0]["differences"]} == {"element"}
        assert "alice-pw" not in watched.report.as_json()

    def test_an_emulator_that_is_away_stops_nobody(self, installation: RunningServer, tmp_path: Path) -> None:
        with watching(installation, tmp_path / "recordings", emulator="http://127.0.0.1:9") as watched:
            call_some(watched.url, installation)
        assert watched.report.differing == 4
        assert "cannot be reached" in watched.told[0]


@pytest.fixture
def cheap_passwords() -> Iterator[None]:
    """Let a new database be filled in no time."""
    with patch.object(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)):
        yield


@pytest.mark.usefixtures("cheap_passwords")
class TestReplay:
    def replay(self, folder: Path, url: str | None, **options: Any) -> tuple[bool, list[str]]:
        told: list[str] = []
        given = {"seed": None, "passwords": PASSWORDS, "values": [], "junit": None, "report": None, **options}
        server = None if url is None else Server(url)
        return run_replay(folder, server=server, tell=told.append, **given), told

    def test_the_same_data_passes(self, recorded: Path, seeded_sqlite: Path, tmp_path: Path) -> None:
        junit = tmp_path / "junit.xml"
        with emulating(seeded_sqlite, tmp_path / "again") as server:
            is_alike, told = self.replay(recorded, server.url, junit=junit)
        assert is_alike, told
        assert told[-1] == f"4 calls compared with {server.url}: 0 differ"
        (suite,) = ET.parse(junit).getroot()
        assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "0", "0")
        cases = [(case.get("classname"), (case.get("name") or "").split()[0]) for case in suite]
        assert ("svcTickets", "GetTicketInfo") in cases

    def test_an_emulator_of_its_own(self, recorded: Path) -> None:
        is_alike, told = self.replay(recorded, None, seed=ACME)
        assert is_alike, told
        assert told[-1].endswith("an emulator of its own (acme.yaml): 0 differ")

    def test_another_seed_fails(self, recorded: Path, tmp_path: Path) -> None:
        junit, report = tmp_path / "junit.xml", tmp_path / "report.json"
        is_alike, told = self.replay(recorded, None, junit=junit, report=report)
        assert not is_alike
        assert "code: /Envelope/Body/GetTicketInfoResponse/GetTicketInfoResult/Result" in "\n".join(told)
        (suite,) = ET.parse(junit).getroot()
        assert int(suite.get("failures") or 0) == json.loads(report.read_text())["differing"] >= 2
        assert suite.find("testcase/failure") is not None

    def test_a_server_that_is_away_is_an_error(self, recorded: Path, tmp_path: Path) -> None:
        junit = tmp_path / "junit.xml"
        is_alike, _ = self.replay(recorded, "http://127.0.0.1:9", junit=junit)
        assert not is_alike
        (suite,) = ET.parse(junit).getroot()
        assert suite.get("errors") == "4"

    def test_nothing_is_sent_where_a_password_is_missing(self, recorded: Path) -> None:
        with pytest.raises(CommandError, match="the password of bob"):
            self.replay(recorded, "http://127.0.0.1:9", passwords={"alice": "x"})

    def test_no_recordings(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="holds no recordings"):
            self.replay(tmp_path, None)


@contextmanager
def proxying(folder: Path, *arguments: str | Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the proxy as a process, and give its URL."""
    output = folder / "proxy.txt"
    with output.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "smartertrack_emu", "proxy", "--listen", "127.0.0.1:0", *map(str, arguments)],
            cwd=folder,
            env=_environment(settings),
            stdout=written,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        found = until(
            lambda: re.search(r"serving on (http://\S+)", output.read_text()) or process.poll() is not None, "the proxy"
        )
        assert isinstance(found, re.Match), output.read_text()
        yield process, found[1]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class TestCommandLine:
    def test_from_end_to_end(self, installation: RunningServer, seeded_sqlite: Path, tmp_path: Path) -> None:
        with emulating(seeded_sqlite, tmp_path / "emulator") as emulator:
            arguments = ("--to", installation.url, "--record", tmp_path / "r", "--compare", "--emulator", emulator.url)
            with proxying(tmp_path, *arguments, "--report", tmp_path / "report.json") as (process, url):
                client = suds.client.Client(f"{url}{PATH}?WSDL", cache=None)
                assert client.service.GetTicketInfo("alice", "alice-pw", 1).Result
                until(lambda: list((tmp_path / "r").glob("*.txt")), "the recording")
                process.send_signal(signal.SIGTERM)
                status = process.wait(PATIENCE_S)
            output = (tmp_path / "proxy.txt").read_text()
            assert status == 0, output
            assert f"1 calls compared with {emulator.url}: 0 differ" in output
            assert json.loads((tmp_path / "report.json").read_text())["calls"] == 1
            assert "alice-pw" not in output
            variable = {"SMARTERTRACK_EMU_REPLAY_PASSWORDS": "alice=alice-pw"}
            again = run(tmp_path, "replay", "r", "--url", emulator.url, "--junit", "junit.xml", **variable)
            assert (again.returncode, again.stderr) == (0, ""), again
            assert again.stdout.startswith("same: svcTickets.GetTicketInfo 000001-svcTickets.GetTicketInfo.txt\n")
            wrong = run(tmp_path, "replay", "r", "--url", emulator.url, "--password", "alice=wrong")
        assert wrong.returncode == 1
        assert "DIFFERS: svcTickets.GetTicketInfo" in wrong.stdout

    def test_what_cannot_be_done(self, tmp_path: Path) -> None:
        done = run(tmp_path, "proxy", "--to", "http://user:secret-pw@desk.example")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("the URL names a user")
        assert "secret-pw" not in done.stderr
        done = run(tmp_path, "replay", "nowhere")
        assert (done.returncode, done.stderr) == (2, "nowhere: No such file or directory\n")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["proxy", "--to", "desk.example"], "is not a URL like"),
            (["proxy", "--to", "http://x", "--listen", "9997"], "is no HOST:PORT"),
            (["proxy", "--to", "http://x", "--listen", "127.0.0.1:99999"], "is no HOST:PORT"),
            (["proxy", "--to", "http://x", "--report", "r.json"], "--compare, which is missing"),
            (["proxy", "--to", "https://x", "--ca", "nowhere.pem"], "nowhere.pem: No such file"),
            (["proxy", "--to", "http://x", "--compare", "--seed", "nowhere.yaml"], "nowhere.yaml"),
            (["replay", ".", "--password", "alice"], "user=password"),
            (["replay", "."], "no recordings"),
            (["replay", ".", "--timeout", "0"], "equal to 0.1"),
        ],
    )
    def test_what_is_wrong_with_options(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(commands, "_log_to_stderr", lambda: None)
        done = CliRunner().invoke(cli.app, arguments)
        assert done.exit_code == 2
        assert said in done.output
