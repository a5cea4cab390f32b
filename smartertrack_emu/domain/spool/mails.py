"""Putting mails into the outgoing spool, in the transaction of what they tell: one insert a mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.known import known
from smartertrack_emu.store.prepared import inserting

from .message_ids import host_of, new_key
from .models import MailKind, OutgoingAttachment, OutgoingMail
from .recipients import keys_of

_INSERT = inserting(OutgoingMail.__table__, returning_id=True)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to send; the address fields may hold several addresses, separated by commas."""

    to_address: str
    subject: str
    body: str
    is_html: bool = False
    from_address: str = ""
    from_name: str = ""
    cc_address: str = ""
    bcc_address: str = ""


class File(NamedTuple):
    """A file that a mail carries and no ticket has: its content is stored already. `length` in bytes."""

    name: str
    content_type: str
    sha256: str
    length: int


def spool(
    session: Session,
    mail: Mail,
    *,
    kind: MailKind,
    template: str = "",
    ticket_id: int | None = None,
    ticket_number: str = "",
    message_id: int | None = None,
    user_id: int | None = None,
    department_id: int | None = None,
    in_reply_to: str = "",
    files: Sequence[File] = (),
) -> int:
    """Put a mail into the spool, and return its id; it is sent once the transaction is committed, by smtp-delivery.

    `ticket_id` and `ticket_number` go together; `message_id`: the ticket's message whose attachments go along;
    `department_id`: through whose account it goes. One statement, and one more where there are `files`.
    """
    row = mail_row(
        session,
        mail,
        kind=kind,
        template=template,
        ticket_id=ticket_id,
        ticket_number=ticket_number,
        message_id=message_id,
        user_id=user_id,
        department_id=department_id,
        in_reply_to=in_reply_to,
    )
    inserted = _INSERT.one_or_none(session, row)
    assert inserted is not None  # noqa: S101 - an insert returns its id or fails
    mail_id = int(inserted.id)
    if files:
        session.execute(insert(OutgoingAttachment), [{"mail_id": mail_id, **file._asdict()} for file in files])
    return mail_id


def mail_row(
    session: Session, mail: Mail, *, kind: MailKind, department_id: int | None, **columns: Any
) -> dict[str, Any]:
    """Return the columns of a new mail."""
    hosts = known(session).mail_hosts
    now = clock.now()
    return {
        "kind": kind,
        "to_address": mail.to_address,
        "subject": mail.subject,
        "body": mail.body,
        "is_html": mail.is_html,
        "from_address": mail.from_address,
        "from_name": mail.from_name,
        "cc_address": mail.cc_address,
        "bcc_address": mail.bcc_address,
        "recipient_keys": keys_of(mail.to_address, mail.cc_address, mail.bcc_address),
        "department_id": department_id,
        "message_key": new_key(),
        "message_host": hosts.get(department_id) or host_of(mail.from_address or hosts.get(None, "")),
        "created_at": now,
        "next_attempt_at": now,
        **columns,
    }


def numbered(number: str, subject: str) -> str:
    """Return `[NUMBER] subject`, with the number once even where the subject has it already."""
    if number.casefold() in subject.replace(f"[{number}]", "").casefold():
        return subject
    return once(number, f"[{number}] {subject}")


def once(number: str, subject: str) -> str:
    """Return a subject in which `[NUMBER]` stands no more than once, where it stands first."""
    first, token, rest = subject.partition(f"[{number}]")
    if not number or token not in rest or not token:
        return subject
    return f"{first}{token} {' '.join(part.strip() for part in rest.split(token) if part.strip())}".rstrip()
