"""Which contents on the disk the data name: whoever keeps or removes files asks here, so that nothing is forgotten."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.inbox.models import IncomingMail
from smartertrack_emu.domain.spool.models import OutgoingAttachment, OutgoingMail

NAMED_BY: Final = (Attachment.sha256, OutgoingMail.sha256, OutgoingAttachment.sha256, IncomingMail.sha256)
"""The columns that hold digests of contents."""


def digests_named(session: Session) -> set[str]:
    """Return the digests of all contents that the data name."""
    named = union(*(select(column).where(column.is_not(None)) for column in NAMED_BY))
    return {digest for digest in session.scalars(named) if digest}
