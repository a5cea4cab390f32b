"""What is made on the disk outlasts a loss of power (ours)."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from smartertrack_emu.store import disk
from tests.other_systems import refusing_open_files


def test_each_new_directory_is_an_entry_of_a_synced_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(disk, "sync_directory", synced.append)
    for _ in range(2):
        disk.make_directory(tmp_path / "a" / "b" / "c")
        assert (tmp_path / "a" / "b" / "c").is_dir()
    assert synced == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        disk.make_directory(tmp_path / "file" / "below")


def test_a_file_system_that_cannot_sync_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    number = errno.EINVAL
    disk.sync_directory(tmp_path)
    number = errno.EIO
    with pytest.raises(OSError, match="Input/output"):
        disk.sync_directory(tmp_path)


def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with disk.create(path) as file:
        disk.write_synced(file, [b"hello ", b"", b"world"])
    with pytest.raises(FileExistsError):
        disk.create(path)
    with disk.open_or_create(path) as file:
        file.seek(6)
        disk.write_synced(file, [b"W"])
    assert path.read_bytes() == b"hello World"
    disk.open_or_create(tmp_path / "other").close()
    assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}


def test_a_directorys_lock_is_held_by_one(tmp_path: Path) -> None:
    with disk.lock_directory(tmp_path), pytest.raises(BlockingIOError), disk.lock_directory(tmp_path):
        pass
    with disk.lock_directory(tmp_path):
        pass


def test_a_system_that_opens_no_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_OPENS_DIRECTORIES", False)
    monkeypatch.setattr(os, "open", None)
    disk.make_directory(tmp_path / "a" / "b")
    with disk.lock_directory(tmp_path):
        pass
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("has_links", [True, False])
def test_a_name_is_given_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool) -> None:
    if not has_links:
        monkeypatch.delattr(os, "link")
        monkeypatch.setattr(os, "rename", refusing_open_files(os.rename, may_replace=False))
    first, second, name = tmp_path / "first", tmp_path / "second", tmp_path / "name"
    for path in (first, second):
        path.write_text(path.name)
        disk.name_once(path, name)
    assert name.read_text() == "first"
    monkeypatch.setattr(Path, "exists", lambda _: False)  # another process is quicker
    disk.name_once(second, name)
    assert name.read_text() == "first"
