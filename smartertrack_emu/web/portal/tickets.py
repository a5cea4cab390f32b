"""A ticket as its customer sees it: subject, status and messages, at an address that cannot be guessed.

/Main/frmTicket.aspx?ticketnumber=NUMBER&email=ADDRESS&h=KEY     the newest messages
…&page=2                                                         those before them
…&message=ID                                                     one message, more of it
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template, request

from smartertrack_emu.desk.desk import Session
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.html import MOST_SHOWN
from smartertrack_emu.domain.markup import cut
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.domain.surveys import offers
from smartertrack_emu.domain.tickets import portal
from smartertrack_emu.domain.tickets.addresses import labelled
from smartertrack_emu.domain.tickets.portal import Link, PortalMessage
from smartertrack_emu.domain.tickets.status import PORTAL_WORDS
from smartertrack_emu.web.visit import desk, parameters, prefixed

pages = Blueprint("tickets", __name__)

_MOST_SIGNS = 4_000
"""Signs (`<` and `&`) of one message's HTML among others."""

_LARGEST_ID = 2**31 - 1


class _Shown(NamedTuple):
    """A message as the page shows it; `is_cut`: its end is not in `body`."""

    message: PortalMessage
    sender: str
    body: str
    is_cut: bool


@pages.get("/Main/frmTicket.aspx")
def ticket() -> str:
    """Return the page of a ticket, or 404 where number, address and key do not belong together or it is deleted."""
    given = parameters()
    link = Link(given.get("ticketnumber", ""), given.get("email", ""), given.get("h", ""))

    def read(session: Session) -> dict[str, Any]:
        ticket = portal.find(session, link)
        found: dict[str, Any] = {"ticket": ticket, "zone": installation.time_zone_to_show(session)}
        if "message" in given:
            return found | {"alone": portal.message(session, ticket, _number(given["message"]))}
        number = _number(given.get("page", "1"))
        return found | {"conversation": portal.conversation(session, ticket, page=number), "page": number}

    found = desk().read(read, about=request.path)
    if "alone" in found:
        messages = [_shown(found["alone"], most_signs=MOST_SHOWN)]
    else:
        messages = [_shown(message, most_signs=_MOST_SIGNS) for message in found["conversation"].messages]
    return render_template(
        "portal/ticket.html",
        ticket=found["ticket"],
        status=PORTAL_WORDS[found["ticket"].status],
        zone=found["zone"],
        survey=found["ticket"].survey and offers.path(found["ticket"].survey),
        messages=messages,
        conversation=found.get("conversation"),
        page=found.get("page"),
        own_address=f"?{portal.query(link)}",
    )


@pages.get("/Portal/Tickets/<token:number>/<token:secret>")
def older_address(number: str, secret: str) -> Response:
    """Send an address as they were given before to the present one; 404 as in `ticket`."""
    link = desk().read(lambda session: portal.link_of_token(session, number, secret), about=request.path)
    response = Response("This page is elsewhere.\n", 302, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = prefixed(portal.path(link))
    response.headers["Cache-Control"] = "no-store"
    return response


def _number(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and len(given) <= 10 and int(given) <= _LARGEST_ID):
        raise NotFound("There is no such message or page of messages.")
    return int(given)


def _shown(message: PortalMessage, *, most_signs: int) -> _Shown:
    body = cut(message.body, signs=most_signs) if message.is_html else message.body
    sender = labelled(message.from_name, message.from_address)
    return _Shown(message, sender, body, message.is_cut or body != message.body)
