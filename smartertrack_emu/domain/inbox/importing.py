"""Taking a mail into the helpdesk: one transaction for the message, its files, its ticket and the row's own end.

    letter = read_letter(...)                              outside any transaction
    digests = keep_files(root, letter)                     the same
    take_in(session, root, mail_id, letter, digests)       all the rest

Nothing outside is asked yet. The ticket provider is to be asked between reading and `take_in`, with the sender's
address: there a no or a failure ends as `spool.fail` with the outcome `rejected`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.html import encode, from_plain
from smartertrack_emu.domain.kinds import NoteKind, Priority, TicketStatus
from smartertrack_emu.domain.people.actions import note_action
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool.automatic import About, automatic, is_listed, own_addresses
from smartertrack_emu.domain.structure.engine_settings import EngineSettings
from smartertrack_emu.domain.structure.installation import guid
from smartertrack_emu.domain.text import key
from smartertrack_emu.domain.tickets import conversation, creation, notes
from smartertrack_emu.domain.tickets.conversation import NewMessage
from smartertrack_emu.domain.tickets.creation import NewTicket
from smartertrack_emu.domain.tickets.models import Direction, Ticket
from smartertrack_emu.domain.tickets.visibility import by_id, open_to_change

from . import addressing, bounces, spool
from .addressing import Where
from .letters import Letter, Mailbox
from .models import IncomingMail, IncomingState, Outcome

MOST_RECEIVED: Final = 50
"""Servers that a mail may have passed; one that has passed more goes round."""

LONGEST_SUBJECT: Final = 500
NO_SUBJECT: Final = "(no subject)"

mails = IncomingMail.__table__.c


class Ended(NamedTuple):
    """What becomes of a mail."""

    state: IncomingState
    outcome: Outcome
    reason: str = ""
    ticket_id: int | None = None


def keep_files(root: Path, letter: Letter) -> tuple[str, ...]:
    """Store the contents of a mail's files, and return their digests; outside a transaction. NotStored."""
    return tuple(files.keep(root, file.content) for file in letter.files)


def take_in(
    session: Session,
    root: Path,
    mail_id: int,
    letter: Letter,
    digests: Sequence[str],
    settings: EngineSettings,
) -> Ended | None:
    """Import a mail that waits, and return what became of it; None where it does not wait any more.

    HelpdeskError, and nothing was changed, for what the helpdesk refuses in another way than the rules of mails say.
    """
    row = session.execute(
        select(mails.state, mails.account_id, mails.sha256).where(mails.id == mail_id).with_for_update()
    ).one_or_none()
    if row is None or row.state is not IncomingState.WAITING:
        return None
    own = own_addresses(session)
    sender = addressing.find_sender(letter, own)
    importing = _Importing(session, root, letter, digests, settings, own, sender or Mailbox("", ""), row.account_id)
    columns = _columns(letter, sender)
    ended = _known(session, mail_id, row.sha256, columns) or importing.decide()
    if ended.state is IncomingState.FAILED:
        spool.fail(session, SYSTEM, mail_id, ended.reason, outcome=ended.outcome, **columns)
    else:
        spool.finish(session, mail_id, ended.state, ended.outcome, ended.reason, ticket_id=ended.ticket_id, **columns)
    return ended


def _columns(letter: Letter, sender: Mailbox | None) -> dict[str, Any]:
    address = sender.address if sender is not None else ""
    return {
        "sender": address,
        "sender_key": key(address) if address else None,
        "subject": letter.subject[:LONGEST_SUBJECT],
        "message_id": addressing.internet_id(letter),
    }


def _known(session: Session, mail_id: int, sha256: str | None, columns: dict[str, Any]) -> Ended | None:
    """Return the end of a mail that was imported before: the same Message-ID and sender, else the same bytes."""
    before = [mails.state == IncomingState.IMPORTED, mails.id != mail_id]
    if columns["message_id"]:
        same_sender = mails.sender_key.is_not_distinct_from(columns["sender_key"])
        before += [mails.message_id == columns["message_id"], same_sender]
    else:
        before += [mails.sha256 == sha256]
    first = session.execute(select(mails.id, mails.ticket_id).where(*before).order_by(mails.id).limit(1)).one_or_none()
    if first is None:
        return None
    reason = f"The same mail was imported before, as incoming mail {first.id}."
    return Ended(IncomingState.IGNORED, Outcome.DUPLICATE, reason, first.ticket_id)


@dataclass(frozen=True, slots=True)
class _Importing:
    """One mail on its way into a ticket: the rules, one after another."""

    session: Session
    root: Path
    letter: Letter
    digests: Sequence[str]
    settings: EngineSettings
    own: frozenset[str]
    sender: Mailbox
    account_id: int | None

    def decide(self) -> Ended:
        """Do what the first rule says that holds."""
        letter = self.letter
        rules: tuple[Callable[[], Ended | None], ...] = (
            self._loop,
            self._bounce,
            self._nobody,
            self._blocked,
        )
        for rule in rules:
            ended = rule()
            if ended is not None:
                return ended
        ticket_id = addressing.find_ticket(self.session, letter)
        if ticket_id is not None:
            return self._join(ticket_id)
        if letter.is_auto_reply:
            return Ended(IncomingState.IGNORED, Outcome.AUTO_REPLY, "An automatic reply that belongs to no ticket.")
        return self._open()

    def _loop(self) -> Ended | None:
        letter, reason = self.letter, ""
        if letter.installation and letter.installation == guid(self.session):
            reason = "It is a mail of this installation."
        elif letter.received > MOST_RECEIVED:
            reason = f"It has passed {letter.received} servers, more than {MOST_RECEIVED}."
        elif letter.bounce is None and key(self.sender.address) in self.own:
            reason = f"It comes from {self.sender.address}, which is an address of our own."
        return Ended(IncomingState.IGNORED, Outcome.LOOP, reason) if reason else None

    def _bounce(self) -> Ended | None:
        bounce = self.letter.bounce
        if bounce is None:
            return None
        mail_id, ticket_id = bounces.find_returned(self.session, bounce, self.letter.subject)
        bounces.note_returned(self.session, SYSTEM, bounce, mail_id)
        if ticket_id is None:
            return Ended(IncomingState.IGNORED, Outcome.BOUNCE, "A bounce of a mail that belongs to no ticket.")
        ticket = self._opened(ticket_id)
        bounces.add_note(self.session, SYSTEM, ticket, bounce)
        return Ended(IncomingState.IMPORTED, Outcome.BOUNCE, "", ticket_id)

    def _nobody(self) -> Ended | None:
        if self.sender.address:
            return None
        return Ended(IncomingState.FAILED, Outcome.ERROR, "no sender: it names no address that could be answered.")

    def _blocked(self) -> Ended | None:
        if not is_listed(self.sender.address, self.settings.blocked_senders):
            return None
        reason = f"rejected: {self.sender.address} is a blocked sender."
        return self._reject("rejected-policy", reason, self._department())

    # Into a ticket

    def _join(self, ticket_id: int) -> Ended:
        ticket = self._opened(ticket_id)
        if ticket.status is TicketStatus.LOCKED:
            reason = f"rejected: ticket {ticket.number} is closed and locked."
            return self._reject("rejected-locked", reason, self._department(), ticket)
        employee = addressing.employee_of(self.session, ticket_id, self.sender.address)
        if employee is not None:
            return self._note(ticket, employee)
        return self._reply(ticket)

    def _opened(self, ticket_id: int) -> Ticket:
        return open_to_change(self.session, SYSTEM, by_id(ticket_id), even_locked=True)

    def _reply(self, ticket: Ticket) -> Ended:
        letter, sender = self.letter, self.sender
        cc, left_out = addressing.copied(letter, self.own, sender)
        new = NewMessage(
            to_customer=False,
            body=letter.body,
            is_html=letter.is_html,
            subject=letter.subject or NO_SUBJECT,
            from_address=sender.address,
            from_name=sender.name,
            cc=cc,
            sent_at=addressing.written_at(letter),
            internet_id=addressing.internet_id(letter),
            is_automatic=letter.is_auto_reply,
        )
        part = conversation.add(self.session, SYSTEM, by_id(ticket.id), new)
        self._attach(ticket.id, part.id)
        self._note_left_out(ticket, left_out)
        outcome = Outcome.AUTO_REPLY if letter.is_auto_reply else Outcome.REPLY
        return Ended(IncomingState.IMPORTED, outcome, "", ticket.id)

    def _note(self, ticket: Ticket, employee: addressing.Employee) -> Ended:
        """Add what an employee wrote as a note of theirs: a sender's address proves nothing."""
        letter = self.letter
        html = letter.body if letter.is_html else from_plain(letter.body)
        author = _as_author(employee, self.sender)
        notes.add_to(
            self.session, author, ticket, NoteKind.NOTE, html if html.strip() else encode(letter.subject or NO_SUBJECT)
        )
        self._attach(ticket.id, None)
        note_action(self.session, author.id, clock.now())
        return Ended(IncomingState.IMPORTED, Outcome.NOTE, "", ticket.id)

    # A new ticket

    def _open(self) -> Ended:
        letter, sender, session = self.letter, self.sender, self.session
        department = self._department()
        if not addressing.may_open(session, sender.address, department.new_ticket_role_id):
            reason = f"rejected: {sender.address} lacks the role that opening tickets in {department.name} needs."
            return self._reject("rejected-requirements", reason, department)
        opened, most = self._opened_lately(), self.settings.tickets_per_sender_per_hour
        if opened >= most:
            reason = (
                f"too many tickets: {sender.address} has opened {opened} within an hour, where {most} are the most."
            )
            return Ended(IncomingState.FAILED, Outcome.ERROR, reason)
        cc, left_out = addressing.copied(letter, self.own, sender)
        subject = letter.subject or NO_SUBJECT
        now = clock.now()
        created = creation.create(
            session,
            SYSTEM,
            NewTicket(
                direction=Direction.FROM_CUSTOMER,
                customer=sender.address,
                customer_name=sender.name,
                subject=subject[:LONGEST_SUBJECT],
                message_subject=subject,
                body=letter.body,
                is_html=letter.is_html,
                department_id=department.id,
                cc=cc,
                priority=Priority.HIGH if letter.is_high else Priority.NORMAL,
                notify=not (letter.is_automatic or letter.is_bulk or letter.is_spam),
                opened_at=now,
                idle_since=now,
                first_message_at=addressing.written_at(letter),
                internet_id=addressing.internet_id(letter),
                is_spam=letter.is_spam,
            ),
        )
        self._attach(created.id, created.message_id)
        if left_out:
            self._note_left_out(self._opened(created.id), left_out)
        return Ended(IncomingState.IMPORTED, Outcome.TICKET, "", created.id)

    def _opened_lately(self) -> int:
        query = select(func.count()).where(
            mails.sender_key == key(self.sender.address),
            mails.imported_at > clock.now() - timedelta(hours=1),
            mails.outcome == Outcome.TICKET,
        )
        return self.session.scalar(query) or 0

    # What several do

    def _department(self) -> Where:
        return addressing.find_department(self.session, self.letter, self.account_id)

    def _reject(self, template: str, reason: str, department: Where, ticket: Ticket | None = None) -> Ended:
        """Take nothing in, and say so to whoever wrote, unless nobody did."""
        letter = self.letter
        if not (letter.is_automatic or letter.is_bulk or letter.is_spam):
            about = About(
                ticket_id=None if ticket is None else ticket.id,
                ticket_number="" if ticket is None else ticket.number,
                department_id=department.id,
                from_address=department.email,
                from_name=department.name,
                in_reply_to=addressing.internet_id(letter) or "",
            )
            values = {
                "Subject": letter.subject or NO_SUBJECT,
                "TicketNumber": "" if ticket is None else ticket.number,
                "CustomerName": self.sender.name or self.sender.address,
                "CustomerEmail": self.sender.address,
                "Department": department.name,
            }
            automatic(self.session, SYSTEM, template, self.sender.address, values, about)
        return Ended(IncomingState.IGNORED, Outcome.REJECTED, reason, None if ticket is None else ticket.id)

    def _attach(self, ticket_id: int, message_id: int | None) -> None:
        for file, digest in zip(self.letter.files, self.digests, strict=True):
            attachment = files.new_attachment(
                name=file.name,
                expected_length=len(file.content),
                sender_id=None,
                sender_name=self.sender.name or self.sender.address,
                ticket_id=ticket_id,
                message_id=message_id,
                token=file.token,
            )
            files.complete(self.root, attachment, digest, file.content)
            self.session.add(attachment)
        self.session.flush()

    def _note_left_out(self, ticket: Ticket, left_out: int) -> None:
        if left_out:
            text = f"The mail went to {left_out} further recipients, who are not copied on its message."
            notes.add_to(self.session, SYSTEM, ticket, NoteKind.NOTE, encode(text))


def _as_author(employee: addressing.Employee, sender: Mailbox) -> Principal:
    """Return an employee as the author of a note: nobody has logged in, so they may do nothing else."""
    return Principal(
        id=employee.id,
        username=employee.username,
        display_name=sender.name,
        email=sender.address,
        role_ids=frozenset(),
        group_ids=frozenset(),
        is_agent=True,
        is_manager=False,
        is_administrator=False,
        rights=frozenset(),
    )
