"""The groups of a client as the ACD shows them: how they are set, who is in them, what waits there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true
from sqlalchemy.orm import Session

from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.clients.clients import Reach
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.people.agents import is_agent
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.structure.models import Department, Group, GroupMember
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.store import listing
from smartertrack_emu.store.listing import Condition, Fields, Listed, Page, Wanted

from .models import AcdGroupSettings

SERVICE_LEVEL_SECONDS = 30
"""Of groups that say nothing else (the vendor's example)."""

groups, members = Group.__table__.c, GroupMember.__table__.c
_settings, _departments, _users = AcdGroupSettings.__table__.c, Department.__table__.c, User.__table__.c


class NoAcdGroup(NotFound):
    """There is no such group, or it is not one of the client's."""


def page(session: Session, reach: Reach, wanted: Wanted) -> Page:
    """Return groups of a client with their figures; as many statements however many groups there are."""
    columns, base = _columns(reach)
    return listing.read(session, base, columns, wanted, tie=groups.id)


def get(session: Session, reach: Reach, group_id: int) -> Fields:
    """Return a group with its figures; NoAcdGroup."""
    columns, base = _columns(reach)
    rows = listing.read(session, base.where(groups.id == group_id), columns, Wanted("id"), tie=groups.id).rows
    if not rows:
        raise no_group(group_id)
    return rows[0]


def named(session: Session, reach: Reach, name: str) -> Page:
    """Return the groups whose name contains a text, in any letter case, by name and id."""
    return page(session, reach, Wanted("name", conditions=[Condition("name", "~", name)]))


def require(session: Session, reach: Reach, group_id: int) -> None:
    """Raise NoAcdGroup for a group that is not one of the client's."""
    if session.scalar(select(groups.id).where(groups.id == group_id, *reach.groups())) is None:
        raise no_group(group_id)


def no_group(group_id: int) -> NoAcdGroup:
    """Return what to raise where there is no such group."""
    return NoAcdGroup(f"There is no group {group_id}.")


def _columns(reach: Reach) -> tuple[dict[str, Listed], Select[Any]]:
    people, tickets, chats = _people(), _waiting(Ticket), _waiting(Chat)
    columns = {
        "service_level_seconds": Listed(
            func.coalesce(_settings.service_level_seconds, SERVICE_LEVEL_SECONDS), "number"
        ),
        "id": Listed(groups.id, "number"),
        "client_id": Listed(literal(reach.client_id), "number"),
        "name": Listed(groups.name, "text"),
        "number": Listed(func.nullif(groups.extension, ""), "text", empty=True),
        "foreign_system_id": Listed(_settings.foreign_system_id, "text", empty=True),
        "department_id": Listed(groups.department_id, "number"),
        "department_name": Listed(_departments.name, "text"),
        "allows_duplicates": Listed(func.coalesce(_settings.allows_duplicates, true()), "flag"),
        "agents": _figure(people.c.agents),
        "agents_receiving_tickets": _figure(people.c.receiving_tickets),
        "agents_receiving_chats": _figure(people.c.receiving_chats),
        "agents_available": _figure(people.c.available),
        "tickets_queued": _figure(tickets.c.queued),
        "tickets_active": _figure(tickets.c.held),
        "chats_queued": _figure(chats.c.queued),
        "chats_active": _figure(chats.c.held),
    }
    base = (
        select(groups.id)
        .select_from(Group.__table__)
        .join(Department.__table__, _departments.id == groups.department_id)
        .outerjoin(AcdGroupSettings.__table__, _settings.group_id == groups.id)
        .outerjoin(people, people.c.group_id == groups.id)
        .outerjoin(tickets, tickets.c.group_id == groups.id)
        .outerjoin(chats, chats.c.group_id == groups.id)
        .where(*reach.groups())
    )
    return columns, base


def _figure(column: ColumnElement[int]) -> Listed:
    return Listed(func.coalesce(column, 0), "number")


def _people() -> Any:
    """How many agents each group has, and how many of them receive what (as svcChats says who is available)."""
    chats = Chat.__table__.c
    busy = (
        select(func.count())
        .where(
            chats.agent_id == members.user_id, chats.group_id == members.group_id, chats.is_active, ~chats.is_deleted
        )
        .correlate(GroupMember.__table__)
        .scalar_subquery()
    )
    available = and_(
        members.receives_chats, ~_users.is_away, or_(members.max_chats.is_(None), busy < members.max_chats)
    )
    return (
        select(
            members.group_id,
            func.count().label("agents"),
            func.count().filter(members.receives_tickets).label("receiving_tickets"),
            func.count().filter(members.receives_chats).label("receiving_chats"),
            func.count().filter(available).label("available"),
        )
        .join_from(GroupMember.__table__, User.__table__, _users.id == members.user_id)
        .where(is_agent())
        .group_by(members.group_id)
        .subquery("people")
    )


def _waiting(item: type[Ticket | Chat]) -> Any:
    """How many active items of each group are the queue's, and how many an agent's."""
    columns = item.__table__.c
    return (
        select(
            columns.group_id,
            func.count().filter(columns.agent_id == QUEUE_ID).label("queued"),
            func.count().filter(columns.agent_id != QUEUE_ID).label("held"),
        )
        .where(columns.is_active, ~columns.is_deleted)
        .group_by(columns.group_id)
        .subquery(f"{item.__tablename__}_of_groups")
    )
