"""A ticket as its customer sees it: subject, status and messages, at an address that cannot be guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from hmac import compare_digest

from sqlalchemy import select

from smartertrack_emu.domain.html import encode, from_plain, sanitise
from smartertrack_emu.domain.tickets.addresses import labelled
from smartertrack_emu.domain.tickets.models import TicketMessage
from smartertrack_emu.domain.tickets.status import PORTAL_WORDS
from smartertrack_emu.domain.tickets.visibility import tickets
from smartertrack_emu.services.helpdesk import Helpdesk
from smartertrack_emu.store.types import AnyRow
from smartertrack_emu.store.unit_of_work import reading

from .responses import Response, html, text

messages = TicketMessage.__table__.c

_TICKET = (tickets.id, tickets.number, tickets.subject, tickets.status, tickets.opened_at, tickets.portal_token)
_MESSAGE = (
    messages.from_name,
    messages.from_address,
    messages.sent_at,
    messages.subject,
    messages.body,
    messages.is_html,
)

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "article{border-top:1px solid #ccc;padding:1rem 0}header{color:#666}"
)


def page(helpdesk: Helpdesk, number: str, token: str) -> Response:
    """Return the page of a ticket, or 404 where number and token do not belong together or the ticket is deleted."""
    with reading(helpdesk.engine) as session:
        # Found by its number, which is indexed; what cannot be guessed is then compared in constant time.
        ticket = session.execute(
            select(*_TICKET).where(tickets.number == number.upper(), ~tickets.is_deleted)
        ).one_or_none()
        if ticket is None or not compare_digest(ticket.portal_token.encode(), token.encode()):
            return text(404, "There is no such ticket.")
        said = session.execute(
            select(*_MESSAGE)
            .where(messages.ticket_id == ticket.id, ~messages.is_draft)
            .order_by(messages.sent_at, messages.id)
        ).all()
    response = html(_page(ticket, [_message(message) for message in said]))
    response.headers.append(("Cache-Control", "private, no-store"))
    return response


def _page(ticket: AnyRow, said: list[str]) -> str:
    title = encode(ticket.subject)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="robots" content="noindex"><style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n'
        f"<p>Ticket {encode(ticket.number)} · Status: <strong>{PORTAL_WORDS[ticket.status]}</strong> · "
        f"Opened {_moment(ticket.opened_at)}</p>\n{''.join(said)}</body></html>\n"
    )


def _message(message: AnyRow) -> str:
    sender = encode(labelled(message.from_name, message.from_address))
    body = sanitise(message.body) if message.is_html else from_plain(message.body)
    return f"<article><header>{sender} · {_moment(message.sent_at)}</header>\n<div>{body}</div></article>\n"


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
