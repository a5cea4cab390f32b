"""Evidence: ours. What docker-compose.yml and the Dockerfile say works, without containers.

The server is started as they say: from a copy of what goes into the image, with their environment, command, user and
health check, as a process on the tests' PostgreSQL. What needs an engine (layers, networks, volumes) is read only.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy
import yaml
from sqlalchemy.engine import URL, make_url

from smartertrack_emu.config import Settings
from tests.conftest import RUN_VARIABLE, _postgresql_database
from tests.processes import PATIENCE_S, Serving
from tests.services.api import Caller

ROOT = Path(__file__).parents[1]
DATA, IMAGE, ENVIRONMENT = "/var/lib/smartertrack-emu", "/app", "/venv"
OK, WRONG = 0, -2

_VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?:(:?[-?])([^}]*))?\})")


def interpolated(text: str, environment: dict[str, str]) -> str:
    """What Compose makes of ${VARIABLE}, ${VARIABLE-default}, ${VARIABLE:-default}, ${VARIABLE:?error} and $$."""

    def value(match: re.Match[str]) -> str:
        if match[1]:
            return "$"
        found = environment.get(match[2])
        is_there = bool(found) if (match[3] or "").startswith(":") else found is not None
        if not is_there and (match[3] or "").endswith("?"):
            pytest.fail(f"docker compose up stops: {match[2]} {match[4]}")
        return found or "" if is_there or not match[3] else match[4]

    return _VARIABLE.sub(value, text)


def services(environment: dict[str, str]) -> dict[str, Any]:
    """The services as Compose reads them with the variables of an .env file."""

    def resolve(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: resolve(one) for name, one in value.items()}
        if isinstance(value, list):
            return [resolve(one) for one in value]
        return interpolated(value, environment) if isinstance(value, str) else value

    found: dict[str, Any] = resolve(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"])
    for service in found.values():
        given = service.get("environment", {})
        # A name without a value is handed on where it is set.
        service["environment"] = {
            name: environment.get(name) if value is None else str(value) for name, value in given.items()
        }
    return found


def dockerfile() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile's last stage, lines that go on joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = [line.split(None, 1) for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    last = max(number for number, (word, _) in enumerate(lines) if word == "FROM")
    return [(word, rest) for word, rest in lines[last + 1 :]]


INSTRUCTIONS = dockerfile()


def instruction(word: str) -> str:
    (found,) = [rest for name, rest in INSTRUCTIONS if name == word]
    return found


def user_of_the_image() -> int:
    (uid,) = re.findall(rf"useradd .*--uid (\d+) .*\b{instruction('USER')}\b", instruction("RUN"))
    return int(uid)


def as_unprivileged(uid: int) -> list[str]:
    """A prefix of a command for it to run as that user, who may read all: this Python may be below root's home."""
    if os.geteuid() != 0:
        return []
    only = "-all,+dac_read_search"
    capabilities = [f"--{kind}={only}" for kind in ("inh-caps", "ambient-caps", "bounding-set")]
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--no-new-privs", *capabilities]


_NOTE_WRITES = """
import os, sys
_to = os.open(os.environ["NOTE_WRITES_TO"], os.O_WRONLY | os.O_APPEND)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGING = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate"}
def _note(event, arguments):
    if event in _CHANGING or (event == "open" and (arguments[2] or 0) & _WRITING):
        if isinstance(arguments[0], (str, bytes, os.PathLike)):
            os.write(_to, os.path.abspath(os.fsdecode(arguments[0])).encode() + b"\\n")
sys.addaudithook(_note)
"""


class Container:
    """A stand-in: a folder for each of the image, the volume and /tmp, and the service's processes."""

    def __init__(self, database: str, **variables: str) -> None:
        self.service = services(variables)["server"]
        # Not below pytest's own folder, which other users cannot enter; removed with the run.
        folder = Path(tempfile.mkdtemp(prefix="container-", dir=os.environ[RUN_VARIABLE]))
        folder.chmod(0o755)
        self.image, self.data, self.tmp = folder / "app", folder / "data", folder / "tmp"
        self._notes, self._output = folder / "writes", folder / "output"
        hook = folder / "hook"
        for made in (self.image, self.data, self.tmp, hook):
            made.mkdir()
        (hook / "sitecustomize.py").write_text(_NOTE_WRITES)
        self._notes.touch()
        self._notes.chmod(0o666)
        self._copy_what_the_builder_gets()
        uid = user_of_the_image()
        self._prefix = as_unprivileged(uid)
        if self._prefix:
            for own in (self.data, self.tmp):
                os.chown(own, uid, uid)
        given = {name: value for name, value in self.service["environment"].items() if value is not None}
        self._environment = (
            self._of_the_image()
            | given
            | {
                # What a process has here in place of the container's own.
                "SMARTERTRACK_EMU_DATABASE_URL": database,
                "SMARTERTRACK_EMU_DATA": str(self.data),
                "SMARTERTRACK_EMU_PORT": "0",
                "PYTHONPATH": f"{hook}:{self.image}",
                "NOTE_WRITES_TO": str(self._notes),
                "TMPDIR": str(self.tmp),
                "HOME": DATA,
            }
        )

    def _copy_what_the_builder_gets(self) -> None:
        everything, *kept = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] != "#"]
        assert everything == "*"
        for name in kept:
            if not name.startswith("!"):
                continue
            source = ROOT / name[1:]
            if source.is_dir():
                shutil.copytree(source, self.image / name[1:], ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, self.image)
        for path in (self.image, *self.image.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)

    @staticmethod
    def _of_the_image() -> dict[str, str]:
        pairs = dict(re.findall(r"(\w+)=(\S+)", instruction("ENV")))
        pairs["PATH"] = pairs["PATH"].replace(ENVIRONMENT, sys.prefix).replace("$PATH", "/usr/local/bin:/usr/bin:/bin")
        assert pairs["SMARTERTRACK_EMU_DATA"] == DATA
        return pairs

    def command(self) -> list[str]:
        entrypoint: list[str] = self.service.get("entrypoint") or json.loads(instruction("ENTRYPOINT"))
        return entrypoint + list(self.service.get("command") or json.loads(instruction("CMD")))

    def _found(self, command: list[str]) -> list[str]:
        """A command as the container's path finds it."""
        program = shutil.which(command[0], path=self._environment["PATH"])
        assert program is not None, command[0]
        return [*self._prefix, program, *command[1:]]

    @contextmanager
    def up(self) -> Iterator[Serving]:
        """Run what the container runs; the address is loopback's, as published."""
        with self._output.open("wb") as output:
            process = subprocess.Popen(
                self._found(self.command()),
                cwd=self.image,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        server = Serving(process, self._output)
        try:
            server.wait_until_ready()
            assert server.url.startswith("http://0.0.0.0:")
            server.url = server.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - what it says, and not what we do
            yield server
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def is_healthy(self, server: Serving) -> bool:
        """Run the service's health check beside the server."""
        kind, *command = self.service["healthcheck"]["test"]
        assert kind == "CMD"
        assert "http://127.0.0.1:9996/healthz" in command[-1]
        command[-1] = command[-1].replace("http://127.0.0.1:9996", server.url)
        done = subprocess.run(
            self._found(command), env=self._environment, capture_output=True, check=False, timeout=PATIENCE_S
        )
        return done.returncode == 0

    def written(self) -> set[Path]:
        """What the processes opened for writing, made, moved or removed so far."""
        return {Path(line) for line in self._notes.read_text().splitlines()}


@pytest.fixture(scope="module")
def database(postgresql_server: URL, postgresql_admin: sqlalchemy.Engine) -> Iterator[str]:
    """A new database, as the service beside makes one."""
    with _postgresql_database(postgresql_server, postgresql_admin, None) as url:
        yield url


@pytest.fixture(scope="module")
def container(database: str) -> Container:
    """The server's container where nobody has set anything."""
    return Container(database)


@pytest.fixture(scope="module")
def server(container: Container) -> Iterator[Serving]:
    with container.up() as server:
        yield server


def test_it_comes_up_with_the_example_data(server: Serving) -> None:
    assert server.get("/healthz") == (200, '{"status": "ok", "database": "postgresql"}\n')
    assert server.log_in("alice", "alice-pw") == OK
    assert "seed file examples/acme.yaml loaded" in server.output


def test_with_the_password_that_the_readme_names(container: Container, server: Serving) -> None:
    password = container.service["environment"]["SMARTERTRACK_EMU_ADMIN_PASSWORD"]
    assert f"the password of `admin` is `{password}`" in (ROOT / "README.md").read_text()
    assert (server.log_in("admin", password), server.log_in("admin", "admin")) == (OK, WRONG)
    log = (container.data / "logs" / "smartertrack-emu.log").read_text()
    assert "GetServerName" in log
    assert password not in log + server.output


def test_its_health_check_tells(container: Container, server: Serving) -> None:
    assert container.is_healthy(server)
    elsewhere = Serving(server.process, Path())
    elsewhere.url = "http://127.0.0.1:1"
    assert not container.is_healthy(elsewhere)


def test_it_writes_to_its_volume_and_tmp_only(container: Container, server: Serving) -> None:
    assert container.service["read_only"] is True
    assert container.service["volumes"] == [f"data:{DATA}"]
    assert container.service["tmpfs"] == ["/tmp"]  # noqa: S108 - the container's own
    # A call that stores a file, and whose body is too long to be kept in memory meanwhile.
    data = b"x" * 600_000
    with requests.Session() as session:
        tickets = Caller("svcTickets", server.url, "alice", "alice-pw", session, "")
        made = tickets.CreateTicket(1, 1, 0, "ann@example.com", "A file", "Here it is.", False, False, False)
        assert made.Result
        kept = tickets.AddTicketAttachment(made.RequestResult, 0, "a.txt", data, len(data), datetime.now(UTC))
        assert kept.Result
    written = container.written()
    assert container.data / "logs" / "smartertrack-emu.log" in written
    assert any(path.is_relative_to(container.data / "attachments") for path in written)
    assert any(path.is_relative_to(container.tmp) for path in written)
    outside = {
        path for path in written if not path.is_relative_to(container.data) and not path.is_relative_to(container.tmp)
    }
    assert outside <= {Path("/dev/null")}
    assert not list(container.image.rglob("__pycache__"))


def test_nobody_else_reads_what_it_writes(container: Container, server: Serving) -> None:
    assert server.get("/healthz")[0] == 200
    made = [path for path in container.data.rglob("*") if path.stat().st_mode & 0o077]
    assert made == []


def test_it_runs_unprivileged(server: Serving) -> None:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    (uids,) = re.findall(r"^Uid:\s+(.*)$", status, re.MULTILINE)
    assert set(uids.split()) == {str(user_of_the_image() if os.geteuid() == 0 else os.geteuid())}
    assert "0" not in uids.split()


def test_it_stops_in_time_and_starts_again_on_its_data(
    postgresql_server: URL, postgresql_admin: sqlalchemy.Engine
) -> None:
    """With an .env file: a password of one's own, and no example data."""
    with _postgresql_database(postgresql_server, postgresql_admin, None) as empty:
        container = Container(empty, SMARTERTRACK_EMU_ADMIN_PASSWORD="own-pw", SMARTERTRACK_EMU_SEED="")
        assert container.service["stop_grace_period"] == "30s"
        for _ in range(2):
            with container.up() as server:
                assert (server.log_in("admin", "own-pw"), server.log_in("alice", "alice-pw")) == (OK, WRONG)
                assert server.stop() == 0
                assert "own-pw" not in server.output


def test_only_this_machine_reaches_it() -> None:
    found = services({})
    assert found["server"]["ports"] == ["127.0.0.1:9996:9996"]
    assert "ports" not in found["db"]
    assert Settings.model_fields["port"].default == int(instruction("EXPOSE")) == 9996
    assert found["server"]["cap_drop"] == ["ALL"]
    assert found["server"]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("variables", [{}, {"SMARTERTRACK_EMU_DB_PASSWORD": "own"}])
def test_both_services_mean_the_same_database(variables: dict[str, str]) -> None:
    found = services(variables)
    url = make_url(found["server"]["environment"]["SMARTERTRACK_EMU_DATABASE_URL"])
    assert (url.drivername, url.host, url.port) == ("postgresql+psycopg", "db", 5432)
    environment = found["db"]["environment"]
    assert (environment["POSTGRES_USER"], environment["POSTGRES_DB"]) == (url.username, url.database)
    assert (
        environment["POSTGRES_PASSWORD"]
        == url.password
        == variables.get("SMARTERTRACK_EMU_DB_PASSWORD", "smartertrack")
    )
    assert found["server"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert found["db"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


def test_what_an_env_file_sets_is_handed_on() -> None:
    variables = {"SMARTERTRACK_EMU_BASE_URL": "https://desk.example", "PORT": "8080"}
    server = services(variables)["server"]
    assert server["environment"]["SMARTERTRACK_EMU_BASE_URL"] == "https://desk.example"
    assert server["environment"]["SMARTERTRACK_EMU_TRUSTED_PROXIES"] is None
    assert server["ports"] == ["127.0.0.1:8080:9996"]
    names = {f"SMARTERTRACK_EMU_{name.upper()}" for name in Settings.model_fields}
    assert set(server["environment"]) <= names


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${A:-b}", "b"),
        ("${A-b}", "b"),
        ("${EMPTY:-b}", "b"),
        ("${EMPTY-b}", ""),
        ("${SET:-b} ${SET-b} ${SET:?needed} ${SET}", "s s s s"),
        ("${A}", ""),
        ("$${A}", "${A}"),
    ],
)
def test_variables_are_read_as_compose_does(text: str, value: str) -> None:
    assert interpolated(text, {"EMPTY": "", "SET": "s"}) == value
