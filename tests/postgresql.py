"""A PostgreSQL server for one test run: its own data, its own socket, no port, gone when the run ends.

The programs are, in this order, those of the folder SMARTERTRACK_EMU_TEST_POSTGRESQL_BIN names, those pgserver brings
(it has no wheel for Python 3.13 and later), or an installed PostgreSQL's.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict

PROGRAMS_VARIABLE = "SMARTERTRACK_EMU_TEST_POSTGRESQL_BIN"

# Nothing of a test run has to outlive a power cut. Workers of several test processes share the connections.
OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=200",
)


class NoPostgreSQL(Exception):  # noqa: N818 - not a failure: a reason to skip
    """No PostgreSQL programs were found; the message says where they were looked for."""


class RunAs(TypedDict, total=False):
    """The part of subprocess.run's arguments that says as whom."""

    user: int
    group: int
    extra_groups: list[int]


def run_as() -> RunAs:
    """Whom to run the server as: PostgreSQL refuses to be run by root, so then it is nobody."""
    if os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 - there is none on Windows

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _candidates() -> list[Path]:
    found = []
    if named := os.environ.get(PROGRAMS_VARIABLE):
        found.append(Path(named))
    spec = importlib.util.find_spec("pgserver")
    if spec is not None and spec.origin is not None:
        found.append(Path(spec.origin).parent / "pginstall" / "bin")
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    # Debian keeps initdb off the path; the newest version first.
    found.extend(sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: folder.parent.name, reverse=True))
    return [folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()]


def find_programs() -> Path:
    """The folder of initdb, pg_ctl and postgres. Raises NoPostgreSQL."""
    if not hasattr(os, "geteuid"):
        message = "the tests' PostgreSQL listens on a Unix socket"
        raise NoPostgreSQL(message)
    for folder in _candidates():
        return folder
    message = f"no PostgreSQL programs: neither {PROGRAMS_VARIABLE}, pgserver, the path nor /usr/lib/postgresql has any"
    raise NoPostgreSQL(message)


def _within_reach(programs: Path, run: Path) -> Path:
    """The same programs where the server's user may run them: an environment below root's home has to be copied."""
    user = run_as()
    try:
        subprocess.run([programs / "postgres", "--version"], cwd="/", check=True, capture_output=True, **user)
    except (OSError, subprocess.CalledProcessError):
        package = programs.parents[1]
        copied = run / "programs"
        copied.mkdir()
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, copied / folder.name, symlinks=True)
        return copied / package.name / programs.relative_to(package)
    return programs


class Server:
    """A server whose files lie in a folder, made and started; `url` is that of its `postgres` database."""

    def __init__(self, run: Path) -> None:
        """Raise NoPostgreSQL, and subprocess.CalledProcessError when the server does not start (see `run`/log)."""
        programs = find_programs()
        run.mkdir(mode=0o755, exist_ok=True)
        self._run = run
        self._programs = _within_reach(programs, run)
        self._user = run_as()
        self.url = f"postgresql+psycopg://postgres@/postgres?host={run}"
        if "user" in self._user:
            os.chown(run, self._user["user"], self._user["group"])
        self._call("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        self.start()
        (run / "pg_ctl").symlink_to(self._programs / "pg_ctl")

    def start(self) -> None:
        """Start it; it takes connections afterwards."""
        options = " ".join([f"-k {self._run}", *(f"-c {option}" for option in OPTIONS)])
        self._call("pg_ctl", "-w", "-l", str(self._run / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it, where it runs, as for an update: connections are cut, nothing is lost."""
        if (self._run / "data" / "postmaster.pid").exists():
            self._call("pg_ctl", "-m", "fast", "-w", "stop")

    def _call(self, program: str, *arguments: str) -> None:
        # Output goes to a file: pg_ctl's server would hold a pipe open for ever.
        with (self._run.parent / f"{self._run.name}-{program}.out").open("wb") as output:
            command = [str(self._programs / program), "-D", str(self._run / "data"), *arguments]
            subprocess.run(command, cwd=self._run, check=True, stdout=output, stderr=output, **self._user)


def start(run: Path) -> str:
    """Start a server whose files lie in `run` and give the URL of its `postgres` database. Raises as `Server`."""
    return Server(run).url


def stop(run: Path) -> None:
    """Stop the server of `run` if there is one: at once, its data is of no use any more."""
    if (run / "pg_ctl").exists():
        command = [str(run / "pg_ctl"), "-D", str(run / "data"), "-m", "immediate", "-w", "stop"]
        subprocess.run(command, cwd="/", check=False, capture_output=True, **run_as())
