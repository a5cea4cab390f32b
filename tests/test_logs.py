"""Evidence: ours. The log holds one line a record whatever is sent, no secret, and is rotated without losing a line."""

from __future__ import annotations

import json
import logging
import os
import re
import stat
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartertrack_emu.compose import Application
from smartertrack_emu.config import Settings
from smartertrack_emu.logs import files
from smartertrack_emu.logs.files import Log, LogFile
from smartertrack_emu.logs.text import Formatter, in_one_line, mask
from smartertrack_emu.store.engine import create_engine
from tests.other_systems import refusing_open_files
from tests.web.wsgi import ask

SECRET = "s3cret-t0ken"
FORGED = '{"time": "2026-01-01T00:00:00.000+00:00", "remote": "203.0.113.7", "user": "admin", "code": 0}'
LINE_ENDS = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1c"]
STEERING = ["\x1b[2J", "\x07", "\x9b31m", "\x7f", "\u202e", "\u2066", "\ufeff", "\x00", "\u200f"]


def record(message: str, *arguments: object, **options: Any) -> logging.LogRecord:
    return logging.LogRecord("smartertrack_emu.test", logging.WARNING, __file__, 1, message, arguments, **options)


def formatted(message: str, *arguments: object) -> str:
    return Formatter("%(levelname)s %(message)s").format(record(message, *arguments, exc_info=None))


def is_visible(text: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in text)


class TestText:
    @pytest.mark.parametrize("end", LINE_ENDS)
    def test_a_message_stays_one_line(self, end: str) -> None:
        line = formatted("request refused: %s", f"bad{end}{FORGED}")
        assert len(line.splitlines()) == 1
        assert is_visible(line)
        assert FORGED in line  # what was sent can still be read

    @pytest.mark.parametrize("sent", STEERING)
    def test_nothing_steers_a_terminal(self, sent: str) -> None:
        line = formatted("%s: database: %s", f"/x{sent}y", f"z{sent}")
        assert sent not in line
        assert is_visible(line)

    @given(st.text())
    def test_whatever_is_sent(self, text: str) -> None:
        line = in_one_line(text)
        assert len(f"{line}.".splitlines()) == 1
        line.encode()

    def test_an_errors_text_cannot_pass_for_a_record(self) -> None:
        error = LookupError(f"no such thing\n2026-01-01 00:00:00,000 INFO all is well\n{FORGED}\x1b[2J")
        exception = (LookupError, error, None)
        text = Formatter("%(levelname)s %(message)s").format(record("it failed", exc_info=exception))
        first, *rest = text.split("\n")
        assert first == "WARNING it failed"
        assert any("no such thing" in line for line in rest)
        assert all(line.startswith("    ") for line in rest)
        assert is_visible(text)

    def test_is_bounded(self) -> None:
        assert len(formatted("%s", "x" * 10_000_000)) < 5_000
        exception = (LookupError, LookupError("word " * 1_000_000 + "the end"), None)
        text = Formatter().format(record("it failed", exc_info=exception))
        assert len(text) < 70_000
        assert text.endswith("the end")

    @pytest.mark.parametrize(
        "text",
        [
            f"/Download/{SECRET}: database: gone",
            f"/download/{SECRET}/name.txt: database: gone",
            f"/Verify/{SECRET} failed",
            f"/Portal/Tickets/32B-3293605D-0007/{SECRET} failed",
            f"/Main/frmTicket.aspx?ticketnumber=1&email=a@b.example&h={SECRET}",
            f"/Recordings/1?handshake={SECRET}",
            f"GET /x?authUserName=admin&authPassword={SECRET} HTTP/9",
            f'{{"password": "{SECRET}"}}',
            f"connection to postgresql+psycopg://smartertrack:{SECRET}@db:5432/x failed",
            f"connection to postgresql://smartertrack:{SECRET}&;?'@db/x failed",
            f"host=db password={SECRET} user=x",
            f"host=db password='{SECRET}' user=x",
            f"Authorization: Basic {b64encode(SECRET.encode()).decode()}",
        ],
    )
    def test_secrets_are_masked(self, text: str) -> None:
        masked = mask(text)
        assert "***" in masked
        for hidden in (SECRET, "&;?'", b64encode(SECRET.encode()).decode()):
            assert hidden not in masked

    @pytest.mark.parametrize(
        "text",
        [
            "svcTickets.GetTicketInfo: database: database is locked",
            "serving on http://127.0.0.1:9996 (services: /Services2)",
            "/kb/a1/passwords.aspx failed",
            'password authentication failed for user "smartertrack"',
            "seed file examples/acme.yaml loaded",
        ],
    )
    def test_what_is_no_secret_stays(self, text: str) -> None:
        assert mask(text) == text

    def test_masking_takes_no_time_to_speak_of(self) -> None:
        """By what it does with a text made to be tried again and again: it would not end."""
        for piece in ("://a:", "password", "/Portal/Tickets/", "Basic ", "h=", "://" + "a" * 90 + ":" + "b" * 190):
            assert len(mask(piece * (64_000 // len(piece)))) > 0


class Called:
    """An application whose requests' lines can be read."""

    def __init__(self, application: Application, path: Path) -> None:
        self.application = application
        self._path = path

    def lines(self) -> list[dict[str, Any]]:
        text = self._path.read_text("ascii")
        self._path.write_text("")
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def called(sqlite_url: str, tmp_path: Path) -> Iterator[Called]:
    engine = create_engine(sqlite_url, synchronous="OFF")
    path = tmp_path / "requests.log"
    with Path(os.devnull).open("wb") as nowhere:
        log = Log(nowhere.fileno(), LogFile(path, max_bytes=0, kept=1))
        yield Called(Application(Settings(data=tmp_path), engine, log), path)
    engine.dispose()


class TestRequests:
    @pytest.mark.parametrize("sent", [*LINE_ENDS, *STEERING])
    def test_a_name_of_no_operation_forges_no_line(self, called: Called, sent: str) -> None:
        name = f"x{sent}{FORGED}".encode().decode("latin-1")  # as WSGI has a path
        ask(called.application, f"/Services2/svcTickets.asmx/{name}")
        ask(called.application, f"/{name}")
        (first, second) = called.lines()
        assert first["operation"] == f"svcTickets.{name}"
        assert second["path"] == f"/{name}"

    def test_nor_do_other_parts_of_a_request(self, called: Called) -> None:
        environ = {
            "REMOTE_ADDR": '"\n\x7f',
            "HTTP_AUTHORIZATION": f"Basic {b64encode(b'ann' + bytes([10, 27, 127, 255]) + b':pw').decode()}",
        }
        ask(called.application, "/kb/a1/x.aspx", method='GET"\n', **environ)
        (line,) = called.lines()
        assert (line["remote"], line["method"], line["user"]) == ('"\n\x7f', 'GET"\n', "ann\n\x1b\x7f\ufffd")

    def test_parts_are_bounded(self, called: Called) -> None:
        long = "x" * 50_000
        login = {"HTTP_AUTHORIZATION": f"Basic {b64encode(f'{long}:pw'.encode()).decode()}"}
        ask(called.application, f"/Services2/svcTickets.asmx/{long}", method="GET", **login)
        ask(called.application, f"/{long}", method=long, **login)
        assert all(len(json.dumps(line)) < 3_000 for line in called.lines())

    @pytest.mark.parametrize(
        ("header", "user"),
        [
            (b"ann:ann-pw", "ann"),
            ("\u00e4nn:pw".encode(), "\u00e4nn"),
            (b"ann", None),
            (b":pw", None),
            (b"a" * 150 + b":pw", "a" * 150),
        ],
    )
    def test_who_logs_in_at_a_page(self, called: Called, header: bytes, user: str | None) -> None:
        ask(called.application, "/Recordings/1", HTTP_AUTHORIZATION=f"Basic {b64encode(header).decode()}")
        (line,) = called.lines()
        assert line.get("user") == user
        assert "ann-pw" not in str(line)

    @pytest.mark.parametrize("header", ["Basic", "Basic ", "Basic ???", "Basic \u00e4", "Bearer YW5uOnB3", ""])
    def test_what_is_no_login(self, called: Called, header: str) -> None:
        ask(called.application, "/Recordings/1", HTTP_AUTHORIZATION=header)
        (line,) = called.lines()
        assert "user" not in line

    def test_tokens_are_masked(self, called: Called) -> None:
        for path in (f"/Download/{SECRET}/a.txt", f"/verify/{SECRET}", f"/Portal/Tickets/32B-1/{SECRET}"):
            ask(called.application, path)
        assert [line["path"] for line in called.lines()] == [
            "/Download/***/a.txt",
            "/verify/***",
            "/Portal/Tickets/32B-1/***",
        ]


@pytest.fixture
def always_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a file looked after with every line, which otherwise is done now and then."""
    monkeypatch.setattr(files, "_BYTES_BETWEEN_LOOKS", 0)


def numbers(folder: Path) -> list[int]:
    """What stands in a log and its older files, oldest first."""
    found = sorted(folder.glob("log*"), key=lambda path: int(path.suffix[1:] or 0) if path.suffix else 0, reverse=True)
    return [int(line.split()[0]) for path in found for line in path.read_text().splitlines()]


@pytest.mark.usefixtures("always_looking")
class TestFile:
    def test_is_rotated(self, tmp_path: Path) -> None:
        log = LogFile(tmp_path / "log", max_bytes=1000, kept=3)
        for number in range(1000):
            log.write(b"%d %s\n" % (number, b"x" * 90))
        assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "log.1", "log.2", "log.3"]
        assert all(path.stat().st_size < 1100 for path in tmp_path.iterdir())
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())
        kept = numbers(tmp_path)
        assert kept == list(range(kept[0], 1000))  # the newest, in order, none missing

    def test_of_no_bound_is_not(self, tmp_path: Path) -> None:
        log = LogFile(tmp_path / "log", max_bytes=0, kept=1)
        for number in range(100):
            log.write(b"%d\n" % number)
        assert numbers(tmp_path) == list(range(100))
        assert len(list(tmp_path.iterdir())) == 1

    @pytest.mark.parametrize("take", [Path.unlink, lambda path: path.rename(path.with_name("moved"))])
    def test_that_is_taken_away_is_begun_anew(self, tmp_path: Path, take: Callable[[Path], object]) -> None:
        path = tmp_path / "log"
        log = LogFile(path, max_bytes=0, kept=1)
        log.write(b"1\n")
        take(path)
        log.write(b"2\n")
        assert path.read_text() == "2\n"

    def test_that_cannot_be_rotated_goes_on(self, tmp_path: Path) -> None:
        (tmp_path / "log.1").mkdir()
        (tmp_path / "log.1" / "in the way").touch()
        log = LogFile(tmp_path / "log", max_bytes=10, kept=1)
        for number in range(10):
            log.write(b"%d\n" % number)
        assert (tmp_path / "log").read_text() == "".join(f"{number}\n" for number in range(10))

    def test_keeps_its_descriptor(self, tmp_path: Path) -> None:
        """Another thread may be writing: a number that was closed might be the database's by then."""
        log = LogFile(tmp_path / "log", max_bytes=1000, kept=1000)
        threads = [threading.Thread(target=self._write, args=(log, start)) for start in range(0, 4000, 1000)]
        before = log._descriptor
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert log._descriptor == before
        assert not os.get_inheritable(before)
        assert sorted(numbers(tmp_path)) == list(range(4000))
        assert len(list(tmp_path.iterdir())) > 10

    def test_is_rotated_where_no_open_file_can_be_moved(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "replace", refusing_open_files(os.replace, may_replace=True))
        log = LogFile(tmp_path / "log", max_bytes=1000, kept=1000)
        threads = [threading.Thread(target=self._write, args=(log, start)) for start in range(0, 2000, 1000)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(numbers(tmp_path)) == list(range(2000))
        assert len(list(tmp_path.iterdir())) > 10
        with (tmp_path / "log").open("rb"):  # as who looks into it
            self._write(log, 2000)
        assert sorted(numbers(tmp_path)) == list(range(3000))

    @staticmethod
    def _write(log: LogFile, start: int) -> None:
        for number in range(start, start + 1000):
            log.write(b"%d %s\n" % (number, b"x" * 20))


_WRITER = """
import sys
from pathlib import Path
from smartertrack_emu.logs import files
files._BYTES_BETWEEN_LOOKS = 1000
log = files.LogFile(Path(sys.argv[1]), max_bytes=5000, kept=1000)
sys.stdin.read(1)
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 3000):
    log.write(b"%d %s\\n" % (number, b"x" * 40))
"""


def test_processes_rotate_one_file_and_lose_no_line(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, tmp_path / "log", str(start)], stdin=subprocess.PIPE)
        for start in (0, 3000, 6000)
    ]
    for writer in writers:  # all at once
        assert writer.stdin is not None
        writer.stdin.close()
    assert [writer.wait(30) for writer in writers] == [0, 0, 0]
    assert sorted(numbers(tmp_path)) == list(range(9000))
    assert len(list(tmp_path.iterdir())) > 10
    assert all(re.fullmatch(r"log(\.\d+)?", path.name) for path in tmp_path.iterdir())
