"""What the program writes is its own: files 0600, directories 0700.

The umask sees to everything new. What an earlier version or a copied backup left open is closed at the start: the
database with its `-wal` and `-shm`, the key, the logs, the attachments and the snapshots. A directory that was closed
already is not searched again, so that a start costs the same however many attachments there are.

On Windows files have no such modes: whoever may read the directory may read what is written there.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from smartertrack_emu.config import Settings

logger = logging.getLogger(__name__)

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_FILES_HAVE_OWNERS = hasattr(os, "geteuid")
_DATABASE = ("", "-wal", "-shm", "-journal")
_BESIDE = "-emulator"
"""What stands beside the data: see `store/beside.py`."""


def keep_private(settings: Settings) -> None:
    """Let this process make private files only, and close what stands open of its data.

    Only what belongs to this user is changed. The data directory itself is left alone where it holds something else
    too, or where everybody may write to it, as in /tmp. What cannot be closed is named in the log.
    """
    if not _FILES_HAVE_OWNERS:
        return
    os.umask(_OTHERS)
    ours = {*_database_files(settings), settings.key, settings.attachments, settings.snapshots, settings.logs}
    for path in ours:
        _close(path)
    if settings.data.is_dir() and set(settings.data.iterdir()) <= ours:
        _close_one(settings.data)


def _database_files(settings: Settings) -> Iterator[Path]:
    kind, _, name = settings.url.partition("?")[0].partition(":///")
    if kind.startswith("sqlite") and name:
        database = Path(name)
        beside = database.with_name(f"{database.stem}{_BESIDE}.db")
        for suffix in _DATABASE:
            yield Path(f"{database}{suffix}")
            yield Path(f"{beside}{suffix}")


def _close(path: Path) -> None:
    """Close a file, or a directory with all below it; the directory comes first and then says that it is done."""
    if not _close_one(path) or not path.is_dir():
        return
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            _close_one(Path(folder, name))


def _close_one(path: Path) -> bool:
    """Take from others what they may do with a file or directory of ours; False where there was nothing to take."""
    try:
        found = path.lstat()
    except OSError:
        return False
    is_ours = found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX
    if not found.st_mode & _OTHERS or not is_ours or stat.S_ISLNK(found.st_mode):
        return False
    try:
        path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
    except OSError as error:
        logger.warning("%s stays open to other users: %s", path, error.strerror)
        return False
    return True
