"""Message-IDs: `<NUMBER.MAILID.RANDOM@DOMAIN>`, without a ticket `<mail.MAILID.RANDOM@DOMAIN>` (ours).

They are made of what stands in a mail's row from its first moment, so a mail has one before its id is known to anybody,
and a mail that comes back is found by its primary key.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import OutgoingMail

NO_HOST = "localhost"
"""The domain where none is known that could stand in a Message-ID."""

mails = OutgoingMail.__table__.c

_OURS = re.compile(r"<?([\w-]{1,40})\.(\d{1,18})\.([0-9a-f]{1,32})@([^\s<>@]{1,255})>?", re.ASCII)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?", re.IGNORECASE | re.ASCII)


class Known(NamedTuple):
    """A mail of ours that a Message-ID names."""

    mail_id: int
    ticket_id: int | None


def new_key() -> str:
    """Return the part that cannot be guessed: 64 bits."""
    return secrets.token_hex(8)


def host_of(address: str) -> str:
    """Return the domain of an address as a Message-ID can have it."""
    host = address.rpartition("@")[2].strip()
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return NO_HOST
    return host.lower() if _HOST.fullmatch(host) else NO_HOST


def message_id(mail_id: int, ticket_number: str, message_key: str, message_host: str) -> str:
    """Return the Message-ID of a mail, in angle brackets."""
    return f"<{ticket_number or 'mail'}.{mail_id}.{message_key}@{message_host or NO_HOST}>"


def message_id_of(row: Any) -> str:
    """Return the Message-ID of a mail's row."""
    return message_id(row.id, row.ticket_number, row.message_key, row.message_host)


def find(session: Session, ids: Sequence[str]) -> list[Known]:
    """Return the mails of the spool that Message-IDs name, in the order of those; others are left out."""
    asked = [(int(match[2]), match[3]) for text in ids if (match := _OURS.fullmatch(text.strip()))]
    if not asked:
        return []
    rows = session.execute(
        select(mails.id, mails.message_key, mails.ticket_id).where(mails.id.in_({mail_id for mail_id, _ in asked}))
    )
    there = {(row.id, row.message_key): Known(row.id, row.ticket_id) for row in rows}
    return [there[one] for one in asked if one in there]
