"""Files: a row in the database and content on disk, which never disagree.

Content is addressed by its SHA-256, so equal files are stored once. It is on disk, synced, before the row that names it
is committed: a crash between the two leaves a file without a row, never a row without its file. Parts of a file go to a
file of their own, at the position the row knows: what a crash or a rolled-back call left beyond it is overwritten.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.store.unit_of_work import after_commit

from .models import Attachment

_LONGEST_NAME = 100
_UNSAFE = re.compile(r"[^\w.\-]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)


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
) -> Attachment:
    """Return the row of a file of which nothing has arrived yet; the caller adds it to the session."""
    token = secrets.token_urlsafe(32)
    return Attachment(
        name=name,
        name_on_disk=f"{token[:8]}_{safe_name(name)}",
        token=token,
        expected_length=expected_length,
        received_length=0,
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


def safe_name(name: str) -> str:
    """Return a name that is safe on any disk: no folders, no control characters, no device names, not too long."""
    base = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip("._ ") or "file"
    stem, dot, suffix = base.rpartition(".")
    if len(base) > _LONGEST_NAME:
        base = f"{stem[: _LONGEST_NAME - 20]}.{suffix[:19]}" if dot else base[:_LONGEST_NAME]
    return f"_{base}" if _RESERVED.match(base) else base


def append(session: Session, root: Path, attachment: Attachment, data: bytes, *, last: bool = False) -> None:
    """Add bytes to a file; it is complete when its expected length is reached, or with the part said to be the last.

    NotPossible for a complete file; BadValue for data beyond the expected length.
    """
    write(session, root, attachment, attachment.received_length, data, last=last)


def write(
    session: Session, root: Path, attachment: Attachment, position: int, data: bytes, *, last: bool = False
) -> None:
    """Write bytes at a position up to the present end; the last part is the file's end. Else as `append`.

    What is overwritten stays so should the transaction be rolled back: whoever sent it sends it again.
    """
    if attachment.is_complete:
        raise NotPossible(f"Attachment {attachment.id} is complete.")
    received, expected = attachment.received_length, attachment.expected_length
    end = position + len(data)
    if not 0 <= position <= received:
        raise BadValue(f'position {position} is not within the {received} bytes that file "{attachment.name}" has.')
    if expected is not None and end > expected:
        raise BadValue(f'data: file "{attachment.name}" is to have {expected} bytes, these would make it {end}.')
    length = end if last else max(end, received)
    complete = last or length == expected
    if complete and received == 0:
        attachment.sha256 = _store_whole(root, data)
    else:
        write_part(root, attachment, position, data)
        if complete:
            attachment.sha256 = _store_part(session, root, attachment, length)
    attachment.received_length = length
    attachment.is_complete = complete
    if complete:
        attachment.expected_length = length


def write_part(root: Path, attachment: Attachment, position: int, data: bytes) -> None:
    """Write bytes of an incomplete file at a position, synced."""
    path = part_path(root, attachment)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        written = 0
        while written < len(data):
            written += os.pwrite(descriptor, data[written:], position + written)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def part_path(root: Path, attachment: Attachment) -> Path:
    """Where the parts of an incomplete file are."""
    return root / "parts" / attachment.token


def content_path(root: Path, sha256: str) -> Path:
    """Where content of this digest is."""
    return root / sha256[:2] / sha256


def _store_whole(root: Path, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    target = content_path(root, digest)
    if target.exists():
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{digest}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)
    return digest


def _store_part(session: Session, root: Path, attachment: Attachment, length: int) -> str:
    """Give a whole part file its content address. The part itself goes when the row is committed."""
    path = part_path(root, attachment)
    with path.open("r+b") as file:
        file.truncate(length)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    target = content_path(root, digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        # A link, not a move: were the transaction rolled back, the row would still need its parts.
        os.link(path, target)
        _sync_directory(target.parent)
    after_commit(session, lambda: path.unlink(missing_ok=True))
    return digest


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def find_for_download(session: Session, token: str) -> Attachment:
    """Return the complete file of a download address; NotFound also where its ticket or chat has been deleted."""
    found = session.scalars(
        select(Attachment)
        .outerjoin(Ticket, Ticket.id == Attachment.ticket_id)
        .outerjoin(Chat, Chat.id == Attachment.chat_id)
        .where(
            Attachment.token == token,
            Attachment.is_complete,
            Attachment.call_log_id.is_(None),
            Ticket.is_deleted.is_not(True),
            Chat.is_deleted.is_not(True),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such file.")
    return found


def open_content(root: Path, attachment: Attachment) -> BinaryIO:
    """Open a complete file's content; FileNotFoundError where the disk has lost it."""
    if attachment.sha256 is None:
        raise FileNotFoundError(attachment.name_on_disk)
    return content_path(root, attachment.sha256).open("rb")
