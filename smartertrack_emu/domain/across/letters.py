"""What stands in a mail: everything that its bytes are made of, read from the rows (ours, by RFC 3834 and 5322)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.spool.message_ids import host_of, message_id_of
from smartertrack_emu.domain.spool.models import MailKind, OutgoingAttachment, OutgoingMail
from smartertrack_emu.domain.spool.recipients import each_once, listed
from smartertrack_emu.domain.structure.installation import guid
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.domain.tickets.models import Direction, TicketMessage

from .delivery import Account, account_of

messages, attachments, own = TicketMessage.__table__.c, Attachment.__table__.c, OutgoingAttachment.__table__.c

MOST_REFERENCES = 20


class Enclosed(NamedTuple):
    """A file of a mail. `content_type` empty: by its name. `length` in bytes."""

    name: str
    content_type: str
    sha256: str
    length: int


class Letter(NamedTuple):
    """A mail as it is to be written.

    `recipients`: each address once, with those of Bcc, which stand in no header. `envelope_sender`: empty for mails
    that the helpdesk writes by itself. `auto_submitted`: RFC 3834's word, empty for what people write.
    """

    mail_id: int
    message_id: str
    date: datetime
    from_address: str
    from_name: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    recipients: tuple[str, ...]
    envelope_sender: str
    subject: str
    body: str
    is_html: bool
    in_reply_to: str
    references: tuple[str, ...]
    auto_submitted: str
    kind: str
    installation: str
    ticket_number: str
    enclosed: tuple[Enclosed, ...]

    @property
    def sender(self) -> str:
        """Who it is from, as people read it."""
        return shown(self.from_address, self.from_name)


def shown(address: str, name: str) -> str:
    """Return an address with the name before it, as people read it."""
    return f"{name} <{address}>" if name else address


def account_for(session: Session, mail: OutgoingMail, accounts: Sequence[Account]) -> Account | None:
    """Return the account that a mail goes through as things are now."""
    department = None if mail.department_id is None else session.get(Department, mail.department_id)
    return account_of(accounts, mail.department_id, None if department is None else department.brand_id)


def letter(session: Session, mail: OutgoingMail, account: Account | None) -> Letter:
    """Return what a mail is made of as it is now; attachments of which not all has arrived are not in it."""
    from_address, from_name = from_of(session, mail, account)
    in_reply_to, references = _thread(session, mail)
    return Letter(
        mail_id=mail.id,
        message_id=message_id_of(mail),
        date=mail.created_at,
        from_address=from_address,
        from_name=from_name,
        to=tuple(listed(mail.to_address)),
        cc=tuple(listed(mail.cc_address)),
        recipients=tuple(each_once(mail.to_address, mail.cc_address, mail.bcc_address)),
        envelope_sender=from_address if mail.kind is MailKind.MESSAGE else "",
        subject=mail.subject,
        body=mail.body,
        is_html=mail.is_html,
        in_reply_to=in_reply_to,
        references=references,
        auto_submitted=_auto_submitted(mail),
        kind=mail.kind.value,
        installation=guid(session),
        ticket_number=mail.ticket_number,
        enclosed=tuple(enclosed(session, mail)),
    )


def from_of(session: Session, mail: OutgoingMail, account: Account | None) -> tuple[str, str]:
    """Return the address and the name that a mail comes from."""
    of_department = account is not None and account.department_id is not None
    name = mail.from_name
    if account is not None and account.display_name and (mail.kind is not MailKind.MESSAGE or not name):
        name = account.display_name
    if account is not None and of_department and account.address:
        return account.address, name
    department = None if mail.department_id is None else session.get(Department, mail.department_id)
    email = "" if department is None else department.email
    address = email or mail.from_address or (account.address if account is not None else "")
    return address or f"noreply@{_own_host(session, mail)}", name


def _own_host(session: Session, mail: OutgoingMail) -> str:
    host = known(session).base_url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    return host_of(host) if host else mail.message_host or "localhost"


def _thread(session: Session, mail: OutgoingMail) -> tuple[str, tuple[str, ...]]:
    """Return the Message-ID that a mail answers, and those of the thread that it stands in."""
    if mail.in_reply_to:
        return mail.in_reply_to, (mail.in_reply_to,)
    if mail.ticket_id is None:
        return "", ()
    query = select(messages.internet_id, messages.direction).where(
        messages.ticket_id == mail.ticket_id, messages.internet_id.is_not(None)
    )
    if mail.message_id is not None:
        query = query.where(messages.id < mail.message_id)
    newest_first = (messages.sent_at.desc(), messages.id.desc())
    rows = session.execute(query.order_by(*newest_first).limit(MOST_REFERENCES)).all()
    if not rows:
        return "", ()
    thread = [row.internet_id for row in reversed(rows)]
    if len(rows) == MOST_REFERENCES:
        first = session.execute(query.order_by(messages.sent_at, messages.id).limit(1)).one()
        thread = [first.internet_id, *thread[1:]]
    asked = session.scalar(
        query.with_only_columns(messages.internet_id)
        .where(messages.direction == Direction.FROM_CUSTOMER)
        .order_by(*newest_first)
        .limit(1)
    )
    return asked or "", tuple(dict.fromkeys(thread))


def _auto_submitted(mail: OutgoingMail) -> str:
    if mail.kind is MailKind.MESSAGE:
        return ""
    return "auto-replied" if mail.is_answer else "auto-generated"


def enclosed(session: Session, mail: OutgoingMail) -> Sequence[Enclosed]:
    """Return the files of a mail that are whole, in their order."""
    found = [
        Enclosed(*row)
        for row in session.execute(
            select(own.name, own.content_type, own.sha256, own.length).where(own.mail_id == mail.id).order_by(own.id)
        )
    ]
    if mail.message_id is not None:
        rows = session.execute(
            select(attachments.name, attachments.sha256, attachments.received_length)
            .where(attachments.message_id == mail.message_id, attachments.is_complete)
            .order_by(attachments.id)
        )
        found += [Enclosed(name, "", sha256, length) for name, sha256, length in rows]
    return found
