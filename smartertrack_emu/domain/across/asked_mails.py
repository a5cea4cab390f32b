"""Mails that a user, or somebody for them, asks for: their user name, and the list of their tickets (documented)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.users import no_user
from smartertrack_emu.domain.spool.automatic import About, from_template
from smartertrack_emu.domain.spool.templates import Values
from smartertrack_emu.domain.structure.installation import server_name
from smartertrack_emu.domain.text import key
from smartertrack_emu.domain.tickets import portal
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.domain.tickets.status import WORDS

tickets = Ticket.__table__.c

MOST_LISTED: Final = 100
"""How many tickets a mail lists, those with the latest activity."""


def require(session: Session, user_id: int) -> User:
    """Return a user who is not deleted; NotFound."""
    user = session.get(User, user_id)
    if user is None or user.deleted_at is not None:
        raise no_user(user_id)
    return user


def send(session: Session, user_id: int, template: str) -> int:
    """Spool forgot-login or ticket-list for a user, and return the mail's id; NotFound, NotPossible without address."""
    user = require(session, user_id)
    if not user.email:
        raise NotPossible(f"User {user_id} has no e-mail address.")
    name = server_name(session)
    values: Values = {
        "CustomerName": user.display_name or user.username,
        "CustomerEmail": user.email,
        "Username": user.username,
        "ServerName": name,
        "TicketList": lambda: _list(session, user),
    }
    return from_template(session, template, user.email, values, About(user_id=user_id, from_name=name))


def _list(session: Session, user: User) -> str:
    """Return a user's tickets, two lines for each: number and subject, the address of its page."""
    query = (
        select(*portal.LINK, tickets.subject, tickets.status)
        .where(tickets.customer_email_key == key(user.email), ~tickets.is_deleted)
        .order_by(tickets.last_activity_at.desc(), tickets.id.desc())
        .limit(MOST_LISTED)
    )
    root = known(session).base_url
    lines = [
        f"{number} ({WORDS[TicketStatus(status)]}): {' '.join(subject.split())}\n"
        f"{root}{portal.path(portal.link_of(number, address, secret))}"
        for number, address, secret, subject, status in session.execute(query)
    ]
    return "\n\n".join(lines) or "There are none."
