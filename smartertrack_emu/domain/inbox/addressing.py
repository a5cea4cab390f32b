"""Whose mail it is, and where it belongs: its sender, its ticket, its department, the addresses that are ours."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.agents import is_agent
from smartertrack_emu.domain.people.models import BuiltInRole, User, UserRole
from smartertrack_emu.domain.spool import message_ids
from smartertrack_emu.domain.spool.accounts import MailAccount
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.domain.text import key
from smartertrack_emu.domain.tickets import addresses
from smartertrack_emu.domain.tickets.models import Ticket, TicketMessage

from .letters import Letter, Mailbox

MOST_COPIED: Final = 100
"""How many recipients stand in a message's CC."""

_MOST_NUMBERS: Final = 20
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NOBODY: Final = ("noreply", "no-reply", "donotreply")
_NUMBER: Final = re.compile(r"(?<![\w-])[0-9a-f]{3}-[0-9a-f]{8}-[0-9a-f]{4}(?![\w-])", re.IGNORECASE | re.ASCII)

tickets, messages, users = Ticket.__table__.c, TicketMessage.__table__.c, User.__table__.c
departments, accounts = Department.__table__.c, MailAccount.__table__.c


class Employee(NamedTuple):
    """An agent who wrote a mail, as far as an event tells of them."""

    id: int
    username: str


class Where(NamedTuple):
    """A department, as far as mails that come in want to know it."""

    id: int
    name: str
    email: str
    new_ticket_role_id: int


def find_sender(letter: Letter, own: Collection[str]) -> Mailbox | None:
    """Return who wrote a mail, and is to be answered; None where no address says so. `own`: keys of our addresses."""
    sender = _first(letter.senders)
    if sender is None:
        return None
    if key(sender.address) in own or sender.address.lower().startswith(_NOBODY):
        return _first(letter.reply_to) or sender
    return sender


def _first(boxes: Sequence[Mailbox]) -> Mailbox | None:
    return next((box for box in boxes if addresses.is_one(box.address)), None)


def find_ticket(session: Session, letter: Letter) -> int | None:
    """Return the ticket that a mail belongs to: by a number in its subject, else by the mails that it refers to."""
    return by_number(session, letter.subject) or by_message_ids(
        session, [*letter.in_reply_to, *reversed(letter.references)]
    )


def by_number(session: Session, subject: str) -> int | None:
    """Return the first ticket whose number stands in a subject and which is not deleted."""
    numbers = [found.upper() for found in _NUMBER.findall(subject)][:_MOST_NUMBERS]
    if not numbers:
        return None
    query = select(tickets.number, tickets.id).where(tickets.number.in_(numbers), ~tickets.is_deleted)
    there = {row.number: row.id for row in session.execute(query)}
    return next((there[number] for number in numbers if number in there), None)


def by_message_ids(session: Session, ids: Sequence[str]) -> int | None:
    """Return the ticket of the first of some Message-IDs, without brackets, that our mails or those to us have."""
    if not ids:
        return None
    named = {one: f"<{one}>" for one in dict.fromkeys(ids) if one.isascii()}
    query = select(messages.internet_id, messages.ticket_id).where(messages.internet_id.in_(named.values()))
    kept = {row.internet_id: row.ticket_id for row in session.execute(query)}
    for one, in_brackets in named.items():
        spooled = message_ids.find(session, [one])
        ticket_id = spooled[0].ticket_id if spooled else kept.get(in_brackets)
        if ticket_id is not None and _is_there(session, ticket_id):
            return ticket_id
    return None


def _is_there(session: Session, ticket_id: int) -> bool:
    found = session.scalar(select(tickets.id).where(tickets.id == ticket_id, ~tickets.is_deleted))
    return found is not None


def employee_of(session: Session, ticket_id: int, address: str) -> Employee | None:
    """Return the agent of an address, None where it is nobody's, or that of the ticket's customer themselves."""
    query = select(users.id, users.username).where(User.email_key == key(address), is_agent())
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    customer = select(tickets.customer_id, tickets.customer_email_key).where(tickets.id == ticket_id)
    customer_id, customer_key = session.execute(customer).one()
    return None if customer_id == row.id or customer_key == key(address) else Employee(row.id, row.username)


def find_department(session: Session, letter: Letter, account_id: int | None) -> Where:
    """Return the department a mail is for: its account's, else the one it was sent to, else the first."""
    columns = (departments.id, departments.name, departments.email, departments.new_ticket_role_id)
    there = {row.id: Where(*row) for row in session.execute(select(*columns).order_by(departments.id))}
    fetching = session.execute(
        select(accounts.id, accounts.address, accounts.department_id).where(accounts.department_id.is_not(None))
    ).all()
    if account_id is not None:
        of_account = next((row.department_id for row in fetching if row.id == account_id), None)
        if of_account is not None:
            return there[of_account]
    by_address = {key(row.address): row.department_id for row in fetching if row.address}
    by_address |= {key(one.email): one.id for one in reversed(there.values()) if one.email}
    sent_to = [*letter.delivered_to, *(box.address for box in (*letter.to, *letter.cc))]
    found = next((by_address[key(one)] for one in sent_to if key(one) in by_address), None)
    return there[found] if found is not None else next(iter(there.values()))


def may_open(session: Session, address: str, role_id: int) -> bool:
    """Say whether somebody has the role that a department wants of who opens tickets by mail."""
    if role_id == BuiltInRole.EVERYONE:
        return True
    query = (
        select(UserRole.role_id)
        .join(User, User.id == UserRole.user_id)
        .where(User.email_key == key(address), User.deleted_at.is_(None), UserRole.role_id == role_id)
    )
    return session.scalar(query) is not None


def copied(letter: Letter, own: Collection[str], sender: Mailbox) -> tuple[str, int]:
    """Return to whom else a mail went, without our own addresses, and how many further ones are left out."""
    seen = {key(sender.address), *own}
    found: list[str] = []
    left_out = 0
    for box in (*letter.to, *letter.cc):
        if not addresses.is_one(box.address) or key(box.address) in seen:
            continue
        seen.add(key(box.address))
        if len(found) < MOST_COPIED:
            found.append(box.address)
        else:
            left_out += 1
    return ", ".join(found), left_out


def written_at(letter: Letter) -> datetime:
    """Return when a mail was written: as it says where that may be true, else now."""
    now = clock.now()
    return letter.date if letter.date is not None and _EARLIEST <= letter.date <= now else now


def internet_id(letter: Letter) -> str | None:
    """Return a mail's Message-ID as it is kept, in angle brackets."""
    return f"<{letter.message_id}>" if letter.message_id and letter.message_id.isascii() else None
