"""A ticket as its customer sees it without a login: the address of its page, and what the page shows.

The page's address holds a key of the ticket and the customer's address: 128 bits of a digest that is keyed with the
ticket's own secret, `portal_token`. So every ticket has the keys it needs from the moment it is written, and asking for
one writes nothing. A key opens the ticket as long as the address is its customer's.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.kinds import ItemKind, TicketStatus
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.surveys import offers
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.types import AnyRow

from .models import TicketMessage
from .visibility import Which, read, tickets

MESSAGES_A_PAGE = 25

_LONGEST_SHOWN = 100_000
_LONGEST_ALONE = 4_000_000
_NUMBER = re.compile(r"[\w-]{1,40}", re.ASCII)
_KEY_BYTES = 16

messages = TicketMessage.__table__.c


class Link(NamedTuple):
    """What the address of a ticket's page holds; `key` is 32 hexadecimal digits, the letters among them large."""

    number: str
    address: str
    key: str


class PortalTicket(NamedTuple):
    """A ticket's head as its customer sees it; dates are UTC. `survey`: the open one that they are asked to answer."""

    id: int
    number: str
    subject: str
    status: TicketStatus
    opened_at: datetime
    survey: str | None


class PortalMessage(NamedTuple):
    """A message; `body` is its beginning where `is_cut`. Dates are UTC."""

    id: int
    from_name: str
    from_address: str
    sent_at: datetime
    is_html: bool
    body: str
    is_cut: bool


class Conversation(NamedTuple):
    """A part of a ticket's messages, oldest first: those from the `first` to the `last` of `total`, counted from 1."""

    messages: list[PortalMessage]
    first: int
    last: int
    total: int


_HEAD = (
    *(tickets[name] for name in PortalTicket._fields if name != "survey"),
    offers.open_guid(ItemKind.TICKET, tickets.id).label("survey"),
    tickets.customer_email,
    tickets.portal_token,
)
LINK = (tickets.number, tickets.customer_email, tickets.portal_token)


def link(session: Session, actor: Principal, which: Which) -> Link:
    """Return what the address of a ticket's page holds for its customer; NotFound."""
    return link_of(*read(session, actor, which, LINK))


def link_of(number: str, address: str, secret: str) -> Link:
    """Return the same of a ticket's columns, those of `LINK`."""
    return Link(number, address, _key(secret, address))


def path(link: Link) -> str:
    """Return the path and the query of a ticket's page, as on the real portal (seen): ASCII."""
    return f"/Main/frmTicket.aspx?{query(link)}"


def query(link: Link) -> str:
    """Return the query alone."""
    return f"ticketnumber={quote(link.number)}&email={quote(link.address, safe='')}&h={link.key}"


def link_of_token(session: Session, number: str, token: str) -> Link:
    """Return the same of an older address, which held the ticket's secret itself; NotFound as in `find`."""
    row = _row(session, number)
    if not hmac.compare_digest(row.portal_token.encode(), token.encode()):
        raise _no_ticket()
    return Link(row.number, row.customer_email, _key(row.portal_token, row.customer_email))


def find(session: Session, given: Link) -> PortalTicket:
    """Return the ticket of a page's address.

    NotFound for a wrong key, for one of another ticket or address, and where the ticket is deleted or the address is
    not its customer's. Addresses and keys compare without letter case.
    """
    row = _row(session, given.number)
    wanted = _key(row.portal_token, given.address)
    is_key = hmac.compare_digest(wanted.encode(), given.key.upper().encode("utf-8", "surrogatepass"))
    if not is_key or key(given.address) != key(row.customer_email):
        raise _no_ticket()
    return PortalTicket(*row[: len(PortalTicket._fields)])


def conversation(session: Session, ticket: PortalTicket, *, page: int = 1) -> Conversation:
    """Return a page of a ticket's messages, the first page the newest ones; notes and drafts are in none.

    Of each message the beginning is given. NotFound beyond the last page.
    """
    shown = (messages.ticket_id == ticket.id, ~messages.is_draft)
    total = session.scalar(select(func.count()).where(*shown)) or 0
    last = total - (page - 1) * MESSAGES_A_PAGE
    if page < 1 or (last < 1 and page > 1):
        raise NotFound("There is no such page of messages.")
    order = (messages.sent_at.desc(), messages.id.desc())
    statement = _messages(_LONGEST_SHOWN).where(*shown).order_by(*order)
    rows = session.execute(statement.limit(MESSAGES_A_PAGE).offset(total - last)).all()
    found = [_message(row, _LONGEST_SHOWN) for row in reversed(rows)]
    return Conversation(found, max(last - len(found) + 1, 0), last, total)


def message(session: Session, ticket: PortalTicket, message_id: int) -> PortalMessage:
    """Return one message of a ticket, more of it than `conversation` gives; NotFound."""
    which = (messages.id == message_id, messages.ticket_id == ticket.id, ~messages.is_draft)
    row = session.execute(_messages(_LONGEST_ALONE).where(*which)).one_or_none()
    if row is None:
        raise NotFound(f"There is no message {message_id}.")
    return _message(row, _LONGEST_ALONE)


def _row(session: Session, number: str) -> AnyRow:
    word = number.strip().upper()
    statement = select(*_HEAD).where(tickets.number == word, ~tickets.is_deleted)
    row = session.execute(statement).one_or_none() if _NUMBER.fullmatch(word) else None
    if row is None:
        raise _no_ticket()
    return row


def _key(secret: str, address: str) -> str:
    return (
        hmac.digest(secret.encode(), key(address).encode("utf-8", "surrogatepass"), "sha256")[:_KEY_BYTES].hex().upper()
    )


def _no_ticket() -> NotFound:
    return NotFound("There is no such ticket.")


def _messages(longest: int) -> Select[Any]:
    body = func.substr(messages.body, 1, longest + 1)
    return select(messages.id, messages.from_name, messages.from_address, messages.sent_at, messages.is_html, body)


def _message(row: AnyRow, longest: int) -> PortalMessage:
    id_, from_name, from_address, sent_at, is_html, body = row
    return PortalMessage(id_, from_name, from_address, sent_at, is_html, body[:longest], len(body) > longest)
