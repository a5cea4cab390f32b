"""Files and directories that are still there after a loss of power, on any system.

A file's content is synced by who writes it. Its name is an entry of its directory, which has to be synced as well; and
so is the directory's own name an entry of the one above it.

What systems do differently with files stands here and, where it is about who may read them, in `private_files`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

_OPENS_DIRECTORIES = hasattr(os, "O_DIRECTORY")
"""Windows does not: it keeps the names in a directory by itself, and locks files only."""

_AS_BYTES: int = getattr(os, "O_BINARY", 0)
"""Has Windows write bytes as they are; without it each line feed would get a carriage return."""

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
    """Have the names in a directory outlast a loss of power; OSError."""
    if not _OPENS_DIRECTORIES:
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_SYNCED_HERE:
            raise
    finally:
        os.close(descriptor)


@contextmanager
def lock_directory(path: Path) -> Iterator[None]:
    """Hold a directory's lock, which processes of this server heed; BlockingIOError where another holds it.

    A system without such locks has no fork either, so one process serves there and needs none.
    """
    if not _OPENS_DIRECTORIES:
        yield
        return
    import fcntl  # noqa: PLC0415 - Windows has none

    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def name_once(whole: Path, path: Path) -> None:
    """Give a file the name it shall have, unless another file has it; OSError. It may keep its first name, too."""
    try:
        os.link(whole, path)
    except FileExistsError:
        pass
    except (AttributeError, OSError):  # a system, or a file system, without links
        if not path.exists():
            with suppress(FileExistsError):  # Windows replaces none by this
                whole.rename(path)


def create(path: Path) -> FileIO:
    """Open a new file for its owner alone, unbuffered; FileExistsError, OSError."""
    return open(path, "xb", buffering=0, opener=_private)


def open_or_create(path: Path) -> FileIO:
    """Open a file to read and write at any position, unbuffered; one that is not there is made, as by `create`."""
    return open(path, "r+b", buffering=0, opener=lambda name, flags: _private(name, flags | os.O_CREAT))


def open_to_append(path: Path) -> int:
    """Return a descriptor that bytes are appended by, as they are; a file that is not there is made for its owner."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _AS_BYTES, 0o600)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def write_synced(file: FileIO, pieces: Iterable[bytes]) -> None:
    """Write pieces where the file stands, and wait until they are on the disk; OSError."""
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            rest = rest[file.write(rest) :]
    os.fsync(file.fileno())
