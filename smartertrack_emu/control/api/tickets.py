"""Tickets: the customer's answer, and relations that end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain.across import related_items
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.tickets import conversation, visibility
from smartertrack_emu.domain.tickets.conversation import NewMessage

from .declaring import Call, Routes
from .models import Model
from .references import Made

routes = Routes("The desk: tickets")

_LONGEST = 4_000_000


class Reply(Model):
    """What the customer writes, as text or as HTML; where both are given the HTML is kept, as of a mail."""

    example: ClassVar[Mapping[str, Any]] = {"text": "It still burns."}

    text: str = Field(default="", max_length=_LONGEST)
    html: str = Field(default="", max_length=_LONGEST)


def _find(call: Call, number: str) -> None:
    which = visibility.by_number(number)
    call.read(lambda session, actor: visibility.read(session, actor, which, (visibility.tickets.id,)))


@routes.post(
    "/tickets/{number}/reply", status=201, errors={409: "The ticket is deleted, or closed and locked."}, finds=_find
)
def reply_to_ticket(call: Call, number: str, body: Reply) -> Made:
    """Let a ticket's customer answer, as by mail; a ticket that waits or is closed is opened again."""

    def work(session: Session, actor: Principal) -> Made:
        which = visibility.by_number(number)
        ticket = visibility.open_to_change(session, actor, which)
        if not body.text.strip() and not body.html.strip():
            raise BadValue("text", "or html is required.")
        new = NewMessage(
            to_customer=False,
            body=body.html or body.text,
            is_html=bool(body.html),
            from_address=ticket.customer_email,
        )
        return Made(id=conversation.add(session, SYSTEM, which, new).id)

    return call.write(work)


def _find_item(call: Call, number: str, item: str) -> None:
    del item
    _find(call, number)


@routes.delete(
    "/tickets/{number}/related/{item}",
    errors={409: "The ticket is deleted."},
    fields={"related_item": "item"},
    finds=_find_item,
)
def delete_related_item(call: Call, number: str, item: str) -> None:
    """Let a ticket be related no more to an item.

    The item is a number, or `chat:ID`, `calllog:ID` or `ticket:ID`.
    """
    call.write(lambda session, actor: related_items.remove(session, actor, visibility.by_number(number), item))
