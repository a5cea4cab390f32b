"""The command line through real processes: what it says, what it leaves behind, how it stops. All ours."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from smartertrack_emu.store import migrate
from tests.processes import AFRESH, Serving, run, serving, until

SEED = Path(__file__).parent / "data" / "acme.yaml"
OTHER_SEED = """
brands: [{name: Workshop}]
departments: [{name: Repairs, brand: Workshop, groups: [{name: Bench}]}]
users:
  - {username: alice, password: alice-pw, email: alice@acme.example, roles: [Agent]}
"""
SECRET = "pa55&w%rd-in-clear"
SECRET_TOKEN = "s3cret-t0ken"
OK, WRONG = 0, -2


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path) -> Path:
    """A folder to work in, whose data folder holds a database that is migrated and otherwise empty."""
    (tmp_path / "data").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "data" / "smartertrack.db")
    return tmp_path


@pytest.fixture
def database(folder: Path) -> Path:
    return folder / "data" / "smartertrack.db"


def conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def all_files(folder: Path) -> str:
    """Everything written below a folder but databases, as one text."""
    return "\n".join(
        path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file() and ".db" not in path.name
    )


class TestServe:
    def test_new_database_is_migrated_and_seeded_once(self, tmp_path: Path) -> None:
        with serving(tmp_path, "--seed", SEED, program=AFRESH) as server:
            assert "migrating" in server.output
            assert f"seed file {SEED} loaded" in server.output
            assert server.get("/healthz") == (200, '{"status": "ok", "database": "sqlite"}\n')
            assert server.log_in("alice", "alice-pw") == OK
            assert server.stop() == 0
            assert server.output.rstrip().endswith("stopped")
        with serving(tmp_path, "--seed", SEED) as server:
            assert f"seed file {SEED} skipped: the database is not new" in server.output
            assert "migrating" not in server.output

    def test_old_database_is_migrated(self, folder: Path, database: Path) -> None:
        assert run(folder, "init").returncode == 0
        migrate.downgrade(f"sqlite:///{database}", "-1")
        with serving(folder) as server:
            assert server.get("/healthz")[0] == 200
            assert server.log_in("admin", "admin") == OK

    def test_bad_seed_file_leaves_a_new_database_new(self, folder: Path, database: Path) -> None:
        bad = folder / "bad.yaml"
        bad.write_text(OTHER_SEED.replace("Agent", "Agnet"))
        done = run(folder, "serve", "--port", "0", "--seed", bad)
        assert done.returncode == 1
        assert f'{bad}: users[0].roles[0]: no role "Agnet"; did you mean "Agent"?' in done.stderr
        assert "Traceback" not in done.stderr
        assert users(database) == []

    def test_only_this_machine_while_the_password_is_the_default(self, folder: Path) -> None:
        with serving(folder, SMARTERTRACK_EMU_ADMIN_PASSWORD="own-pw", SMARTERTRACK_EMU_HOST="0.0.0.0") as server:  # noqa: S104
            assert "seed file" not in server.output
            assert (server.log_in("admin", "own-pw"), server.log_in("admin", "admin")) == (OK, WRONG)
            assert server.stop() == 0
        assert run(folder, "user", "password", "admin", "--password", "admin").returncode == 0
        refused = run(folder, "serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - that is refused
        assert refused.returncode == 1
        assert "password is 'admin': not listening on 0.0.0.0" in refused.stderr
        assert "Traceback" not in refused.stderr


class TestHealth:
    def test_sqlite(self, folder: Path, database: Path) -> None:
        with serving(folder) as server, closing(sqlite3.connect(database, isolation_level=None)) as other:
            assert server.get("/healthz")[0] == 200
            other.execute("UPDATE alembic_version SET version_num = '0001'")
            status, text = server.get("/healthz")
            assert (status, json.loads(text)) == (503, {"status": "unavailable", "database": "is not migrated"})
            other.execute("UPDATE alembic_version SET version_num = ?", (migrate.HEAD,))
            assert server.get("/healthz")[0] == 200

    def test_postgresql(self, tmp_path: Path, postgresql_url: str, postgresql_server: URL) -> None:
        name = make_url(postgresql_url).database
        gone = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        with (
            serving(tmp_path, "--database", postgresql_url) as server,
            psycopg.connect(conninfo(postgresql_server), autocommit=True) as other,
        ):
            assert server.get("/healthz") == (200, '{"status": "ok", "database": "postgresql"}\n')
            assert server.log_in("admin", "admin") == OK
            other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            other.execute(gone)
            status, text = server.get("/healthz")
            assert (status, json.loads(text)) == (503, {"status": "unavailable", "database": "does not answer"})
            assert server.log_in("admin", "admin") == -1
            other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            assert server.get("/healthz")[0] == 200
            assert server.log_in("admin", "admin") == OK


class TestLog:
    def test_one_line_a_request_and_never_a_password(self, folder: Path) -> None:
        # At its most talkative.
        with serving(folder, SMARTERTRACK_EMU_LOG_LEVEL="DEBUG", SMARTERTRACK_EMU_ADMIN_PASSWORD=SECRET) as server:
            assert server.log_in("admin", SECRET) == OK
            assert server.log_in("admin", f"{SECRET}-not") == WRONG
            assert server.get("/Services2/svcTickets.asmx/Nothing", authPassword=SECRET)[0] == 500
            assert server.get("/nowhere", authPassword=SECRET)[0] == 404
            send(server, f"GET /x?authPassword={SECRET} HTTP/9.9.9\r\n\r\n")
            send(server, f"GET /Services2/svcTickets.asmx/x?authPassword={SECRET} HTTP/1.1\r\nbad header\r\n\r\n")
            server.stop()
            first, second, third, fourth = server.requests()
            log = (folder / "data" / "logs" / "smartertrack-emu.log").read_text()
        assert first.pop("time").endswith("+00:00")
        assert 0 < first.pop("ms") < 30_000
        assert first.pop("id").endswith("-1")
        assert first == {
            "remote": "127.0.0.1",
            "method": "GET",
            "path": "/Services2/svcOrganization.asmx/GetServerName",
            "status": 200,
            "operation": "svcOrganization.GetServerName",
            "user": "admin",
            "code": 0,
        }
        assert (second["status"], second["code"]) == (200, -2)
        assert (third["path"], third["status"]) == ("/Services2/svcTickets.asmx/Nothing", 500)
        assert (fourth["path"], fourth["status"]) == ("/nowhere", 404)
        assert [json.loads(line) for line in log.splitlines() if line.startswith("{")][1:] == [second, third, fourth]
        everything = all_files(folder)
        assert "GetServerName" in everything
        assert "pa55" not in everything

    def test_a_failing_page_names_no_token(self, folder: Path, database: Path) -> None:
        with serving(folder) as server, closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("ALTER TABLE attachments RENAME TO gone")
            assert server.get(f"/Download/{SECRET_TOKEN}")[0] == 503
            server.stop()
            log = (folder / "data" / "logs" / "smartertrack-emu.log").read_text()
        assert "/Download/***: database: no such table" in log
        assert SECRET_TOKEN not in log + server.output

    def test_workers_rotate_it_and_lose_no_line(self, folder: Path) -> None:
        bound = {"SMARTERTRACK_EMU_LOG_MAX_BYTES": "20000"}
        with serving(
            folder, "--workers", "2", ready=True, program=None, SMARTERTRACK_EMU_LOG_FILES="100", **bound
        ) as server:
            for number in range(200):
                assert server.get(f"/{number}-{'x' * 990}")[0] == 404
            server.stop()
        files = list((folder / "data" / "logs").iterdir())
        lines = [line for file in files for line in file.read_text().splitlines() if line.startswith("{")]
        assert len(files) > 1
        assert sorted(int(json.loads(line)["path"][1:].partition("-")[0]) for line in lines) == list(range(200))

    def test_a_forged_line(self, folder: Path) -> None:
        forged = '{"time": "2026-01-01", "user": "admin", "code": 0}'
        with serving(folder) as server:
            send(server, f"GET /Services2/svcTickets.asmx/x%0A{quote(forged)} HTTP/1.0\r\n\r\n")
            send(
                server,
                f"POST /Services2/svcTickets.asmx HTTP/1.0\r\nContent-Length: 1\r\nContent-Encoding: {forged}\r\n\r\nx",
            )
            server.stop()
            assert [line["user"] for line in server.requests() if "user" in line] == []
            assert server.requests()[0]["operation"] == f"svcTickets.x\n{forged}"

    def test_off_and_the_database_url_stays_secret(self, tmp_path: Path, postgresql_url: str) -> None:
        url = make_url(postgresql_url).set(password="pa55word").render_as_string(hide_password=False)
        with serving(tmp_path, "--database", url, SMARTERTRACK_EMU_LOG_REQUESTS="false") as server:
            assert server.log_in("admin", "admin") == OK
            server.stop()
            assert server.requests() == []
        done = run(tmp_path, "init", "--database", url)
        assert (done.returncode, done.stdout[:8]) == (0, "ready: p")
        assert "pa55word" not in all_files(tmp_path) + done.stdout + done.stderr


def send(server: Serving, request: str) -> str:
    """Send a request as it is, and return what comes until the server closes the connection."""
    with closing(connect(server)) as connection:
        connection.sendall(request.encode())
        return receive(connection)


def connect(server: Serving) -> socket.socket:
    address = urlsplit(server.url)
    assert address.hostname is not None
    return socket.create_connection((address.hostname, address.port or 80), timeout=30)


def receive(connection: socket.socket) -> str:
    received = b""
    while more := connection.recv(65536):
        received += more
    return received.decode()


def is_refused(server: Serving) -> bool:
    try:
        connect(server).close()
    except OSError:
        return True
    return False


class TestStop:
    @pytest.mark.parametrize("workers", ["1", "2"])
    def test_a_call_under_way_is_finished(self, folder: Path, database: Path, workers: str) -> None:
        query = "authUserName=admin&authPassword=admin&parameters=Subject%3DSlow"
        with (
            serving(folder, "--workers", workers, SMARTERTRACK_EMU_BUSY_TIMEOUT_MS="30000") as server,
            closing(sqlite3.connect(database, isolation_level=None)) as other,
            closing(connect(server)) as idle,
            closing(connect(server)) as slow,
        ):
            # A connection kept open holds nothing up.
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert idle.recv(65536).startswith(b"HTTP/1.1 200 OK")
            other.execute("BEGIN IMMEDIATE")
            slow.sendall(f"GET /Services2/svcTasks.asmx/CreateTask?{query} HTTP/1.0\r\n\r\n".encode())
            # Whatever was sent before this one's answer has been taken up: by the one worker, or by one of several.
            for _ in range(int(workers) * 2):
                assert server.get("/healthz")[0] == 200
            server.process.terminate()
            until(lambda: is_refused(server), "the end of listening")
            assert server.process.poll() is None
            other.execute("ROLLBACK")
            answer = receive(slow)
            assert server.process.wait(30) == 0
            created = other.execute("SELECT subject FROM tasks").fetchall()
        assert answer.startswith("HTTP/1.0 200 OK")
        assert "<Result>true</Result>" in answer
        assert created == [("Slow",)]

    def test_at_once_after_the_start(self, folder: Path) -> None:
        with serving(folder, "--workers", "3") as server:
            assert server.stop() == 0


def _stands_still(pid: int) -> bool:
    """Say whether each thread of a process has been stopped: the signal takes a moment to reach them all."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return all((thread / "stat").read_text().rpartition(") ")[2].startswith("T") for thread in threads)


@contextmanager
def only(server: Serving, worker: int) -> Iterator[None]:
    """Have one worker serve while the others stand still."""
    others = [pid for pid in server.workers() if pid != worker]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
        until(partial(_stands_still, pid), "a worker that stands still")
    try:
        yield
    finally:
        for pid in others:
            os.kill(pid, signal.SIGCONT)


class TestWorkers:
    def test_both_serve_and_a_killed_one_is_replaced(self, folder: Path) -> None:
        with serving(folder, "--workers", "2") as server:
            first, second = until(lambda: len(server.workers()) == 2 and server.workers(), "two workers")
            for worker in (first, second):
                with only(server, worker):
                    assert server.log_in("admin", "admin") == OK
            os.kill(first, signal.SIGKILL)
            until(lambda: len(set(server.workers()) - {first}) == 2, "another worker")
            (third,) = set(server.workers()) - {first, second}
            with only(server, third):
                assert server.log_in("admin", "admin") == OK
            assert f"worker {first} ended" in server.output
            assert server.stop() == 0
            assert server.output.count("stopped") == 2

    def test_a_changed_password_holds_in_every_worker_at_once(self, folder: Path) -> None:
        run(folder, "user", "add", "ann", "--password", "first-pw", "--role", "Agent")
        with serving(folder, "--workers", "2") as server:
            workers = until(lambda: len(server.workers()) == 2 and server.workers(), "two workers")
            for worker in workers:
                with only(server, worker):
                    assert (server.log_in("ann", "first-pw"), server.log_in("ann", "second-pw")) == (OK, WRONG)
            done = run(folder, "user", "password", "Ann", "--password", "second-pw")
            assert (done.returncode, done.stdout) == (0, "changed: the password of Ann\n")
            for worker in workers:
                with only(server, worker):
                    assert (server.log_in("ann", "first-pw"), server.log_in("ann", "second-pw")) == (WRONG, OK)
            # With nobody left to tell them so, workers stop by themselves.
            server.process.kill()
            until(lambda: is_refused(server), "the end of the workers")


class TestInit:
    def test_is_repeatable(self, tmp_path: Path) -> None:
        first = run(tmp_path, "init", "--data", "here")
        assert (first.returncode, first.stdout) == (0, "ready: sqlite:///here/smartertrack.db\n")
        with closing(sqlite3.connect(tmp_path / "here" / "smartertrack.db")) as database:
            assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(migrate.HEAD,)]
            users = database.execute("SELECT id, username FROM users ORDER BY id").fetchall()
            assert users == [(1, "queue"), (2, "admin"), (3, "system")]
            for table in ("brands", "departments", "groups"):
                assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)
        second = run(tmp_path, "init", "--data", "here")
        assert (second.returncode, second.stdout) == (0, first.stdout)

    def test_postgresql(self, tmp_path: Path, postgresql_url: str) -> None:
        assert run(tmp_path, "init", SMARTERTRACK_EMU_DATABASE_URL=postgresql_url).returncode == 0
        with psycopg.connect(conninfo(make_url(postgresql_url))) as connection:
            assert connection.execute("SELECT count(*) FROM users").fetchone() == (3,)


class TestSeed:
    def test_all_or_nothing(self, folder: Path, database: Path) -> None:
        file = folder / "more.yaml"
        file.write_text(OTHER_SEED + "  - {username: bob, password: bob-pw, email: b@acme.example, roles: [Nobody]}\n")
        done = run(folder, "seed", file)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f'{file}: users[1].roles[0]: no role "Nobody"\n'
        assert users(database) == ["admin", "queue", "system"]
        file.write_text(OTHER_SEED)
        done = run(folder, "seed", file)
        assert (done.returncode, done.stdout) == (0, f"loaded: {file}\n")
        assert users(database) == ["admin", "alice", "queue", "system"]
        # What is there already is told, and nothing is loaded twice.
        again = run(folder, "seed", file)
        assert again.returncode == 1
        assert "\nusers[0].username: " in again.stderr
        assert users(database) == ["admin", "alice", "queue", "system"]

    @pytest.mark.parametrize(("content", "sentence"), [(None, "No such file"), ("users: [", "line 1")])
    def test_unreadable(self, folder: Path, content: str | None, sentence: str) -> None:
        file = folder / "bad.yaml"
        if content is not None:
            file.write_text(content)
        done = run(folder, "seed", file)
        assert (done.returncode, done.stdout) == (1, "")
        assert str(file) in done.stderr
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr


def users(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT username FROM users ORDER BY username")]


class TestWsdl:
    def test_prints(self, tmp_path: Path) -> None:
        done = run(tmp_path, "wsdl", "svcTasks", "--address", "https://desk.example/", program=AFRESH)
        assert done.returncode == 0
        assert done.stdout.startswith('<?xml version="1.0" encoding="utf-8"?>')
        assert 'location="https://desk.example/Services2/svcTasks.asmx"' in done.stdout
        assert list(tmp_path.iterdir()) == []

    def test_names_the_services_there_are(self, tmp_path: Path) -> None:
        done = run(tmp_path, "wsdl", "svcNothing")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("There is no service svcNothing; there are svc")

    def test_writes_what_the_repository_keeps(self, tmp_path: Path) -> None:
        assert run(tmp_path, "wsdl", "--write").returncode == 0
        assert run(tmp_path, "wsdl", "--write", "--directory", "new/wsdl").returncode == 0
        written = {path.name: path.read_text() for path in (tmp_path / "new" / "wsdl").iterdir()}
        kept = {path.name: path.read_text() for path in (SEED.parents[2] / "wsdl").glob("*.wsdl")}
        assert written == kept == {path.name: path.read_text() for path in (tmp_path / "wsdl").iterdir()}
        assert len(kept) == 9


class TestUser:
    def test_add(self, folder: Path, database: Path) -> None:
        who = ("--email", "ann@acme.example", "--display-name", "Ann Agent", "--role", "Agent")
        done = run(folder, "user", "add", "ann", *who, input="typed-pw\ntyped-pw\n")
        assert done.returncode == 0
        assert done.stdout.endswith("added: ann, user 4\n")
        assert "typed-pw" not in done.stdout + done.stderr
        refused = run(folder, "user", "add", "ANN", "--password", "x-pw", "--role", "Agent")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "ANN" in refused.stderr
        assert "Traceback" not in refused.stderr
        refused = run(folder, "user", "add", "ben", "--password", "x-pw", "--role", "Agnet")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "Agnet" in refused.stderr
        assert users(database) == ["admin", "ann", "queue", "system"]

    @pytest.mark.parametrize("name", ["nobody", "queue"])
    def test_password_of_one_who_has_none(self, folder: Path, name: str) -> None:
        done = run(folder, "user", "password", name, "--password", "x-pw")
        assert (done.returncode, done.stdout) == (1, "")
        assert name in done.stderr
        assert "Traceback" not in done.stderr

    def test_on_a_database_that_takes_no_changes(self, tmp_path: Path, postgresql_url: str) -> None:
        assert run(tmp_path, "init", "--database", postgresql_url).returncode == 0
        url = make_url(postgresql_url)
        with psycopg.connect(conninfo(url), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {url.database} SET default_transaction_read_only = on")
        done = run(tmp_path, "user", "add", "ann", "--password", "a-pw", "--database", postgresql_url)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.endswith("The database is read-only at the moment. Nothing was changed.\n")
        assert "Traceback" not in done.stderr


class TestBadSettings:
    @pytest.mark.parametrize(
        ("arguments", "settings", "status", "words"),
        [
            ((), {"SMARTERTRACK_EMU_BASE_URL": "desk.example"}, 2, ["base_url", "https://desk.example"]),
            ((), {"SMARTERTRACK_EMU_TRUSTED_PROXIES": "proxy"}, 2, ["trusted_proxies", "'proxy'", "10.0.0.0/8"]),
            (("--port", "70000"), {}, 2, ["port", "65535"]),
            (("--port", "many"), {}, 2, ["--port", "integer"]),
            (("--workers", "0"), {}, 2, ["workers", "1"]),
            ((), {"SMARTERTRACK_EMU_THREADS": "none"}, 2, ["threads", "integer"]),
            ((), {"SMARTERTRACK_EMU_LOG_LEVEL": "LOUD"}, 2, ["log_level", "INFO"]),
            (("--database", "mysql://root:pa55word@db/x"), {}, 1, ["mysql", "postgresql://"]),
            (("--database", "postgresql://me:pa55word@127.0.0.1:1/x"), {}, 1, ["database does not answer"]),
            (("--data", "file/data"), {}, 1, ["file/data"]),
            (("--database", "sqlite:///file"), {}, 1, ["not a database"]),
            (("--host", "192.0.2.1"), {"SMARTERTRACK_EMU_ADMIN_PASSWORD": "own-pw"}, 1, ["Cannot listen on 192.0.2.1"]),
        ],
    )
    def test_serve(
        self, tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str], status: int, words: list[str]
    ) -> None:
        (tmp_path / "file").write_text("no database at all, and no folder either" * 100)
        done = run(tmp_path, "serve", "--port", "0", *arguments, program=None, **settings)
        assert done.returncode == status, done.stderr
        for word in words:
            assert word in done.stderr
        assert "Traceback" not in done.stderr
        assert "pa55word" not in done.stderr + done.stdout + all_files(tmp_path)

    def test_port_in_use(self, folder: Path) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]
            done = run(folder, "serve", "--port", str(port))
        assert done.returncode == 1
        assert done.stderr.endswith(f"Cannot listen on 127.0.0.1, port {port}: Address already in use.\n")
        assert "Traceback" not in done.stderr
