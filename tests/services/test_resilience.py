"""A database that is locked, cut off or shared, and very large files: sentences and codes are ours."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from smartertrack_emu.store.engine import create_engine
from tests.services.api import Api, RunningServer

NAMESPACE = "http://www.smartertools.com/SmarterTrack/Services2/svcTickets.asmx"
UNAVAILABLE = "The database is not available at the moment. Nothing was changed; please try again."
BUSY_MS = 50


@contextmanager
def running(url: str, data: Path, busy_ms: int = BUSY_MS) -> Iterator[Api]:
    """Another server on a database, which does not wait long for other writers."""
    engine = create_engine(url, synchronous="OFF", busy_timeout_ms=busy_ms)
    server = RunningServer(engine, data)
    api = Api(server)
    try:
        yield api
    finally:
        api.http.close()
        server.stop()
        engine.dispose()


def create(api: Api, subject: str = "Locked out", by: str = "alice") -> Any:
    return api.tickets(by).CreateTicket(1, 1, 0, "customer@example.com", subject, "Help", False, False, False)


def fails(answer: Any) -> None:
    assert (answer.Result, answer.ResultCode, answer.Message) == (False, -1, UNAVAILABLE)


def subjects(api: Api) -> list[str]:
    answer = api.tickets("admin").GetTicketsBySearch(["SortOrder=ascending"])
    assert answer.Result, answer.Message
    return [ticket.Subject for ticket in answer.Tickets.TicketInfo]


class TestLockedSqlite:
    @pytest.fixture
    def file(self, seeded_sqlite: Path, tmp_path: Path) -> Path:
        return Path(shutil.copyfile(seeded_sqlite, tmp_path / "smartertrack.db"))

    def test_writers_are_told_and_readers_served(self, file: Path, tmp_path: Path) -> None:
        with (
            running(f"sqlite:///{file}", tmp_path) as api,
            closing(sqlite3.connect(file, isolation_level=None)) as other,
        ):
            assert api.tickets("alice").GetTicketInfo(1).Result
            other.execute("BEGIN IMMEDIATE")
            fails(create(api))
            fails(create(api, by="bob"))  # who has not logged in before
            assert api.tickets("alice").GetTicketInfo(1).Result
            assert api.tickets("carol").PingService("") is True
            other.execute("ROLLBACK")
            assert create(api).Result
            assert subjects(api) == ["Cannot log in", "Locked out"]

    def test_a_short_lock_is_waited_for_by_writers_alone(self, file: Path, tmp_path: Path) -> None:
        with (
            running(f"sqlite:///{file}", tmp_path, busy_ms=25_000) as api,
            closing(sqlite3.connect(file, isolation_level=None)) as other,
            ThreadPoolExecutor(1) as thread,
        ):
            other.execute("BEGIN IMMEDIATE")
            started = time.monotonic()
            # Their login would be recorded, were the database free.
            assert api.tickets("bob").GetTicketInfo(1).Result
            assert time.monotonic() - started < 20
            call = thread.submit(create, api)
            with pytest.raises(TimeoutError):
                call.result(0.1)
            other.execute("ROLLBACK")
            assert call.result().Result


class TestLostPostgresql:
    @pytest.fixture
    def admin(self, postgresql_server: URL) -> Iterator[Callable[[str], list[Any]]]:
        """Run a statement beside the server."""
        with psycopg.connect(_conninfo(postgresql_server), autocommit=True) as connection:

            def run(statement: str) -> list[Any]:
                cursor = connection.execute(statement)
                return cursor.fetchall() if cursor.description else []

            yield run

    @pytest.mark.parametrize("seeded_url", ["postgresql"], indirect=True)
    def test_idle_connections_are_replaced(self, api: Api, seeded_url: str, admin: Callable[[str], list[Any]]) -> None:
        # Several connections, so that one after the other is found dead.
        with ThreadPoolExecutor(4) as threads:
            assert all(answer.Result for answer in threads.map(lambda _: create(api), range(8)))
        for call in (lambda: api.tickets("alice").GetTicketInfo(1), lambda: create(api), lambda: subjects(api)):
            assert len(admin(_terminate(seeded_url))) > 0
            assert call()
        assert api.tickets("alice").GetTicketInfo(1).Result
        assert len(subjects(api)) == 1 + 8 + 1

    @pytest.mark.parametrize("seeded_url", ["postgresql"], indirect=True)
    def test_in_the_middle_of_a_call(self, api: Api, seeded_url: str, admin: Callable[[str], list[Any]]) -> None:
        assert api.tickets("alice").GetTicketInfo(1).Result
        with psycopg.connect(_conninfo(make_url(seeded_url))) as other, ThreadPoolExecutor(1) as thread:
            other.execute("LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE")
            call = thread.submit(create, api)
            waiting = _terminate(seeded_url, "wait_event_type = 'Lock'")
            deadline = time.monotonic() + 30
            while not admin(waiting):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            fails(call.result())
        assert create(api).Result
        assert subjects(api) == ["Cannot log in", "Locked out"]

    @pytest.mark.parametrize("seeded_url", ["postgresql"], indirect=True)
    def test_away_for_a_while(self, api: Api, seeded_url: str, admin: Callable[[str], list[Any]]) -> None:
        name = make_url(seeded_url).database
        assert create(api).Result
        admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin(_terminate(seeded_url))
        for _ in range(2):
            fails(create(api))
            fails(api.tickets("alice").GetTicketInfo(1))
        admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert api.tickets("alice").GetTicketInfo(1).Result
        assert create(api).Result


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _terminate(url: str, condition: str = "true") -> str:
    name = make_url(url).database
    return f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND {condition}"


class TestTwoServers:
    def test_share_what_they_know(self, api: Api, seeded_url: str, tmp_path: Path) -> None:
        with running(seeded_url, tmp_path) as other:
            number = create(api, "From the first").RequestResult
            ticket = other.tickets("alice").GetTicketInfoByTicketNumber(number).Ticket
            assert ticket.Subject == "From the first"
            data = bytes(range(256))
            added = other.tickets("alice").AddTicketAttachment(number, 0, "a.bin", data, 256, "2024-01-01T00:00:00Z")
            assert api.http.get(f"{api.url}/{added.File.downloadUrl}", timeout=10).content == data
            # A password changed through one is dead in the other, which had verified it a moment ago.
            changed = api.organization("admin").SetUsersProperties(4, ["Password=new-pw"])
            assert changed.Result, changed.Message
            assert other.tickets("alice").GetTicketInfo(1).ResultCode == -2
            assert other.tickets("alice", "new-pw").GetTicketInfo(1).Result

    def test_write_at_the_same_time(self, api: Api, seeded_url: str, tmp_path: Path) -> None:
        wanted = [f"Number {number}" for number in range(20)]
        with running(seeded_url, tmp_path) as other, ThreadPoolExecutor(4) as threads:

            def made(number: int) -> str:
                # One that found the database locked for too long says so, and is tried again.
                while not (answer := create((api, other)[number % 2], wanted[number])).Result:
                    fails(answer)
                return str(answer.RequestResult)

            numbers = list(threads.map(made, range(20)))
            assert len(set(numbers)) == 20
            assert sorted(subjects(api)) == sorted(["Cannot log in", *wanted]) == sorted(subjects(other))


@pytest.mark.parametrize("seeded_url", ["sqlite"], indirect=True)
class TestHugeRequest:
    def test_within_the_limit(self, api: Api) -> None:
        number = create(api).RequestResult
        data = hashlib.shake_128(b"a file").digest(40 << 20)
        response = api.post("svcTickets", _attachment(number, data), SOAPAction=f'"{NAMESPACE}/AddTicketAttachment"')
        link = re.search("<downloadUrl>(.+?)</downloadUrl>", response.text)
        assert link is not None, response.text
        assert f"<fileSizeInBytes>{len(data)}</fileSizeInBytes>" in response.text
        downloaded = api.http.get(f"{api.url}/{link[1]}", timeout=30).content
        assert hashlib.sha256(downloaded).digest() == hashlib.sha256(data).digest()

    def test_beyond_it(self, api: Api) -> None:
        number = create(api).RequestResult
        response = api.post("svcTickets", _attachment(number, bytes(50 << 20)), SOAPAction="x")
        assert (response.status_code, response.text) == (413, "The request is longer than 67108864 bytes.\n")
        assert create(api).Result


def _attachment(number: str, data: bytes) -> str:
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<AddTicketAttachment xmlns="{NAMESPACE}">'
        "<authUserName>alice</authUserName><authPassword>alice-pw</authPassword>"
        f"<ticketNumber>{number}</ticketNumber><ticketMessageId>0</ticketMessageId><fileName>huge.bin</fileName>"
        f"<data>{base64.b64encode(data).decode()}</data><fileLength>{len(data)}</fileLength>"
        "<dateCreatedUTC>2024-01-01T00:00:00Z</dateCreatedUTC></AddTicketAttachment></soap:Body></soap:Envelope>"
    )
