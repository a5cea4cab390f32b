"""Files and directories that are still there after a loss of power.

A file's content is synced by who writes it. Its name is an entry of its directory, which has to be synced as well; and
so is the directory's own name an entry of the one above it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from io import FileIO
from pathlib import Path

_NOT_SYNCED_HERE = {errno.EINVAL, errno.ENOTSUP}
"""What file systems answer that have no way to sync a directory, as some of networks."""


def make_directory(path: Path) -> None:
    """Make a directory, and those above it, where they are missing; OSError."""
    if path.is_dir():
        return
    try:
        path.mkdir(exist_ok=True)
    except FileNotFoundError:
        if path.parent == path:  # the working directory itself is gone
            raise
        make_directory(path.parent)
        path.mkdir(exist_ok=True)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Have the names in a directory outlast a loss of power; OSError. Windows does so by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_SYNCED_HERE:
            raise
    finally:
        os.close(descriptor)


def create(path: Path) -> FileIO:
    """Open a new file for its owner alone, unbuffered; FileExistsError, OSError."""
    return open(path, "xb", buffering=0, opener=_private)


def open_or_create(path: Path) -> FileIO:
    """Open a file to read and write at any position, unbuffered; one that is not there is made, as by `create`."""
    return open(path, "r+b", buffering=0, opener=lambda name, flags: _private(name, flags | os.O_CREAT))


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def write_synced(file: FileIO, pieces: Iterable[bytes]) -> None:
    """Write pieces where the file stands, and wait until they are on the disk; OSError."""
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            rest = rest[file.write(rest) :]
    os.fsync(file.fileno())
