"""Putting mails into the outgoing spool, in the transaction of what they tell."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.store.prepared import inserting

from .models import MailKind, OutgoingMail

_INSERT = inserting(OutgoingMail.__table__)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to send; the address fields may hold several addresses."""

    to_address: str
    subject: str
    body: str
    is_html: bool = False
    from_address: str = ""
    from_name: str = ""
    cc_address: str = ""
    bcc_address: str = ""


def spool(
    session: Session,
    mail: Mail,
    *,
    kind: MailKind,
    ticket_id: int | None = None,
    message_id: int | None = None,
    user_id: int | None = None,
) -> None:
    """Put a mail into the spool; it is sent once the transaction is committed, by whoever empties the spool."""
    _INSERT.run(
        session,
        {
            "kind": kind,
            "to_address": mail.to_address,
            "subject": mail.subject,
            "body": mail.body,
            "is_html": mail.is_html,
            "from_address": mail.from_address,
            "from_name": mail.from_name,
            "cc_address": mail.cc_address,
            "bcc_address": mail.bcc_address,
            "ticket_id": ticket_id,
            "message_id": message_id,
            "user_id": user_id,
            "created_at": clock.now(),
        },
    )
