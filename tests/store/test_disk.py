"""What is made on the disk outlasts a loss of power (ours)."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from smartertrack_emu.store import disk


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
