"""A ticket as its customer sees it: subject, status and messages, at an address that cannot be guessed.

/Main/frmTicket.aspx?ticketnumber=NUMBER&email=ADDRESS&h=KEY     the newest messages
…&page=2                                                         those before them
…&message=ID                                                     one message, more of it
"""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.html import MOST_SHOWN, encode, from_plain, sanitise
from smartertrack_emu.domain.markup import cut
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.domain.tickets import portal
from smartertrack_emu.domain.tickets.addresses import labelled
from smartertrack_emu.domain.tickets.portal import Conversation, Link, PortalMessage, PortalTicket
from smartertrack_emu.domain.tickets.status import PORTAL_WORDS
from smartertrack_emu.store.unit_of_work import reading

from . import login, moments
from .responses import Response, html, redirect, text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_MOST_SIGNS = 4_000
"""Signs (`<` and `&`) of one message's HTML among others."""

_LARGEST_ID = 2**31 - 1

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "article{border-top:1px solid #ccc;padding:1rem 0}header{color:#666}"
)


def page(desk: Desk, environ: WSGIEnvironment) -> Response:
    """Return the page of a ticket, or 404 where number, address and key do not belong together or it is deleted."""
    given = login.query(environ)
    link = Link(given.get("ticketnumber", ""), given.get("email", ""), given.get("h", ""))
    try:
        with reading(desk.engine) as session:
            ticket = portal.find(session, link)
            zone = installation.time_zone_to_show(session)
            if "message" in given:
                alone = portal.message(session, ticket, _number(given["message"]))
                said = _message(alone, zone, most_signs=MOST_SHOWN, more="")
            else:
                conversation = portal.conversation(session, ticket, page=_number(given.get("page", "1")))
                said = _conversation(
                    conversation, zone, encode(f"?{portal.query(link)}"), _number(given.get("page", "1"))
                )
    except NotFound as error:
        return text(404, str(error))
    response = html(_page(ticket, said, zone), style=_STYLE)
    response.headers.append(("Cache-Control", "private, no-store"))
    return response


def of_older_address(desk: Desk, environ: WSGIEnvironment, number: str, token: str) -> Response:
    """Send an address as they were given before, /Portal/Tickets/NUMBER/TOKEN, to the present one; 404 as in `page`."""
    try:
        with reading(desk.engine) as session:
            return redirect(environ, portal.path(portal.link_of_token(session, number, token)))
    except NotFound as error:
        return text(404, str(error))


def _number(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and len(given) <= 10 and int(given) <= _LARGEST_ID):
        raise NotFound("There is no such message or page of messages.")
    return int(given)


def _page(ticket: PortalTicket, said: str, zone: tzinfo) -> str:
    title = encode(ticket.subject)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n"
        f"<p>Ticket {encode(ticket.number)} · Status: <strong>{PORTAL_WORDS[ticket.status]}</strong> · "
        f"Opened {moments.shown(ticket.opened_at, zone)}</p>\n{said}</body></html>\n"
    )


def _conversation(conversation: Conversation, zone: tzinfo, address: str, page_number: int) -> str:
    """Return messages, with the way to those before and after them; `address`: the page's, encoded."""
    first, last, total = conversation.first, conversation.last, conversation.total
    ways = []
    if first > 1:
        ways.append(f'<a href="{address}&amp;page={page_number + 1}">Older messages</a>')
    if last < total:
        ways.append(f'<a href="{address}&amp;page={page_number - 1}">Newer messages</a>')
    shown = "".join(
        _message(
            message,
            zone,
            most_signs=_MOST_SIGNS,
            more=f'<a href="{address}&amp;message={message.id}">Show more of this message</a>',
        )
        for message in conversation.messages
    )
    if not ways:
        return shown
    return f"<nav>Messages {first} to {last} of {total} · {' · '.join(ways)}</nav>\n{shown}"


def _message(message: PortalMessage, zone: tzinfo, *, most_signs: int, more: str) -> str:
    """Return a message; one that is too long is followed by `more`, or by a sentence that says so."""
    sender = encode(labelled(message.from_name, message.from_address))
    shown = cut(message.body, signs=most_signs) if message.is_html else message.body
    body = sanitise(shown) if message.is_html else from_plain(shown)
    if message.is_cut or shown != message.body:
        body += f"\n<p><em>{more or 'The rest of this message is too long to be shown.'}</em></p>"
    return f"<article><header>{sender} · {moments.shown(message.sent_at, zone)}</header>\n<div>{body}</div></article>\n"
