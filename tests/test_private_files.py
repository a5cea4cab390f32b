"""Evidence: ours. What the program writes is for its own user alone, and what stood open is closed at the start."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from smartertrack_emu.config import Settings
from smartertrack_emu.private_files import keep_private
from tests.processes import run, serving


def modes(folder: Path) -> dict[str, int]:
    """The permissions of a folder and of all below it."""
    found = (folder, *folder.rglob("*"))
    return {str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode) for path in found}


def are_private(folder: Path) -> bool:
    return not any(mode & 0o077 for mode in modes(folder).values())


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """Start with what most systems have, and leave the other tests' as it was."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """What an earlier version left: open to everybody."""
    data = tmp_path / "data"
    (data / "attachments" / "ab").mkdir(parents=True)
    (data / "logs").mkdir()
    for name in (
        "smartertrack.db",
        "smartertrack.db-wal",
        "secret.key",
        "logs/smartertrack-emu.log",
        "attachments/ab/abcd",
    ):
        (data / name).touch()
    assert not are_private(data)
    return data


def test_what_a_server_writes(tmp_path: Path, sqlite_template: Path) -> None:
    """With everything on the way: a database in use, its log, a part of a file."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "smartertrack.db")
    with serving(tmp_path) as server:
        assert server.log_in("admin", "admin") == 0
        query = "authUserName=admin&authPassword=admin&userId=2&parameters=Title%3Dx"
        assert server.get(f"/Services2/svcTasks.asmx/CreateTask?{query}")[0] in (200, 500)
        found = modes(data)
        assert are_private(data), found
        assert {"smartertrack.db", "smartertrack.db-wal", "smartertrack.db-shm", "logs/smartertrack-emu.log"} <= set(
            found
        )


def test_a_new_database_in_a_new_folder(tmp_path: Path) -> None:
    assert run(tmp_path, "init", "--data", "new/data").returncode == 0
    assert are_private(tmp_path / "new")


def test_what_stood_open_is_closed(data: Path) -> None:
    keep_private(Settings(data=data))
    assert are_private(data)
    assert modes(data)["attachments/ab/abcd"] == 0o600
    assert modes(data)["attachments/ab"] == 0o700


def test_a_database_beside_the_data(tmp_path: Path) -> None:
    database = tmp_path / "my.db"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").touch()
    keep_private(Settings(data=tmp_path / "data", database_url=f"sqlite:///{database}?timeout=5"))
    assert {name for name, mode in modes(tmp_path).items() if mode == 0o600} == {"my.db", "my.db-wal", "my.db-shm"}


def test_what_is_not_ours_stays_as_it_is(data: Path, tmp_path: Path) -> None:
    """`--data .` in a folder of other things, and links out of it."""
    (data / "notes.txt").touch()
    (tmp_path / "elsewhere").touch()
    (data / "logs" / "link").symlink_to(tmp_path / "elsewhere")
    keep_private(Settings(data=data))
    found = modes(data)
    assert (found["."], found["notes.txt"], found["attachments"]) == (0o755, 0o644, 0o700)
    assert stat.S_IMODE((tmp_path / "elsewhere").stat().st_mode) == 0o644


def test_a_folder_for_everybody_stays_one(data: Path) -> None:
    data.chmod(0o1777)
    keep_private(Settings(data=data))
    assert modes(data)["."] == 0o1777
    assert modes(data)["smartertrack.db"] == 0o600


def test_a_closed_folder_is_not_searched_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_private(Settings(data=data))
    monkeypatch.setattr(os, "walk", None)
    keep_private(Settings(data=data))


def test_files_for_others_follow_the_users_own_umask(tmp_path: Path) -> None:
    assert run(tmp_path, "wsdl", "svcTasks", "--write", "--directory", "wsdl").returncode == 0
    assert stat.S_IMODE((tmp_path / "wsdl" / "svcTasks.wsdl").stat().st_mode) == 0o644
