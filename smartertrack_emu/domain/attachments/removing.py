"""Removing files for good: rows, what had arrived of them, and contents that nothing names any more.

Content is shared: every column that is called `sha256` names some (but for `_REMEMBERING`). It may be named by a row
that is not committed yet,
so content that was written or found again within a day stays, whatever the rows say. Whoever finds it again makes it
young (`files`); a file is first put aside, looked at again, and removed only if it is still old, so between the two
nobody's is lost. Days of files are the machine's, those of rows the helpdesk's.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.store.base import Base
from smartertrack_emu.store.unit_of_work import after_commit

from .files import content_path, part_path, parts_folder
from .models import Attachment

YOUNG_SECONDS: Final = 86_400.0
"""How old a file has to be before anybody takes it for forgotten."""

_UNFINISHED: Final = timedelta(days=1)
_ASIDE: Final = ".aside"
_DIGEST: Final = 64
_REMEMBERING: Final = frozenset({"fetched_mails"})
"""Tables whose column of that name says only what was seen once."""


def remove(session: Session, root: Path, which: ColumnElement[bool]) -> int:
    """Remove the attachments of a condition; their files follow when the transaction is committed. Return how many."""
    found = list(session.scalars(select(Attachment).where(which)))
    if not found:
        return 0
    session.execute(delete(Attachment).where(which))
    digests = {one.sha256 for one in found if one.sha256 is not None}
    free = digests - named(session, digests)
    paths = [part_path(root, one) for one in found if not one.is_complete]
    after_commit(session, partial(_remove_files, root, free, paths))
    return len(found)


def named(session: Session, digests: Collection[str]) -> set[str]:
    """Return those of some digests that rows name."""
    found: set[str] = set()
    for column in _naming():
        found.update(session.scalars(select(column).where(column.in_(sorted(digests))).distinct()))
    return found


@cache
def _naming() -> tuple[Any, ...]:
    tables = Base.metadata.sorted_tables
    named_there = (column for table in tables for column in table.c if column.name == "sha256")
    return tuple(column for column in named_there if column.table.name not in _REMEMBERING)


def unfinished(session: Session, but: Collection[int], *, limit: int) -> Sequence[int]:
    """Return the ids of attachments that began to arrive more than a day ago and are not whole, but for those given."""
    began = select(Attachment.id).where(~Attachment.is_complete, Attachment.created_at < clock.now() - _UNFINISHED)
    return session.scalars(began.where(Attachment.id.not_in(but)).order_by(Attachment.created_at).limit(limit)).all()


def remove_unfinished(session: Session, attachment_id: int, *, root: Path) -> bool:
    """Remove an attachment that never was whole; False where it is by now."""
    return bool(remove(session, root, (Attachment.id == attachment_id) & ~Attachment.is_complete))


def tokens_there(session: Session, tokens: Collection[str]) -> set[str]:
    """Return those of some tokens that attachments have."""
    return set(session.scalars(select(Attachment.token).where(Attachment.token.in_(sorted(tokens)))))


def old_contents(root: Path, folder: str) -> list[str]:
    """Return the digests of the contents in one of the 256 folders that are old enough to be forgotten."""
    return [path.name for path in _old_files(root / folder) if len(path.name) == _DIGEST]


def old_parts(root: Path) -> list[str]:
    """Return the tokens of parts that nothing was added to for a day."""
    return [path.name for path in _old_files(parts_folder(root))]


def put_aside(root: Path, folder: str) -> list[str]:
    """Return the digests of the contents in one of the 256 folders that a killed process had put aside."""
    try:
        return [path.name.removesuffix(_ASIDE) for path in (root / folder).iterdir() if path.name.endswith(_ASIDE)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def put_back(root: Path, digest: str) -> None:
    """Put content back that was put aside, unless it is there."""
    path = content_path(root, digest)
    aside = path.with_name(f"{digest}{_ASIDE}")
    if path.exists():
        aside.unlink(missing_ok=True)
    elif aside.exists():
        aside.replace(path)


def remove_content(root: Path, digest: str) -> bool:
    """Remove content that no row names, unless it is young; say whether it was removed."""
    path = content_path(root, digest)
    aside = path.with_name(f"{digest}{_ASIDE}")
    try:
        if _is_young(path):
            return False
        path.replace(aside)
    except FileNotFoundError:
        return False
    if _is_young(aside) and not path.exists():
        aside.replace(path)  # somebody has found it a moment ago
        return False
    aside.unlink(missing_ok=True)
    return True


def remove_parts(root: Path, token: str) -> None:
    """Remove what had arrived of a file that no row knows."""
    (parts_folder(root) / token).unlink(missing_ok=True)


def remove_leftovers(root: Path) -> int:
    """Remove old files that were being written when a process was killed, and return how many."""
    gone = 0
    for path in _old_files(root / "new"):
        path.unlink(missing_ok=True)
        gone += 1
    return gone


def _remove_files(root: Path, digests: Collection[str], parts: Collection[Path]) -> None:
    for path in parts:
        path.unlink(missing_ok=True)
    for digest in digests:
        remove_content(root, digest)


def _old_files(folder: Path) -> Iterator[Path]:
    try:
        entries = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with entries:
        for entry in entries:
            try:
                if entry.is_file(follow_symlinks=False) and time.time() - entry.stat().st_mtime > YOUNG_SECONDS:
                    yield Path(entry.path)
            except FileNotFoundError:
                continue


def _is_young(path: Path) -> bool:
    return time.time() - path.stat().st_mtime <= YOUNG_SECONDS
