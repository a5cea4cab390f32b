"""A ticket's conversation: adding messages, and reading messages and notes in the order of time.

A message from the customer reopens a ticket that waits or is closed; one to the customer needs the custom fields that
agents must fill in before they reply. The counts of replies are those of the messages that are no drafts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.customfields.values import Item, Requirement
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketMessageReceived, TicketMessageSent
from smartertrack_emu.domain.html import to_text
from smartertrack_emu.domain.kinds import ItemKind, NoteKind, TicketStatus, counted
from smartertrack_emu.domain.markup import cut
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.users import no_user
from smartertrack_emu.domain.spool.mails import Mail, numbered, spool
from smartertrack_emu.domain.spool.models import MailKind
from smartertrack_emu.domain.structure.models import Department
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.types import AnyRow

from . import addresses
from .models import Direction, Ticket, TicketMessage, TicketNote
from .reading import note_reading
from .status import change_status, require_fields, touch
from .visibility import Which, open_to_change, read, tickets, visible_to

MESSAGE_TYPE = 1
"""The part type of messages; notes have those of `NoteKind`, a follow-up shows as a note (documented)."""

_SHOWN = 100
"""Characters that the list of parts shows of a note, which has no subject."""

_LOOKED_AT, _LOOKED_AT_SIGNS = 20_000, 1_000
"""Of a note's HTML, so many characters, and of `<` and `&` so many, are looked at to find them."""

messages, notes = TicketMessage.__table__.c, TicketNote.__table__.c
users, departments = User.__table__.c, Department.__table__.c

_INSERT = insert(TicketMessage.__table__).returning(messages.id)
_PEOPLE = select(users.id, users.display_name, users.email, users.email_key).where(
    or_(users.email_key.in_(bindparam("keys", expanding=True)), users.id == bindparam("user_id")),
    users.deleted_at.is_(None),
)
_MESSAGES = (
    select(
        messages.id,
        messages.sent_at,
        messages.subject,
        messages.direction,
        messages.from_name,
        messages.from_address,
        messages.to_name,
        messages.to_address,
        messages.is_draft,
    )
    .where(messages.ticket_id == bindparam("ticket_id"))
    .order_by(messages.sent_at, messages.id)
)
_NOTES = (
    select(
        notes.id, notes.entered_at, notes.kind, func.substr(notes.body, 1, _LOOKED_AT), users.display_name, users.email
    )
    .join_from(TicketNote.__table__, User.__table__, users.id == notes.author_id)
    .where(notes.ticket_id == bindparam("ticket_id"))
    .order_by(notes.entered_at, notes.id)
)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be added. Addresses left out are the ticket's own; `sent_at` None: now.

    `author_id`: which user wrote it; None or 0: whoever has the sender's address, else for agents the caller.
    `from_name`: what the sender calls themselves. `internet_id`: its Message-ID, in angle brackets. `is_automatic`:
    nobody wrote it, so it raises no count and changes no status.
    """

    to_customer: bool
    body: str
    is_html: bool
    subject: str = ""
    from_address: str = ""
    to_address: str = ""
    cc: str = ""
    bcc: str = ""
    send: bool = False
    sent_at: datetime | None = None
    author_id: int | None = None
    from_name: str = ""
    internet_id: str | None = None
    is_automatic: bool = False


class Part(NamedTuple):
    """A message or a note in the list of a conversation; sender and recipient read `Display Name (email)` (seen)."""

    id: int
    type: int
    at: datetime
    description: str
    direction: int
    sender: str
    recipient: str
    is_draft: bool


class _Person(NamedTuple):
    id: int | None
    name: str
    email: str


def add(session: Session, actor: Principal, which: Which, new: NewMessage) -> Part:
    """Add a message to a ticket with all that follows: counts, dates, status, history, the mail where one is wanted.

    NotFound, also for an unknown `author_id`; BadValue for a bad address, or none to send to; NotPossible for a deleted
    or locked ticket, and where custom fields that a reply needs are not filled in.
    """
    ticket = open_to_change(session, actor, which)
    if new.to_customer:
        item = Item(ItemKind.TICKET, ticket.id, ticket.department_id)
        require_fields(session, item, Requirement.AGENTS, f"Replying to ticket {ticket.number}")
    row = _row(session, actor, ticket, new)
    if new.send and not row["to_address"]:
        raise BadValue("to_address", "is required: there is no address to send the message to.")
    message_id = int(session.execute(_INSERT, row).scalar_one())
    at = row["sent_at"]
    if new.is_automatic:
        touch(ticket, at)
    else:
        _count(session, ticket, new, at)
    event = TicketMessageSent if new.to_customer else TicketMessageReceived
    sender = addresses.labelled(row["from_name"], row["from_address"])
    recipient = addresses.labelled(row["to_name"], row["to_address"])
    publish(session, actor, event(ticket.id, message_id, sender, recipient))
    if not new.to_customer and not new.is_automatic and ticket.status in (TicketStatus.WAITING, TicketStatus.CLOSED):
        change_status(session, actor, ticket, TicketStatus.OPEN)
    if new.send:
        _send(session, ticket, row, message_id)
    return Part(message_id, MESSAGE_TYPE, at, row["subject"], row["direction"], sender, recipient, is_draft=False)


def _row(session: Session, actor: Principal, ticket: Ticket, new: NewMessage) -> dict[str, Any]:
    """Every column by name, with names and addresses as they are at this moment."""
    from_name, from_address = addresses.one(new.from_address, "from_address") if new.from_address.strip() else ("", "")
    to_address = addresses.several(new.to_address, "to_address")
    cc, bcc = addresses.several(new.cc, "cc"), addresses.several(new.bcc, "bcc")
    ours = session.execute(
        select(departments.name, departments.email).where(departments.id == ticket.department_id)
    ).one()
    customer = _Person(ticket.customer_id, ticket.customer_name, ticket.customer_email)
    known = _people(session, [from_address, to_address], new.author_id or 0)
    known[key(customer.email)] = customer
    known.setdefault(key(ours.email), _Person(None, ours.name, ours.email))
    author = known.get(new.author_id)
    if new.author_id and author is None:
        raise no_user(new.author_id)
    if new.to_customer:
        author = author or _sender(known, from_address) or _Person(actor.id, actor.display_name, actor.email)
        from_address = from_address or ours.email or author.email
        to_address = to_address or customer.email
    else:
        from_address = from_address or (author.email if author else customer.email)
        author = author or _sender(known, from_address) or _Person(None, from_name, from_address)
        to_address = to_address or ours.email
    recipient = known.get(key(to_address)) if to_address else None
    now = clock.now()
    return {
        "ticket_id": ticket.id,
        "direction": Direction.TO_CUSTOMER if new.to_customer else Direction.FROM_CUSTOMER,
        "author_id": author.id,
        "from_address": from_address,
        "from_name": new.from_name or author.name or from_name,
        "to_address": to_address,
        "to_name": recipient.name if recipient else "",
        "cc_address": cc,
        "bcc_address": bcc,
        "subject": new.subject if new.subject.strip() else ticket.subject,
        "body": new.body,
        "is_html": new.is_html,
        "is_draft": False,
        "sent_at": new.sent_at or now,
        "created_at": now,
        "internet_id": new.internet_id,
    }


def _people(session: Session, found_by: list[str], user_id: int) -> dict[object, _Person]:
    """Return users by the keys of these addresses, and one by their id."""
    keys = [key(address) for address in found_by if address]
    if not keys and not user_id:
        return {}
    found: dict[object, _Person] = {}
    for row in session.execute(_PEOPLE, {"keys": keys, "user_id": user_id}):
        person = _Person(row.id, row.display_name, row.email)
        if row.email_key in keys:
            found[row.email_key] = person
        if row.id == user_id:
            found[user_id] = person
    return found


def _sender(known: dict[object, _Person], address: str) -> _Person | None:
    """Return whose address it is, if it is a user's; a department's is nobody's."""
    person = known.get(key(address)) if address else None
    return person if person and person.id is not None else None


def _count(session: Session, ticket: Ticket, new: NewMessage, at: datetime) -> None:
    if new.to_customer:
        ticket.reply_count_out = counted(ticket.reply_count_out + 1)
        ticket.composed_at = clock.now()
    else:
        ticket.reply_count_in = counted(ticket.reply_count_in + 1)
    ticket.last_reply_at = at if ticket.last_reply_at is None else max(ticket.last_reply_at, at)
    if at > ticket.idle_since:
        ticket.idle_since = at
        ticket.watched_since = at if ticket.watched_since is None else max(ticket.watched_since, at)
    if ticket.waiting_since is not None:
        ticket.waiting_since = max(ticket.waiting_since, at)
    touch(ticket, at)
    ticket.first_response_at = first_response_at(session, ticket.id)
    session.flush()


def first_response_at(session: Session, ticket_id: int) -> datetime | None:
    """Return when the customer was first answered: the first message to them that is not before their own first."""
    of_ticket = (messages.ticket_id == ticket_id, ~messages.is_draft)
    asked = select(func.min(messages.sent_at)).where(*of_ticket, messages.direction == Direction.FROM_CUSTOMER)
    return session.scalar(
        select(messages.sent_at)
        .where(*of_ticket, messages.direction == Direction.TO_CUSTOMER, messages.sent_at >= asked.scalar_subquery())
        .order_by(messages.sent_at)
        .limit(1)
    )


def _send(session: Session, ticket: Ticket, row: dict[str, Any], message_id: int) -> None:
    mail = Mail(
        to_address=str(row["to_address"]),
        cc_address=str(row["cc_address"]),
        bcc_address=str(row["bcc_address"]),
        from_address=str(row["from_address"]),
        from_name=str(row["from_name"]),
        subject=numbered(ticket.number, str(row["subject"])),
        body=str(row["body"]),
        is_html=bool(row["is_html"]),
    )
    spool(
        session,
        mail,
        kind=MailKind.MESSAGE,
        ticket_id=ticket.id,
        ticket_number=ticket.number,
        message_id=message_id,
        department_id=ticket.department_id,
    )


def parts(session: Session, actor: Principal, which: Which) -> list[Part]:
    """Return a ticket's messages, drafts too, and notes, oldest first; NotFound."""
    ticket = read(session, actor, which, (tickets.id, tickets.agent_id, tickets.read_at))
    note_reading(session, actor, ticket)
    of_ticket = {"ticket_id": ticket.id}
    found = [
        Part(id_, MESSAGE_TYPE, at, subject, direction, _label(from_name, from_), _label(to_name, to), is_draft)
        for id_, at, subject, direction, from_name, from_, to_name, to, is_draft in session.execute(
            _MESSAGES, of_ticket
        )
    ]
    found += [
        # Notes go no way, but who filters by direction should not take them for the customer's.
        Part(id_, _type(kind), at, _excerpt(body), Direction.TO_CUSTOMER, _label(name, email), "", is_draft=False)
        for id_, at, kind, body, name, email in session.execute(_NOTES, of_ticket)
    ]
    return sorted(found, key=lambda part: (part.at, part.type, part.id))


_label = addresses.labelled


def _type(kind: NoteKind) -> int:
    return int(NoteKind.NOTE if kind is NoteKind.FOLLOW_UP else kind)


def _excerpt(html: str) -> str:
    """Return the beginning of a note as text, on one line."""
    text = " ".join(to_text(cut(html, signs=_LOOKED_AT_SIGNS)).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"


def body(session: Session, actor: Principal, message_id: int) -> AnyRow:
    """Return what a message says (body, is_html); NotFound."""
    row = session.execute(
        select(messages.body, messages.is_html, tickets.id, tickets.agent_id, tickets.read_at)
        .join_from(TicketMessage.__table__, Ticket.__table__, tickets.id == messages.ticket_id)
        .where(messages.id == message_id, *visible_to(actor))
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no message {message_id}.")
    note_reading(session, actor, row)
    return row
