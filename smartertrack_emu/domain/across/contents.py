"""Which contents on the disk the data name, and which bytes of mails are kept no longer.

Whoever keeps or removes files asks here, so that nothing is forgotten. Limits and their defaults are documented.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, false, null, select, true, union, union_all, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments.files import content_path
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.inbox.models import IncomingMail, IncomingState
from smartertrack_emu.domain.spool.models import MailState, OutgoingAttachment, OutgoingMail

NAMED_BY: Final = (Attachment.sha256, OutgoingMail.sha256, OutgoingAttachment.sha256, IncomingMail.sha256)
"""The columns that hold digests of contents."""

MOST_FOUND: Final = 10_000
"""How many mails `beyond` returns at the most."""


class Kept(NamedTuple):
    """A mail whose bytes are kept."""

    is_incoming: bool
    id: int


def digests_named(session: Session) -> set[str]:
    """Return the digests of all contents that the data name."""
    named = union(*(select(column).where(column.is_not(None)) for column in NAMED_BY))
    return {digest for digest in session.scalars(named) if digest}


def beyond(session: Session, *, root: Path, before: datetime, most_files: int, most_bytes: int) -> list[Kept]:
    """Return mails whose bytes are to go, at most `MOST_FOUND`, and none that waits or has failed.

    That is what came or was made before a moment (UTC), and what is left when the newest have used up the number of
    mails or of bytes. Those that wait or have failed count, too.
    """
    found: list[Kept] = []
    length = 0
    for number, row in enumerate(session.execute(_NEWEST_FIRST.execution_options(yield_per=1000)), 1):
        if length <= most_bytes:
            length += _length(root, row.sha256) if row.length is None else row.length
        is_beyond = row.at < before or number > most_files or length > most_bytes
        if is_beyond and row.may_go:
            found.append(Kept(bool(row.is_incoming), row.id))
            if len(found) >= MOST_FOUND:
                break
    return found


def forget(session: Session, mails: Sequence[Kept]) -> int:
    """Let mails have no bytes any more, unless one waits by now; return how many. The files go with the others."""
    forgotten = 0
    for model, may_go, is_incoming in (
        (IncomingMail, _INCOMING_MAY_GO, True),
        (OutgoingMail, _OUTGOING_MAY_GO, False),
    ):
        ids = [mail.id for mail in mails if mail.is_incoming is is_incoming]
        if ids:
            which = update(model).where(model.id.in_(ids), may_go, model.sha256.is_not(None))
            result: Any = session.execute(which.values(sha256=None), execution_options={"synchronize_session": False})
            forgotten += result.rowcount
    return forgotten


def _length(root: Path, sha256: str) -> int:
    try:
        return content_path(root, sha256).stat().st_size
    except FileNotFoundError:
        return 0


_INCOMING_MAY_GO: Final[ColumnElement[bool]] = IncomingMail.state.in_((IncomingState.IMPORTED, IncomingState.IGNORED))
_OUTGOING_MAY_GO: Final[ColumnElement[bool]] = OutgoingMail.state == MailState.SENT
_KEPT: Final = union_all(
    select(
        true().label("is_incoming"),
        IncomingMail.id.label("id"),
        IncomingMail.received_at.label("at"),
        IncomingMail.sha256.label("sha256"),
        IncomingMail.length.label("length"),
        _INCOMING_MAY_GO.label("may_go"),
    ).where(IncomingMail.sha256.is_not(None)),
    select(
        false(),
        OutgoingMail.id,
        OutgoingMail.created_at,
        OutgoingMail.sha256,
        null(),
        _OUTGOING_MAY_GO,
    ).where(OutgoingMail.sha256.is_not(None)),
).subquery()
_NEWEST_FIRST: Final = select(_KEPT).order_by(_KEPT.c.at.desc(), _KEPT.c.is_incoming, _KEPT.c.id.desc())
