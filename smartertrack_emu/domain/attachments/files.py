"""Files: a row in the database and content on disk, which never disagree.

Content is addressed by its SHA-256, so equal files are stored once. It is on disk, synced, before the row that names it
is committed: a crash between the two leaves a file without a row, never a row without its file. Content is written into
a file of its own, which gets its address when all of it is there and which nobody writes to again.

Parts of a file go to another file, at the position the row knows: what a crash or a rolled-back call left beyond it is
overwritten. Content is copied from there, for a long file before the transaction, so that nobody waits for it.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import BinaryIO, Final, ParamSpec, TypeVar, TypeVarTuple
from urllib.parse import quote

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotPossible, NotStored
from smartertrack_emu.store import disk
from smartertrack_emu.store.unit_of_work import after_commit, after_rollback, beforehand

from .models import Attachment
from .names import file_name

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_PIECE = 256 * 1024
_LONG: Final = 2**20
"""Bytes; shorter content is stored within the transaction: that takes no longer than the disk takes to sync a file."""

_LONGEST_NAME = 100
_UNSAFE = re.compile(r"[^\w.\-]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(?:\.|\Z)", re.IGNORECASE)


def new_attachment(
    *,
    name: str,
    expected_length: int | None,
    sender_id: int | None,
    sender_name: str,
    file_at: datetime | None = None,
    ticket_id: int | None = None,
    message_id: int | None = None,
    chat_id: int | None = None,
    call_log_id: int | None = None,
    token: str = "",
) -> Attachment:
    """Return the row of a file of which nothing has arrived yet; the caller adds it to the session.

    Of `name` the last component counts, on whichever system the path was made; BadValue for one that is no file's name.
    `token`: one that was chosen before (`secrets.token_urlsafe(32)`).
    """
    name = file_name(name)
    token = token or secrets.token_urlsafe(32)
    return Attachment(
        name=name,
        name_on_disk=name_on_disk(token, name),
        token=token,
        expected_length=expected_length,
        received_length=0,
        parts_received=0,
        is_complete=False,
        sender_id=sender_id,
        sender_name=sender_name,
        file_at=file_at or clock.now(),
        created_at=clock.now(),
        ticket_id=ticket_id,
        message_id=message_id,
        chat_id=chat_id,
        call_log_id=call_log_id,
    )


def name_on_disk(token: str, name: str) -> str:
    """Return what a file is called in its download address: a name that is safe and tells it from others like it."""
    return f"{token[:8]}_{safe_name(name)}"


def download_path(token: str, name: str) -> str:
    """Return the path of a file's download address."""
    return f"/Download/{token}/{quote(name_on_disk(token, name), safe='')}"


def safe_name(name: str) -> str:
    """Return a name that is safe on any disk: no folders, no control characters, no device names, not too long."""
    base = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip("._ ") or "file"
    stem, dot, suffix = base.rpartition(".")
    if len(base) > _LONGEST_NAME:
        base = f"{stem[: _LONGEST_NAME - 20]}.{suffix[:19]}" if dot else base[:_LONGEST_NAME]
    return f"_{base}" if _RESERVED.match(base) else base


def append(session: Session, root: Path, attachment: Attachment, data: bytes, *, last: bool = False) -> None:
    """Add bytes to a file; it is complete when its expected length is reached, or with the part said to be the last.

    NotPossible for a complete file; BadValue for data beyond the expected length; NotStored.
    """
    write(session, root, attachment, attachment.received_length, data, last=last)


def write(
    session: Session, root: Path, attachment: Attachment, position: int, data: bytes, *, last: bool = False
) -> None:
    """Write bytes at a position up to the present end; with the last part the file is complete. Else as `append`.

    No part shortens what is there. What a part overwrites stays overwritten should the transaction be rolled back:
    whoever sent it sends it again.
    """
    if attachment.is_complete:
        raise NotPossible(f"Attachment {attachment.id} is complete.")
    received, expected = attachment.received_length, attachment.expected_length
    end = position + len(data)
    if not 0 <= position <= received:
        raise BadValue("position", f'{position} is not within the {received} bytes that file "{attachment.name}" has.')
    if expected is not None and end > expected:
        raise BadValue("data", f': file "{attachment.name}" is to have {expected} bytes, these would make it {end}.')
    length = max(end, received)
    complete = last or length == expected
    if complete:
        attachment.sha256 = _store(session, root, attachment, position, data)
        attachment.expected_length = length
    else:
        if not inspect(attachment).has_identity:  # without its row nobody would ever find them
            path = part_path(root, attachment)
            after_rollback(session, lambda: path.unlink(missing_ok=True))
        write_part(root, attachment, position, data)
    attachment.received_length = length
    attachment.parts_received += 1
    attachment.is_complete = complete


def keep(root: Path, data: bytes) -> str:
    """Store content, outside a transaction, and return its digest; the row that names it comes after. NotStored."""
    return _store_whole(root, data)


def complete(root: Path, attachment: Attachment, sha256: str, data: bytes) -> None:
    """Let a file of which nothing has arrived be complete, with content that was kept before; NotStored."""
    if not content_path(root, sha256).exists():  # nothing named it since: it may have been taken for unneeded
        _store_whole(root, data)
    attachment.sha256, attachment.expected_length = sha256, len(data)
    attachment.received_length, attachment.parts_received, attachment.is_complete = len(data), 1, True


def part_path(root: Path, attachment: Attachment) -> Path:
    """Where the parts of an incomplete file are."""
    return parts_folder(root) / attachment.token


def parts_folder(root: Path) -> Path:
    """Where the parts of all incomplete files are, each under its file's token."""
    return root / "parts"


def content_path(root: Path, sha256: str) -> Path:
    """Where content of this digest is."""
    return root / sha256[:2] / sha256


def _refusing(work: Callable[P, T]) -> Callable[P, T]:
    """Turn what the disk refuses into one sentence for the caller and one line in the log, neither with a path."""

    @wraps(work)
    def run(*arguments: P.args, **keywords: P.kwargs) -> T:
        try:
            return work(*arguments, **keywords)
        except OSError as error:
            reason = error.errno or 0
            logger.warning("a file could not be stored: %s", error.strerror or type(error).__name__)
        # Raised out here, it does not keep the first error, whose frames hold the file.
        raise NotStored(_SENTENCES.get(reason, _NOT_STORED))

    return run


_NO_SPACE = "There is no space left for files. Nothing was changed."
_READ_ONLY = "The disk for files is read-only at the moment. Nothing was changed."
_NOT_STORED = "The file could not be stored. Nothing was changed; the error has been logged."

REFUSALS: Final = {
    _NO_SPACE: "The disk for files is full, or the server's user may not use more of it.",
    _READ_ONLY: "The disk for files takes no changes.",
    _NOT_STORED: "The disk for files failed in another way.",
}
"""What a caller is told when a file cannot be stored, and when."""

_SENTENCES = {errno.ENOSPC: _NO_SPACE, errno.EDQUOT: _NO_SPACE, errno.EFBIG: _NO_SPACE, errno.EROFS: _READ_ONLY}


@_refusing
def write_part(root: Path, attachment: Attachment, position: int, data: bytes) -> None:
    """Write bytes of an incomplete file at a position, synced.

    NotPossible where what had arrived before is not on the disk; NotStored, and then the file is as long as it was.
    """
    path = part_path(root, attachment)
    disk.make_directory(path.parent)
    is_new = _make_own(root, path)
    with disk.open_or_create(path) as file:
        length = file.seek(0, os.SEEK_END)
        if length < position:
            raise _lost(attachment)
        file.seek(position)
        try:
            disk.write_synced(file, [data])
        except OSError:
            with suppress(OSError):
                file.truncate(length)
            raise
    if is_new:
        disk.sync_directory(path.parent)


def _make_own(root: Path, path: Path) -> bool:
    """See to it that nothing else shares what is written to a path; True where there is no file yet.

    Version 0.1 linked parts to content, and after a rollback they were still linked.
    """
    try:
        links = path.stat().st_nlink
    except FileNotFoundError:
        return True
    if links > 1:
        with _fresh_file(root) as fresh:
            with path.open("rb") as shared, disk.create(fresh) as file:
                disk.write_synced(file, _pieces(shared, path.stat().st_size))
            fresh.replace(path)
    return False


def _lost(attachment: Attachment) -> NotPossible:
    return NotPossible(f'What had arrived of file "{attachment.name}" is lost: send it again, as a new file.')


def _store(session: Session, root: Path, attachment: Attachment, position: int, data: bytes) -> str:
    """Store the content of a file that these bytes make complete, and return its digest."""
    received, parts, path = attachment.received_length, attachment.parts_received, part_path(root, attachment)
    if received or parts:  # parts that were empty have made a file, too
        after_commit(session, lambda: path.unlink(missing_ok=True))
    if not received:
        return _in_time(session, root, len(data), _store_whole, root, data)
    length = max(position + len(data), received)
    # The number of parts says whether others have come between the copying and the transaction that relies on it.
    digest = _in_time(session, root, length, _store_parts, root, path, received, parts, position, data)
    if digest is None:
        raise _lost(attachment)
    return digest


def _in_time(session: Session, root: Path, length: int, store: Callable[[*Ts], T], *arguments: *Ts) -> T:
    """Store content within the transaction or, what takes long, before it."""
    if length < _LONG:
        return store(*arguments)
    digest = beforehand(session, store, *arguments)
    # Between the two nothing names the content: it may have been taken for what nobody needs any more.
    is_there = digest is None or content_path(root, str(digest)).exists()
    return digest if is_there else store(*arguments)


@_refusing
def _store_whole(root: Path, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    target = content_path(root, digest)
    if _is_sound(target, digest, len(data)):
        disk.sync_directory(target.parent)
        return digest
    with _fresh_file(root) as fresh:
        with disk.create(fresh) as file:
            disk.write_synced(file, [data])
        _give_address(root, fresh, digest, len(data))
    return digest


@_refusing
def store_soon(root: Path, data: bytes) -> str:
    """Store content that can be made again, and return its digest; NotStored. It does not wait for the disk.

    After a loss of power it may be missing or not be whole: `read_sound` tells.
    """
    digest = hashlib.sha256(data).hexdigest()
    target = content_path(root, digest)
    if not _is_sound(target, digest, len(data)):
        with _fresh_file(root) as fresh:
            with disk.create(fresh) as file:
                rest = memoryview(data)
                while rest:
                    rest = rest[file.write(rest) :]
            disk.make_directory(target.parent)
            fresh.replace(target)
    return digest


def store(root: Path, data: bytes) -> str:
    """Store content, and return its digest; NotStored. It is there after a loss of power, too."""
    return _store_whole(root, data)


def read_sound(root: Path, sha256: str) -> bytes | None:
    """Return content; None where the disk does not have it as its address says."""
    try:
        data = content_path(root, sha256).read_bytes()
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


@_refusing
def _store_parts(root: Path, path: Path, received: int, parts: int, position: int, data: bytes) -> str | None:
    """Store what has arrived, with the last bytes at their position; None where not all of that is on the disk."""
    del parts
    sha256, length = hashlib.sha256(), 0

    def pieces(arrived: BinaryIO) -> Iterator[bytes]:
        yield from _pieces(arrived, position)
        yield data
        arrived.seek(position + len(data))
        yield from _pieces(arrived, received - arrived.tell())

    def hashed(arrived: BinaryIO) -> Iterator[bytes]:
        nonlocal length
        for piece in pieces(arrived):
            sha256.update(piece)
            length += len(piece)
            yield piece

    try:
        arrived = path.open("rb")
    except FileNotFoundError:
        return None
    with arrived, _fresh_file(root) as fresh:
        if os.fstat(arrived.fileno()).st_size < received:
            return None
        with disk.create(fresh) as file:
            disk.write_synced(file, hashed(arrived))
        _give_address(root, fresh, sha256.hexdigest(), length)
    return sha256.hexdigest()


@contextmanager
def _fresh_file(root: Path) -> Iterator[Path]:
    """Give the path of a file to be made, which is gone at the end unless it has got another name."""
    folder = root / "new"
    disk.make_directory(folder)
    path = folder / secrets.token_hex(16)
    try:
        yield path
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _give_address(root: Path, fresh: Path, digest: str, length: int) -> None:
    """Move a file to where content of its digest is, unless it is there already."""
    target = content_path(root, digest)
    disk.make_directory(target.parent)
    if not _is_sound(target, digest, length):
        try:
            fresh.replace(target)
        except PermissionError:
            # Windows replaces no file that somebody reads: they read what another call has just stored.
            if not _is_sound(target, digest, length):
                raise
    disk.sync_directory(target.parent)


def _is_sound(path: Path, digest: str, length: int) -> bool:
    """Say whether a file is there and holds what its address says; if so it is as young as one just written.

    A row that is to name it is not committed yet, and what is young is not removed (`removing`).
    """
    try:
        with path.open("rb") as file:
            is_as_long = os.fstat(file.fileno()).st_size == length
            is_sound = is_as_long and hashlib.file_digest(file, "sha256").hexdigest() == digest
        if is_sound:
            _touch(path)
    except FileNotFoundError:
        return False
    return is_sound


def _touch(path: Path) -> None:
    """Give a file the present date; FileNotFoundError. Where the disk does not let us, nobody removes files either."""
    try:
        os.utime(path)
    except FileNotFoundError:
        raise
    except OSError:
        return


def _pieces(file: BinaryIO, length: int) -> Iterator[bytes]:
    """Read so many bytes, where there are so many, from where a file stands."""
    while length > 0 and (piece := file.read(min(_PIECE, length))):
        length -= len(piece)
        yield piece


def open_content(root: Path, attachment: Attachment) -> BinaryIO:
    """Open a complete file's content; FileNotFoundError where the disk has lost it."""
    if attachment.sha256 is None:
        raise FileNotFoundError(attachment.name_on_disk)
    return content_path(root, attachment.sha256).open("rb")
