"""A ticket's custom fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.customfields import values
from smartertrack_emu.domain.customfields.values import Item
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketChanged
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.people.principal import Principal

from .status import touch
from .visibility import Which, open_to_change, read, tickets


def listed(session: Session, actor: Principal, which: Which) -> list[tuple[str, str]]:
    """Return a ticket's fields with their values, its department's in their order first; NotFound."""
    return values.listed(session, _item(session, actor, which))


def asked(
    session: Session, actor: Principal, which: Which, names: Iterable[str | None]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the values of the fields named, in that order, and the names that are no field of the ticket; NotFound."""
    return values.asked(session, _item(session, actor, which), names)


def set_values(session: Session, actor: Principal, which: Which, given: Mapping[str, str]) -> None:
    """Fill in fields by their names. A locked ticket takes it: it is no reply and no note.

    NotFound; NotPossible for a deleted ticket; BadValue, which names the field, and nothing is filled in.
    """
    ticket = open_to_change(session, actor, which, even_locked=True)
    changes = values.set_values(session, Item(ItemKind.TICKET, ticket.id, ticket.department_id), given)
    if not changes:
        return
    now = clock.now()
    touch(ticket, now)
    session.flush()
    publish(session, actor, TicketChanged(ticket.id, custom_fields=changes), at=now)


def _item(session: Session, actor: Principal, which: Which) -> Item:
    ticket = read(session, actor, which, (tickets.id, tickets.department_id))
    return Item(ItemKind.TICKET, ticket.id, ticket.department_id)
