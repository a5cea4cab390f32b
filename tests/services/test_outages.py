"""Disks and databases that are full, read-only, or gone at the wrong moment: sentences and codes are ours.

Each call gets one clear sentence and one line in the log without a traceback; nothing is lost, and all is well again
without a restart.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from smartertrack_emu import setup
from smartertrack_emu.config import Settings
from smartertrack_emu.domain.models import OutgoingMail, User
from smartertrack_emu.domain.people import users, verification
from smartertrack_emu.store.unit_of_work import reading, writing
from tests import postgresql
from tests.outages import full_database, lost_commit, read_only_database, refusing_disk
from tests.postgresql_proxy import Cut, proxy
from tests.processes import serving
from tests.services.api import Api, Caller, items
from tests.services.conftest import DATA as SEED
from tests.services.integrations.test_whmcs import item
from tests.services.test_resilience import UNAVAILABLE, create, running, subjects

FULL = "The database has no space left. Nothing was changed."
READ_ONLY = "The database is read-only at the moment. Nothing was changed."
UNKNOWN = (
    "The database failed while the change was being saved. It is not known whether the change was made; "
    "please look before you repeat it."
)
NO_SPACE = "There is no space left for files. Nothing was changed."
MADE = "2024-01-01T00:00:00Z"


Log = Callable[[], list[str]]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return the lines logged since the last time, none of which may have a traceback or be more than a line."""

    def take() -> list[str]:
        records = list(caplog.records)
        caplog.clear()
        lines = [record.getMessage() for record in records]
        assert not any(record.exc_info or record.stack_info for record in records), lines
        assert not any("\n" in line for line in lines), lines
        return lines

    return take


def said(answer: Any) -> tuple[bool, int, str]:
    return answer.Result, answer.ResultCode, answer.Message


def create_long(api: Api) -> Any:
    return api.tickets("alice").CreateTicket(
        1, 1, 0, "customer@example.com", "Long", "x" * 200_000, False, False, False
    )


class TestDatabase:
    """Full and read-only, as each database says it."""

    @pytest.mark.parametrize(("outage", "sentence"), [(full_database, FULL), (read_only_database, READ_ONLY)])
    def test_says_so_and_is_got_over(self, api: Api, outage: Any, sentence: str, log: Log) -> None:
        assert create(api, "Before").Result
        log()
        with outage(api.engine):
            for _ in range(2):
                assert said(create_long(api)) == (False, -1, sentence)
                (line,) = log()
                assert line.startswith("svcTickets.CreateTicket: database: ")
            assert api.tickets("alice").GetTicketInfo(1).Result
            assert subjects(api) == ["Cannot log in", "Before"]
            log()
        assert create_long(api).Result
        assert subjects(api) == ["Cannot log in", "Before", "Long"]
        assert log() == []

    def test_read_only_for_whmcs_and_pages(self, api: Api, log: Log) -> None:
        token = link(api)
        assert api.integrations("admin").WhmcsEnsureUsersCreated([]).Result
        log()
        with read_only_database(api.engine):
            answer = api.integrations("admin").WhmcsEnsureUsersCreated([item(1, "dora")])
            assert [(one.Success, one.Message) for one in items(answer.Items)] == [(False, READ_ONLY)]
            assert len(log()) == 1
            page = requests.get(f"{api.url}/Verify/{token}", timeout=10)
            assert (page.status_code, page.text) == (503, f"{READ_ONLY}\n")
            assert len(log()) == 1
        assert requests.get(f"{api.url}/Verify/{token}", timeout=10).status_code == 200


def link(api: Api) -> str:
    """Have a user's address to be verified, and return the token of the link."""
    with writing(api.engine) as session:
        session.get_one(User, 8).is_email_verified = False
        verification.send_link(session, users.SYSTEM, 8, "http://x")
        mail = session.scalars(select(OutgoingMail.body).order_by(OutgoingMail.id.desc())).first()
    return str(mail).partition("/Verify/")[2].partition("\n")[0]


class TestLostCommit:
    """The connection breaks behind COMMIT: the answer says that nobody knows."""

    @pytest.mark.parametrize("seeded_url", ["postgresql"], indirect=True)
    @pytest.mark.parametrize(("cut", "made"), [(Cut.BEFORE_COMMIT, False), (Cut.BEFORE_ANSWER, True)])
    def test_on_postgresql(self, seeded_url: str, tmp_path: Path, cut: Cut, made: bool, log: Log) -> None:
        with proxy(seeded_url) as (server, url), running(url, tmp_path) as api:
            assert create(api, "Before").Result
            log()
            server.cut = cut
            assert said(create(api, "Lost?")) == (False, -1, UNKNOWN)
            (line,) = log()
            assert line.startswith("svcTickets.CreateTicket: database: ")
            assert subjects(api) == ["Cannot log in", "Before"] + ["Lost?"] * made
            server.cut = Cut.AFTER_ANSWER
            assert create(api, "Sure").Result
            assert subjects(api)[-1] == "Sure"

    @pytest.mark.parametrize("made", [False, True])
    def test_on_both(self, api: Api, made: bool, log: Log) -> None:
        assert create(api, "Before").Result
        token, handshake = link(api), api.voip("admin").GetLoginHandshake().HandshakeToken
        log()
        with lost_commit(made=made):
            assert said(create(api, "Lost?")) == (False, -1, UNKNOWN)
            assert len(log()) == 1
            for path in (f"Verify/{token}", f"Recordings/1?handshake={handshake}"):
                page = requests.get(f"{api.url}/{path}", timeout=10)
                assert (page.status_code, page.text) == (503, f"{UNKNOWN}\n")
                assert len(log()) == 1
            answer = api.integrations("admin").WhmcsEnsureUsersCreated([item(1, "dora")])
            assert [(one.Success, one.UserId, one.Message) for one in items(answer.Items)] == [(False, None, UNKNOWN)]
            assert len(log()) == 1
        assert subjects(api) == ["Cannot log in", "Before"] + ["Lost?"] * made
        assert requests.get(f"{api.url}/Verify/{token}", timeout=10).status_code == (410 if made else 200)
        with reading(api.engine) as session:
            assert (session.scalar(select(User.id).where(User.username == "dora")) is not None) is made

    def test_a_file_of_it_is_neither_lost_nor_changed(self, api: Api) -> None:
        number = create(api).RequestResult
        tickets = api.tickets("alice")
        file = tickets.AddTicketAttachment(number, 0, "a.txt", b"hello ", 11, MADE).File
        with lost_commit(made=False):
            assert said(tickets.AppendToTicketAttachment(file.fileId, b"world")) == (False, -1, UNKNOWN)
        other = tickets.AddTicketAttachment(number, 0, "b.txt", b"hello world", 11, MADE).File
        assert tickets.AppendToTicketAttachment(file.fileId, b"HOWDY").Result
        for one, content in ((file, b"hello HOWDY"), (other, b"hello world")):
            assert api.http.get(f"{api.url}/{one.downloadUrl}", timeout=10).content == content


class TestDisk:
    """The disk of the files, which may be another than the database's."""

    def test_says_so_and_is_got_over(self, api: Api, log: Log) -> None:
        number = create(api).RequestResult
        tickets, telephones = api.tickets("alice"), api.voip("carol")
        begun = tickets.AddTicketAttachment(number, 0, "a.txt", b"hello ", 11, MADE).File
        recording = telephones.StoreCallRecording(1, None, "a.wav", 0, False, b"hello ").CallLogAttachmentId
        assert create(api).Result
        log()
        calls: list[Callable[[], Any]] = [
            lambda: tickets.AddTicketAttachment(number, 0, "b.txt", b"whole", 5, MADE),
            lambda: tickets.AddTicketAttachment(number, 0, "b.txt", b"be", 5, MADE),
            lambda: tickets.AppendToTicketAttachment(begun.fileId, b"wo"),
            lambda: tickets.AppendToTicketAttachment(begun.fileId, b"world"),
            lambda: telephones.StoreCallRecording(1, None, "b.wav", 0, False, b"hello "),
            lambda: telephones.StoreCallRecording(1, recording, "a.wav", 6, False, b"wo"),
            lambda: telephones.StoreCallRecording(1, recording, "a.wav", 6, True, b"world"),
        ]
        with refusing_disk(errno.ENOSPC):
            for call in calls:
                assert said(call()) == (False, -1, NO_SPACE)
                assert log() == ["a file could not be stored: No space left on device"]
            assert create(api, "Without a file").Result
        on_disk = [path for path in api.server.settings.attachments.rglob("*") if path.is_file()]
        assert [path.read_bytes() for path in on_disk] == [b"hello "] * 2
        for call in calls[3::3]:
            assert call().Result
        assert api.http.get(f"{api.url}/{begun.downloadUrl}", timeout=10).content == b"hello world"
        assert log() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that is a disk of 24 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_is_really_full(tmp_path: Path, small_disk: Path) -> None:
    """A server with database, files and log on it."""
    ballast = small_disk / "ballast"
    with serving(tmp_path, "--data", small_disk / "data", "--seed", SEED) as server, requests.Session() as http:
        tickets = Caller("svcTickets", server.url, "alice", "alice-pw", http, "")

        def create_and_attach(data: bytes) -> tuple[Any, Any]:
            made = tickets.CreateTicket(1, 1, 0, "customer@example.com", "s", "x" * 200_000, False, False, False)
            return made, tickets.AddTicketAttachment(number, 0, "a.bin", data, len(data), MADE)

        number = tickets.CreateTicket(1, 1, 0, "customer@example.com", "s", "b", False, False, False).RequestResult
        before, first = create_and_attach(b"1" * 200_000)
        assert before.Result
        assert first.Result
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)) == 4096:
                pass
        for _ in range(2):
            made, attached = create_and_attach(b"2" * 200_000)
            assert said(made) == (False, -1, FULL)
            assert said(attached) == (False, -1, NO_SPACE)
        assert tickets.GetTicketInfoByTicketNumber(number).Result
        lines = [line for line in server.output.splitlines() if not line.startswith("{")]
        assert [line.split(" WARNING ")[1].partition(" ")[0] for line in lines if " WARNING " in line] == [
            "smartertrack_emu.desk.outcomes",
            "smartertrack_emu.domain.attachments.files",
        ] * 2
        assert "Traceback" not in server.output
        ballast.unlink()
        after, second = create_and_attach(b"2" * 200_000)
        assert after.Result
        assert second.Result
        for one, content in ((first, b"1"), (second, b"2")):
            assert http.get(f"{server.url}/{one.File.downloadUrl}", timeout=10).content == content * 200_000
        assert not [path for path in small_disk.rglob("*") if path.is_file() and path.parent.name in ("new", "parts")]
        assert server.stop() == 0
    with closing(sqlite3.connect(small_disk / "data" / "smartertrack.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class TestPostgresqlIsStopped:
    """A server that is really stopped and started again, as for an update."""

    @pytest.fixture
    def own_server(self) -> Iterator[postgresql.Server]:
        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        folder.chmod(0o755)
        try:
            server = postgresql.Server(folder / "run")
        except postgresql.NoPostgreSQL as reason:
            pytest.skip(str(reason))
        yield server
        server.stop()
        shutil.rmtree(folder)

    def test_is_got_over(self, own_server: postgresql.Server, tmp_path: Path, log: Log) -> None:
        settings = Settings(data=tmp_path, database_url=own_server.url)
        setup.prepare(settings).dispose()
        with running(own_server.url, tmp_path) as api:
            assert create(api, "Before", by="admin").Result
            for _ in range(2):
                own_server.stop()
                log()
                assert said(create(api, by="admin")) == (False, -1, UNAVAILABLE)
                assert said(api.tickets("admin").GetTicketInfo(1)) == (False, -1, UNAVAILABLE)
                assert len(log()) == 2
                assert requests.get(f"{api.url}/healthz", timeout=10).status_code == 503
                own_server.start()
                assert create(api, "After", by="admin").Result
                assert requests.get(f"{api.url}/healthz", timeout=10).status_code == 200
            assert subjects(api) == ["Before", "After", "After"]
