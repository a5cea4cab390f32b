"""Which tickets somebody sees, and opening one to read or to change it: the one gate to tickets.

Managers and administrators see the tickets of all groups, agents those of their groups, both the queue's with the right
to view it, which administrators always have; portal users see their own. A ticket that one may not see is one that does
not exist.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound, NotPossible
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.structure.models import GroupMember
from smartertrack_emu.domain.text import key_or_none
from smartertrack_emu.store.types import KEY, AnyRow

from .models import Ticket

tickets, members = Ticket.__table__.c, GroupMember.__table__.c
"""The table's columns: statements made of these cost a fraction of those made of mapped attributes."""


class Sight(Enum):
    """How far somebody sees."""

    ALL = "all"
    ALL_BUT_QUEUE = "all, without the queue"
    GROUPS = "their groups"
    GROUPS_BUT_QUEUE = "their groups, without the queue"
    OWN = "their own"


class Which(NamedTuple):
    """A ticket asked for: by which column, and what a sentence calls it."""

    column: str
    value: int | str
    name: str


def by_id(ticket_id: int) -> Which:
    """Ask for a ticket by its id."""
    return Which("id", ticket_id, f"ticket {ticket_id}")


def by_number(number: str) -> Which:
    """Ask for a ticket by its number, in any letter case."""
    word = number.strip()
    return Which("number", word.upper(), f"ticket {word[:40]!r}")


def sight_of(actor: Principal) -> Sight:
    """Say how far an actor sees."""
    sees_queue = actor.may(Right.TICKETS_VIEW_QUEUE)
    if actor.sees_all_groups:
        return Sight.ALL if sees_queue else Sight.ALL_BUT_QUEUE
    if not actor.is_agent:
        return Sight.OWN
    return Sight.GROUPS if sees_queue else Sight.GROUPS_BUT_QUEUE


def conditions(sight: Sight) -> list[ColumnElement[bool]]:
    """Return what a ticket within sight meets, with bound parameters whose values `parameters` gives."""
    return _conditions(sight, bindparam("seer_id"), bindparam("seer_email"))


def _conditions(sight: Sight, seer_id: Any, seer_email: Any) -> list[ColumnElement[bool]]:
    if sight is Sight.ALL:
        return []
    if sight is Sight.ALL_BUT_QUEUE:
        return [tickets.agent_id != QUEUE_ID]
    if sight is Sight.OWN:
        return [or_(tickets.customer_id == seer_id, tickets.customer_email_key == seer_email)]
    # A subselect, not a list of ids: the same SQL for everybody.
    theirs = select(members.group_id).where(members.user_id == seer_id)
    groups: list[ColumnElement[bool]] = [tickets.group_id.in_(theirs)]
    return groups if sight is Sight.GROUPS else [*groups, tickets.agent_id != QUEUE_ID]


def parameters(actor: Principal, sight: Sight) -> dict[str, Any]:
    """Return the values of the parameters of `conditions`."""
    if sight in (Sight.ALL, Sight.ALL_BUT_QUEUE):
        return {}
    if sight is Sight.OWN:
        return {"seer_id": actor.id, "seer_email": key_or_none(actor.email)}
    return {"seer_id": actor.id}


def visible_to(actor: Principal) -> list[ColumnElement[bool]]:
    """Return the conditions that a ticket meets which the actor sees, values and all; none for who sees all."""
    email = bindparam(None, key_or_none(actor.email), KEY)  # None too is compared, and equal to nothing
    return _conditions(sight_of(actor), actor.id, email)


@cache
def _statement(columns: tuple[ColumnElement[Any], ...], asked_by: str, sight: Sight) -> Select[Any]:
    return select(*columns).where(tickets[asked_by] == bindparam("asked"), *conditions(sight))


def read(session: Session, actor: Principal, which: Which, columns: tuple[ColumnElement[Any], ...]) -> AnyRow:
    """Return columns of a ticket the actor sees, deleted or not; NotFound otherwise."""
    sight = sight_of(actor)
    values = {"asked": which.value, **parameters(actor, sight)}
    row = session.execute(_statement(columns, which.column, sight), values).one_or_none()
    if row is None:
        raise NotFound(f"There is no {which.name}.")
    return row


def open_to_change(
    session: Session, actor: Principal, which: Which, *, even_locked: bool = False, even_deleted: bool = False
) -> Ticket:
    """Return a ticket the actor sees, its row locked until the transaction ends.

    NotFound; NotPossible for a deleted ticket, and for one closed and locked, unless told otherwise.
    """
    ticket = session.scalars(
        select(Ticket).where(tickets[which.column] == which.value, *visible_to(actor)).with_for_update(of=Ticket)
    ).one_or_none()
    if ticket is None:
        raise NotFound(f"There is no {which.name}.")
    if ticket.is_deleted and not even_deleted:
        raise NotPossible(f"Ticket {ticket.number} is deleted.")
    if ticket.status == TicketStatus.LOCKED and not even_locked:
        raise NotPossible(f"Ticket {ticket.number} is closed and locked.")
    return ticket
