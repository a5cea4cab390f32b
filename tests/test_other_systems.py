"""Serving where something is lacking, as on Windows, on macOS, in Python 3.14. Evidence: ours; none of these is run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import tomllib
import urllib.request
from contextlib import ExitStack
from pathlib import Path, PureWindowsPath
from urllib.parse import urlsplit

import pytest
import zeep
from sqlalchemy.engine import make_url

from smartertrack_emu.config import Settings
from tests import other_systems
from tests.processes import PATIENCE_S, Serving, run, serving

PROGRAM = Path(other_systems.__file__)
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what others lack is taken away from Linux")

SYSTEMS = ["windows", "macos", "python3.14"]
NAMES = ["CON", "aux.txt", "C:\\CON", "a:b", "dot.", "COM¹.log", "../../up", "Grüße?.bin"]
"""Names that mean something else on one of the systems, or that it has no file of."""

EVERY_BYTE = bytes(range(256)) * 2 + b"\n\r\n\x1a"


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path) -> Path:
    """A folder whose data folder holds what an earlier start has left."""
    (tmp_path / "data" / "logs").mkdir(parents=True)
    shutil.copyfile(sqlite_template, tmp_path / "data" / "smartertrack.db")
    return tmp_path


def attach(server: Serving, names: list[str], data: bytes) -> list[bytes]:
    """Attach files of these names to a new ticket, in two parts each, and download them."""
    client = zeep.Client(f"{server.url}/Services2/svcTickets.asmx?WSDL")
    tickets, who = client.service, ("admin", "admin")
    made = tickets.CreateTicket(*who, 1, 1, 0, "ann@example.com", "Printer", "Hi!", False, False, False)
    assert made.Result, made.Message
    downloaded = []
    for name in names:
        begun = tickets.AddTicketAttachment(
            *who, made.RequestResult, 0, name, data[:100], len(data), "2019-08-23T22:16:00"
        )
        assert begun.Result, begun.Message
        ended = tickets.AppendToTicketAttachment(*who, begun.File.fileId, data[100:])
        assert ended.Result, ended.Message
        with urllib.request.urlopen(f"{server.url}/{begun.File.downloadUrl}", timeout=PATIENCE_S) as content:
            downloaded.append(content.read())
    return downloaded


def test_serves(folder: Path, system: str) -> None:
    """From the first start to Ctrl+Break: files are stored as they are sent, the log is rotated and loses no line."""
    with serving(
        folder,
        program=(PROGRAM, system),
        SMARTERTRACK_EMU_LOG_MAX_BYTES="20000",
        SMARTERTRACK_EMU_LOG_FILES="100",
    ) as server:
        assert server.log_in("admin", "admin") == 0
        assert attach(server, NAMES, EVERY_BYTE) == [EVERY_BYTE] * len(NAMES)
        for number in range(200):
            assert server.get(f"/{number}-{'x' * 990}")[0] == 404
        stop(server, system)
        assert server.output.rstrip().endswith("stopped")
        assert "Traceback" not in server.output
    data = folder / "data"
    logs = [path.read_bytes() for path in (data / "logs").iterdir()]
    assert len(logs) > 2
    assert b"\r" not in b"".join(logs)
    paths = [json.loads(line).get("path", "") for log in logs for line in log.splitlines() if line.startswith(b"{")]
    assert sorted(int(path[1:].partition("-")[0]) for path in paths if path[-9:] == "x" * 9) == list(range(200))
    # One content, named by its digest alone, and no part of one left.
    stored = [path.relative_to(data / "attachments") for path in (data / "attachments").rglob("*") if path.is_file()]
    assert [len(path.name) for path in stored] == [64]
    assert (data / "secret.key").stat().st_nlink == 1


def stop(server: Serving, system: str) -> None:
    assert other_systems.CTRL_BREAK is not None
    server.process.send_signal(other_systems.CTRL_BREAK if system == "windows" else signal.SIGTERM)
    assert server.process.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("system", ["windows", "macos"])
def test_many_connections(folder: Path, system: str) -> None:
    """Windows waits for 512 sockets at once, macOS opens 256 files unless it is asked for more."""
    with serving(folder, program=(PROGRAM, system)) as server, ExitStack() as stack:
        address = urlsplit(server.url)
        for _ in range(530):
            half = stack.enter_context(socket.create_connection((address.hostname, address.port), timeout=PATIENCE_S))
            half.sendall(b"POST /x HTTP/1.1\r\nContent-Le")
        assert server.log_in("admin", "admin") == 0
        stop(server, system)
        assert "Traceback" not in server.output
        assert "cannot be accepted" not in server.output


def test_a_new_database(tmp_path: Path, system: str) -> None:
    done = run(tmp_path, "init", "--data", "new/data", program=(PROGRAM, system))
    assert (done.returncode, done.stdout[:6]) == (0, "ready:"), done.stderr
    assert {path.name for path in (tmp_path / "new" / "data").iterdir()} == {"smartertrack.db", "secret.key"}


def test_a_port_in_use(folder: Path, system: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(folder, "serve", "--port", port, program=(PROGRAM, system))
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1, port {port}:" in done.stderr


def test_several_workers_where_there_is_no_fork(tmp_path: Path) -> None:
    done = run(tmp_path, "serve", "--port", "0", "--workers", "2", program=(PROGRAM, "windows"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("2 workers cannot serve on this system, which has no fork: leave --workers")
    assert list(tmp_path.iterdir()) == []


def test_wsdl_files_are_the_same_everywhere(tmp_path: Path) -> None:
    written = run(tmp_path, "wsdl", "svcTasks", "--write", program=(PROGRAM, "windows"))
    assert written.returncode == 0, written.stderr
    kept = Path(__file__).parents[1] / "wsdl" / "svcTasks.wsdl"
    assert (tmp_path / "wsdl" / "svcTasks.wsdl").read_bytes() == kept.read_bytes()


@pytest.mark.parametrize("path", [r"C:\Users\Ann B\data", r"\\server\share\data", "data"])
def test_the_database_beside_windows_paths(path: str) -> None:
    settings = Settings.model_construct(data=PureWindowsPath(path), database_url="")
    assert make_url(settings.url).database == str(PureWindowsPath(path) / "smartertrack.db")


def test_windows_is_given_time_zones() -> None:
    project = tomllib.loads((PROGRAM.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    zones = [one for one in project["dependencies"] if one.startswith("tzdata")]
    assert [one.partition("; ")[2] for one in zones] == ["sys_platform == 'win32'"]


def test_this_system_has_what_is_taken_away() -> None:
    """Else the tests above would take nothing away."""
    for module, names in other_systems._NAMES_OF_UNIX.items():
        assert [name for name in names.split() if not hasattr(module, name)] == []
    assert os.name == "posix"
