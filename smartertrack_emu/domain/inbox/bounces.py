"""Bounces: which mail of ours came back, and what that means for it and for its ticket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain.events.mail import SmtpDeliveryFailed
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import NoteKind
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.spool import message_ids, results
from smartertrack_emu.domain.spool.accounts import AccountKind, MailAccount
from smartertrack_emu.domain.spool.models import OutgoingMail
from smartertrack_emu.domain.spool.results import Result, ResultState
from smartertrack_emu.domain.text import key
from smartertrack_emu.domain.tickets import notes
from smartertrack_emu.domain.tickets.models import Ticket

from .addressing import by_message_ids, by_number
from .letters import Bounce, FailedRecipient

mails, accounts = OutgoingMail.__table__.c, MailAccount.__table__.c


class Returned(NamedTuple):
    """What came back: a mail of the spool, where it is still there, and its ticket."""

    mail_id: int | None
    ticket_id: int | None


def find_returned(session: Session, bounce: Bounce, subject: str) -> Returned:
    """Return what a bounce is about: by the Message-ID it returns, else by the number in the subject it returns."""
    spooled = message_ids.find(session, [bounce.message_id]) if bounce.message_id else []
    mail_id = spooled[0].mail_id if spooled else None
    ticket_id = by_message_ids(session, [bounce.message_id]) if bounce.message_id else None
    if ticket_id is None and mail_id is None:
        ticket_id = by_number(session, f"{bounce.subject} {subject}")
    return Returned(mail_id, ticket_id)


def note_returned(session: Session, actor: Principal, bounce: Bounce, mail_id: int | None) -> None:
    """Mark the recipients that a mail did not reach for good, and let an event tell of each."""
    final = [one for one in bounce.recipients if one.is_final]
    row = None
    if mail_id is not None:
        columns = (mails.results, mails.ticket_number, mails.department_id)
        row = session.execute(select(*columns).where(mails.id == mail_id).with_for_update()).one_or_none()
    if row is not None and row.results and final:
        marked = results.written(_marked(results.read(row.results), final))
        session.execute(update(OutgoingMail).where(mails.id == mail_id).values(results=marked))
    if not final:
        return
    account_id = _sent_through(session, None if row is None else row.department_id)
    number = "" if row is None else row.ticket_number
    for one in final:
        publish(session, actor, SmtpDeliveryFailed(account_id, reply_of(one), one.is_final, one.address, number))


def _sent_through(session: Session, department_id: int | None) -> int | None:
    """Return the account that a department's mail goes through, as far as its own and the one for all tell."""
    of_all = accounts.department_id.is_(None) & accounts.brand_id.is_(None)
    query = (
        select(accounts.id)
        .where(accounts.kind == AccountKind.SMTP, accounts.enabled, (accounts.department_id == department_id) | of_all)
        .order_by(accounts.department_id.is_(None), accounts.id)
        .limit(1)
    )
    return session.scalar(query)


def reply_of(one: FailedRecipient) -> str:
    """Return what the recipient's server said."""
    said = f"{one.status} {one.diagnostic}".strip()
    return said or ("The mail came back." if one.is_final else "The mail is delayed.")


def _marked(there: Sequence[Result], final: Sequence[FailedRecipient]) -> Iterator[Result]:
    came_back = {key(one.address): one for one in final}
    for result in there:
        one = came_back.get(key(result.address))
        yield result if one is None else Result(result.address, ResultState.BOUNCED, reply_of(one))


def add_note(session: Session, actor: Principal, ticket: Ticket, bounce: Bounce) -> None:
    """Tell agents of a bounce."""
    lines = [
        f"{'Not delivered' if one.is_final else 'Not delivered yet'}: {one.address}: {reply_of(one)}"
        for one in bounce.recipients
    ]
    text = "\n".join(lines) or "A mail of this ticket came back; the mail that says so does not name its recipient."
    notes.add_to(session, actor, ticket, NoteKind.NOTE, encode(text).replace("\n", "<br />\n"))
