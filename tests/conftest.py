"""What the tests share: fresh, migrated databases of both kinds, quickly.

One PostgreSQL server serves a whole test run, started by the first test that wants it; one migrated database of each
kind is made once a run, and every test gets a copy of it.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest
import sqlalchemy
from hypothesis import settings
from sqlalchemy.engine import URL, make_url

from tests import postgresql
from tests.locks import lock

if TYPE_CHECKING:
    from smartertrack_emu.store.encryption import KeyFile

TESTS = Path(__file__).parent
RUN_VARIABLE = "SMARTERTRACK_EMU_TEST_RUN"
RUN_PREFIX = "smartertrack-emu-tests-"
TEMPLATE = "migrated"
OWNER = pytest.StashKey[TextIO]()

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
ROOM_BYTES = 4 << 30
"""What a run may need at the most, with the files of all its workers."""

# Two busy cores make any single example slow now and then.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


EVIDENCE = ("documented", "seen", "recorded", "ours")
"""What a test can rest on: the vendor's texts, real clients or answers, recordings of a real server, ourselves."""

_EVIDENCE = re.compile(rf"\b({'|'.join(EVIDENCE)})\b", re.IGNORECASE)
_OVER_HTTP = {"clients", "services", "web"}
_NEEDS_POSTGRESQL = {"postgresql_url", "postgresql_server", "seeded_postgresql"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its module's evidence, those that need a PostgreSQL, and those over HTTP."""
    for item in items:
        if item.path.relative_to(TESTS).parts[0] in _OVER_HTTP:
            item.add_marker("http")
        for word in evidence_of(item.getparent(pytest.Module)):
            item.add_marker(word)
        kind = getattr(item, "callspec", None)
        wants = set(getattr(item, "fixturenames", ()))
        if "postgresql" in (kind.params.values() if kind else ()) or wants & _NEEDS_POSTGRESQL:
            item.add_marker("postgresql")


def evidence_of(module: pytest.Module | None) -> list[str]:
    """Return the words of evidence in the first lines of a test module's docstring."""
    text = (getattr(module, "obj", None).__doc__ or "") if module is not None else ""
    return sorted({word.lower() for word in _EVIDENCE.findall(text)})


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that the workers of this run share; their parent process makes it, and removes it."""
    if hasattr(config, "workerinput"):
        return
    _work_in_memory()
    _remove_leftovers()
    run = Path(tempfile.mkdtemp(prefix=RUN_PREFIX))
    run.chmod(0o755)  # the server may run as another user
    # Held until this process ends, however it ends: that is how the next run sees what is left over.
    # It gets its name when it is locked, where an open file can be renamed.
    name = "owner" if sys.platform == "win32" else "owner.new"
    owner = (run / name).open("w")
    lock(owner)
    if sys.platform != "win32":
        (run / name).rename(run / "owner")
    config.stash[OWNER] = owner
    os.environ[RUN_VARIABLE] = str(run)


def _work_in_memory() -> None:
    """Put temporary files into memory where there is room: a PostgreSQL database takes 30 times as long on a disk."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started and remove what was written."""
    if not hasattr(config, "workerinput"):
        run = Path(os.environ.pop(RUN_VARIABLE))
        if sys.platform == "win32":
            config.stash[OWNER].close()  # an open file cannot be removed there
        _remove(run)
        config.stash[OWNER].close()


def _remove(run: Path) -> None:
    postgresql.stop(run / "postgresql")
    shutil.rmtree(run, ignore_errors=True)


def _remove_leftovers() -> None:
    """Clean up after runs that were killed before they could."""
    for owner in Path(tempfile.gettempdir()).glob(f"{RUN_PREFIX}*/owner"):
        try:
            with owner.open("r+") as held:
                lock(held, wait=False)
                _remove(owner.parent)
        except OSError:
            continue  # in use, another user's, or gone meanwhile


@contextmanager
def _once_a_run(name: str) -> Iterator[Path]:
    """Hold the run's lock for `name`; the path given exists when another worker has done the work already."""
    run = Path(os.environ[RUN_VARIABLE])
    with (run / f"{name}.lock").open("w") as held:
        lock(held)
        yield run / f"{name}.done"


@pytest.fixture(scope="session")
def postgresql_server() -> URL:
    """The run's PostgreSQL server, as the URL of its `postgres` database. Skips where no PostgreSQL can be found."""
    with _once_a_run("postgresql") as done:
        if not done.exists():
            folder = done.with_name("postgresql")
            folder.mkdir(mode=0o755)
            try:
                done.write_text(postgresql.start(folder))
            except postgresql.NoPostgreSQL as reason:
                done.write_text(f"skip {reason}")
        answer = done.read_text()
    if answer.startswith("skip "):
        pytest.skip(answer.removeprefix("skip "))
    return make_url(answer)


@pytest.fixture(scope="session")
def postgresql_admin(postgresql_server: URL) -> Iterator[sqlalchemy.Engine]:
    """Connections that may create and drop databases, each statement at once."""
    engine = sqlalchemy.create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: URL, postgresql_admin: sqlalchemy.Engine) -> str:
    """The name of a migrated PostgreSQL database that nobody is connected to."""
    from smartertrack_emu.store import migrate  # noqa: PLC0415 - tests of asmx need no database

    with _once_a_run("postgresql-template") as done:
        if not done.exists():
            with postgresql_admin.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
                connection.exec_driver_sql(f"CREATE DATABASE {TEMPLATE}")
            url = postgresql_server.set(database=TEMPLATE)
            migrate.upgrade(url.render_as_string(hide_password=False))
            done.touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A migrated SQLite database nobody has open."""
    from smartertrack_emu.store import migrate  # noqa: PLC0415 - tests of asmx need no database

    with _once_a_run("sqlite-template") as done:
        template = done.with_name("template.db")
        if not done.exists():
            template.unlink(missing_ok=True)
            migrate.upgrade(f"sqlite:///{template}")
            done.touch()
    return template


_numbers = itertools.count(1)


@contextmanager
def _postgresql_database(server: URL, admin: sqlalchemy.Engine, template: str | None) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    source = f"TEMPLATE {template} STRATEGY FILE_COPY" if template else ""
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} {source}")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database."""
    copy = tmp_path / "smartertrack.db"
    shutil.copyfile(sqlite_template, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def postgresql_url(
    postgresql_server: URL, postgresql_admin: sqlalchemy.Engine, postgresql_template: str
) -> Iterator[str]:
    """A fresh migrated PostgreSQL database, dropped after the test whoever is still connected."""
    with _postgresql_database(postgresql_server, postgresql_admin, postgresql_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database; a test that takes it runs on both kinds."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind with nothing in it, for tests of the migrations themselves."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: URL = request.getfixturevalue("postgresql_server")
    admin: sqlalchemy.Engine = request.getfixturevalue("postgresql_admin")
    with _postgresql_database(server, admin, None) as url:
        yield url


def run_key() -> KeyFile:
    """The key that secrets in this run's databases are encrypted with."""
    from smartertrack_emu.store.encryption import KeyFile  # noqa: PLC0415 - tests of asmx need no database

    key = KeyFile(Path(os.environ[RUN_VARIABLE]) / "secret.key")
    key.make()
    return key


@pytest.fixture
def engine(database_url: str) -> Iterator[sqlalchemy.Engine]:
    """An engine on a fresh migrated database, as the server makes it; a test that takes it runs on both kinds.

    SQLite does not wait for the disk here; a test of durability makes its own.
    """
    from smartertrack_emu.store.engine import create_engine  # noqa: PLC0415 - tests of asmx need no database

    engine = create_engine(database_url, synchronous="OFF", key=run_key())
    yield engine
    engine.dispose()
