"""What stands in a mail: everything that its bytes are made of, read from the rows (ours, by RFC 3834 and 5322)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments.models import Attachment
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.spool.message_ids import host_of, message_id_of
from smartertrack_emu.domain.spool.models import MailKind, OutgoingAttachment, OutgoingMail
from smartertrack_emu.domain.spool.recipients import each_once, listed
from smartertrack_emu.domain.structure.installation import guid
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.domain.tickets.models import Direction, TicketMessage
from smartertrack_emu.store.prepared import Prepared

from .delivery import Account, account_of

messages, attachments, own = TicketMessage.__table__.c, Attachment.__table__.c, OutgoingAttachment.__table__.c

MOST_REFERENCES: Final = 20
"""How many Message-IDs of a thread a mail names: the first, and the last ones."""

WAITS_FOR_FILES: Final = timedelta(minutes=5)
"""For how long a mail waits for attachments of which not all has arrived."""


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


class House(NamedTuple):
    """What all mails have in common: the installation's GUID, the departments' addresses, the server's own host."""

    guid: str
    addresses: Mapping[int, str]
    host: str


def house(session: Session) -> House:
    """Return what all mails have in common, as it is now."""
    rows = session.execute(select(Department.id, Department.email))
    host = known(session).base_url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    return House(guid(session), {id_: email for id_, email in rows}, host_of(host))  # noqa: C416 - rows are no pairs to mypy


def row_of(session: Session, mail_id: int) -> Any | None:
    """Return a mail's columns, None where there is none."""
    return _MAIL.one_or_none(session, {"mail_id": mail_id})


def letter(session: Session, mail: Any, account: Account | None, house: House) -> Letter | None:
    """Return what a mail, its row or its columns, is made of as it is now; None where it waits for its files."""
    files, are_whole = _files(session, mail)
    if not are_whole and not mail.attempts and clock.now() < mail.created_at + WAITS_FOR_FILES:
        return None
    return _written(session, mail, account, house, files)


def preview(session: Session, mail: Any, account: Account | None, house: House) -> Letter:
    """Return what a mail would be made of if it went out now, without files of which not all has arrived."""
    return _written(session, mail, account, house, _files(session, mail)[0])


def _written(session: Session, mail: Any, account: Account | None, house: House, files: Sequence[Enclosed]) -> Letter:
    from_address, from_name = from_of(mail, account, house)
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
        installation=house.guid,
        ticket_number=mail.ticket_number,
        enclosed=tuple(files),
    )


def shown(address: str, name: str) -> str:
    """Return an address with the name before it, as people read it."""
    return f"{name} <{address}>" if name else address


def account_for(session: Session, mail: OutgoingMail, accounts: Sequence[Account]) -> Account | None:
    """Return the account that a mail goes through as things are now."""
    department = None if mail.department_id is None else session.get(Department, mail.department_id)
    return account_of(accounts, mail.department_id, None if department is None else department.brand_id)


def from_of(mail: Any, account: Account | None, house: House) -> tuple[str, str]:
    """Return the address and the name that a mail comes from."""
    name: str = mail.from_name
    if account is not None and account.display_name and (mail.kind is not MailKind.MESSAGE or not name):
        name = account.display_name
    if account is not None and account.department_id is not None and account.address:
        return account.address, name
    address = house.addresses.get(mail.department_id) or mail.from_address
    if not address and account is not None:
        address = account.address
    return address or f"noreply@{house.host}", name


def _thread(session: Session, mail: Any) -> tuple[str, tuple[str, ...]]:
    """Return the Message-ID that a mail answers, and those of the thread that it stands in."""
    if mail.in_reply_to:
        return mail.in_reply_to, (mail.in_reply_to,)
    if mail.ticket_id is None:
        return "", ()
    of_ticket = {"ticket_id": mail.ticket_id, "before": mail.message_id or _ALL}
    rows = _THREAD.all(session, of_ticket)
    thread = [row.internet_id for row in reversed(rows)]
    asked = next((row.internet_id for row in rows if row.direction is Direction.FROM_CUSTOMER), "")
    if len(rows) == MOST_REFERENCES:
        first = _FIRST.one_or_none(session, of_ticket)
        thread = [thread[0] if first is None else first.internet_id, *thread[1:]]
        last = None if asked else _ASKED.one_or_none(session, of_ticket)
        asked = asked if last is None else last.internet_id
    return asked, tuple(dict.fromkeys(thread))


def _auto_submitted(mail: Any) -> str:
    if mail.kind is MailKind.MESSAGE:
        return ""
    return "auto-replied" if mail.is_answer else "auto-generated"


def enclosed(session: Session, mail: Any) -> Sequence[Enclosed]:
    """Return the files of a mail that are whole, in their order."""
    return _files(session, mail)[0]


def _files(session: Session, mail: Any) -> tuple[list[Enclosed], bool]:
    """Return the files of a mail that are whole, in their order, and whether all are."""
    found: list[Enclosed] = []
    are_whole = True
    if mail.kind is not MailKind.MESSAGE:
        found += [Enclosed(*row) for row in _OWN.all(session, {"mail_id": mail.id})]
    if mail.message_id is not None:
        for name, sha256, length, is_complete in _ATTACHED.all(session, {"message_id": mail.message_id}):
            if is_complete:
                found.append(Enclosed(name, "", sha256, length))
            are_whole = are_whole and is_complete
    return found, are_whole


_ALL: Final = 2**62
_MAIL = Prepared(select(*OutgoingMail.__table__.c).where(OutgoingMail.__table__.c.id == bindparam("mail_id")))
_OF_TICKET = select(messages.internet_id, messages.direction).where(
    messages.ticket_id == bindparam("ticket_id"),
    messages.internet_id.is_not(None),
    messages.id < bindparam("before", type_=messages.id.type),
)
_NEWEST = _OF_TICKET.order_by(messages.sent_at.desc(), messages.id.desc())
_THREAD = Prepared(_NEWEST.limit(MOST_REFERENCES))
_FIRST = Prepared(_OF_TICKET.order_by(messages.sent_at, messages.id).limit(1))
_ASKED = Prepared(_NEWEST.where(messages.direction == Direction.FROM_CUSTOMER).limit(1))
_OWN = Prepared(
    select(own.name, own.content_type, own.sha256, own.length)
    .where(own.mail_id == bindparam("mail_id"))
    .order_by(own.id)
)
_ATTACHED = Prepared(
    select(attachments.name, attachments.sha256, attachments.received_length, attachments.is_complete)
    .where(attachments.message_id == bindparam("message_id", type_=attachments.message_id.type))
    .order_by(attachments.id)
)
