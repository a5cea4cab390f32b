"""Contents and unfinished parts of files: kept beside a snapshot, brought back, and thrown away when nobody needs them.

Nobody ever writes to a content again, so a snapshot shares it by a hard link, and copies it where the disk knows none.
Parts are written to, and are copied.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from smartertrack_emu.domain.attachments.files import content_path, parts_folder
from smartertrack_emu.store import disk

logger = logging.getLogger(__name__)

FILES, PARTS = "files", "parts"
"""The folders of a snapshot."""

_PIECE = 256 * 1024


def keep_contents(root: Path, snapshot: Path, digests: Iterable[str]) -> None:
    """Put contents of the folder of files `root` into a snapshot; one that the disk has lost is left out. OSError."""
    folders = set()
    for digest in digests:
        target = content_path(snapshot / FILES, digest)
        disk.make_directory(target.parent)
        folders.add(target.parent)
        try:
            _share(content_path(root, digest), target)
        except FileNotFoundError:
            logger.warning("a file's content is lost, and not in the snapshot: %s", digest)
    _sync(folders)


def keep_parts(root: Path, snapshot: Path, tokens: Iterable[str]) -> None:
    """Copy unfinished files into a snapshot while nobody writes; OSError."""
    for token in tokens:
        target = snapshot / PARTS / token
        disk.make_directory(target.parent)
        with suppress(FileNotFoundError):
            _copy(parts_folder(root) / token, target)


def bring_contents(root: Path, snapshot: Path) -> None:
    """Put a snapshot's contents where the server reads them; those that are there already stay. OSError."""
    folders = set()
    for source in (snapshot / FILES).glob("*/*"):
        target = content_path(root, source.name)
        disk.make_directory(target.parent)
        folders.add(target.parent)
        _share(source, target)
    _sync(folders)


def bring_parts(root: Path, snapshot: Path) -> list[str]:
    """Put a snapshot's unfinished files where the server writes them, while nobody writes; OSError.

    Returns the tokens of those whose beginning is another one now: to be replaced when the data that they belong to
    are in place. What stands beyond the snapshot's bytes is overwritten by whoever goes on with the file.
    """
    later = []
    folder = parts_folder(root)
    for source in sorted((snapshot / PARTS).glob("*")):
        target = folder / source.name
        if not target.exists():
            disk.make_directory(folder)
            _replace(source, target)
        elif not _begins_with(target, source):
            later.append(source.name)
    if folder.is_dir():
        disk.sync_directory(folder)
    return later


def replace_parts(root: Path, snapshot: Path, tokens: Iterable[str]) -> None:
    """Put unfinished files of a snapshot in the place of others; OSError."""
    for token in tokens:
        _replace(snapshot / PARTS / token, parts_folder(root) / token)


def throw_away(root: Path, digests: Collection[str], tokens: Collection[str]) -> None:
    """Remove all contents and unfinished files but these, while nobody writes.

    Who is reading one goes on reading it. What cannot be removed is named in the log.
    """
    for path in _contents(root):
        if path.name not in digests:
            _remove(path)
    for path in parts_folder(root).glob("*"):
        if path.name not in tokens:
            _remove(path)


def bytes_of(folder: Path) -> int:
    """Return how many bytes the files below a folder hold."""
    return sum(path.stat().st_size for path in files_of(folder))


def files_of(folder: Path) -> Iterator[Path]:
    """Give the files below a folder, in the order of their names."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def copy_file(source: Path, target: Path) -> None:
    """Copy a file to a new one of its owner's alone; FileExistsError, OSError."""
    with source.open("rb") as whole, disk.create(target) as file:
        shutil.copyfileobj(whole, file, _PIECE)


def _contents(root: Path) -> Iterator[Path]:
    for folder in root.glob("[0-9a-f][0-9a-f]"):
        yield from folder.iterdir()


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("a file that nobody needs stays: %s", error.strerror)


def _share(source: Path, target: Path) -> None:
    """Give a file a second name, or a copy; a target of the same length stays."""
    with suppress(FileNotFoundError):
        if target.stat().st_size == source.stat().st_size:
            return
    fresh = target.with_name(f".{secrets.token_hex(8)}")
    try:
        try:
            os.link(source, fresh)
        except FileNotFoundError:
            raise
        except (AttributeError, OSError):  # a system, or a file system, without links; another disk; too many links
            _copy(source, fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as whole, disk.create(target) as file:
        disk.write_synced(file, iter(lambda: whole.read(_PIECE), b""))


def _replace(source: Path, target: Path) -> None:
    fresh = target.with_name(f".{secrets.token_hex(8)}")
    try:
        _copy(source, fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _begins_with(path: Path, other: Path) -> bool:
    with path.open("rb") as longer, other.open("rb") as shorter:
        while piece := shorter.read(_PIECE):
            if longer.read(len(piece)) != piece:
                return False
    return True


def _sync(folders: Iterable[Path]) -> None:
    for folder in folders:
        disk.sync_directory(folder)
