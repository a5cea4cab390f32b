"""An event that a client makes: a ticket, with beside it what a ticket has no place for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock, dates
from smartertrack_emu.domain.clients.clients import Reach
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import NoteKind
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.models import Group, GroupMember
from smartertrack_emu.domain.text import key
from smartertrack_emu.domain.tickets import addresses, creation, notes
from smartertrack_emu.domain.tickets.creation import NewTicket
from smartertrack_emu.domain.tickets.models import Direction, Ticket
from smartertrack_emu.domain.tickets.visibility import by_id

from . import groups
from .events import PRIORITY, id_of_ticket, nearest_priority
from .kinds import EventType
from .models import AcdEvent, AcdGroupSettings

_users, _members, _groups = User.__table__.c, GroupMember.__table__.c, Group.__table__.c
_beside, _tickets = AcdEvent.__table__.c, Ticket.__table__.c

LARGEST_PRIORITY = 100


class NoAcdUser(NotFound):
    """There is no such user, or they are in no group of the client's."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What an event is to be. A group, or a configuration group and the agent group that it goes to.

    `user_id` None: whoever's turn it is. `body`: of a callback, for others have none.
    """

    type: int
    sender: str
    subject: str
    group_id: int | None = None
    configuration_group_id: int | None = None
    agent_group_id: int | None = None
    user_id: int | None = None
    receiver: str | None = None
    body: str | None = None
    crm_url: str | None = None
    user_data: str | None = None
    priority: int = PRIORITY
    appointment_at: datetime | None = None


class Opened(NamedTuple):
    """The event's id. `is_updated`: it was there already."""

    event_id: int
    is_updated: bool


def open_event(session: Session, actor: Principal, reach: Reach, new: NewEvent) -> Opened:
    """Make an event, or add to the one that is there where its group takes no duplicates.

    BadValue; NoAcdGroup; NoAcdUser for one who is in none of the client's groups.
    """
    kind = _checked(new)
    group_id = _group(session, reach, new)
    _check_user(session, reach, group_id, new.user_id)
    body = (new.body or "") if kind is EventType.CALLBACK else ""
    known = _not_done(session, reach, group_id, kind, new.sender)
    if known is not None:
        told = f"{new.subject}\n\n{body}" if body else new.subject
        notes.add(session, actor, by_id(known), NoteKind.NOTE, encode(told))
        return Opened(id_of_ticket(known), is_updated=True)
    address = _address(new.sender)
    made = creation.create(
        session,
        actor,
        NewTicket(
            direction=Direction.FROM_CUSTOMER,
            customer=address,
            has_address=bool(address),
            customer_name=new.sender,
            subject=new.subject,
            body=body,
            is_html=False,
            group_id=group_id,
            agent_id=new.user_id or 0,
            priority=nearest_priority(new.priority),
            follow_up_at=new.appointment_at,
        ),
    )
    session.add(
        AcdEvent(
            ticket_id=made.id,
            client_id=reach.client_id,
            type=kind,
            sender=new.sender,
            receiver=new.receiver,
            user_data=new.user_data,
            crm_url=new.crm_url,
            priority=new.priority,
            configuration_group_id=new.configuration_group_id,
            agent_group_id=new.agent_group_id,
            appointment_at=new.appointment_at,
        )
    )
    session.flush()
    return Opened(id_of_ticket(made.id), is_updated=False)


def _checked(new: NewEvent) -> EventType:
    """Return the event's type; BadValue for what is wrong in itself."""
    two = [new.configuration_group_id, new.agent_group_id]
    if (new.group_id is None) == (two == [None, None]) or (new.group_id is None and None in two):
        raise BadValue(
            "Either {group_id} or both {configuration_group_id} and {agent_group_id} are required.",
            fields=("group_id", "configuration_group_id", "agent_group_id"),
        )
    if new.type not in set(EventType) or new.type == EventType.CHAT:
        raise BadValue("type", f": {new.type} is no type of event that can be made; chats are begun by customers.")
    if not 0 <= new.priority <= LARGEST_PRIORITY:
        raise BadValue("priority", f"must be from 0 to {LARGEST_PRIORITY}.")
    if new.crm_url is not None and not is_url(new.crm_url):
        raise BadValue("crm_url", "must be an absolute http or https URL.")
    return EventType(new.type)


def is_url(text: str) -> bool:
    """Say whether a text is an absolute http or https URL."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and text.isprintable()
    except ValueError:
        return False


def _group(session: Session, reach: Reach, new: NewEvent) -> int:
    for group_id in (new.group_id, new.configuration_group_id, new.agent_group_id):
        if group_id is not None:
            groups.require(session, reach, group_id)
    found = new.agent_group_id if new.group_id is None else new.group_id
    assert found is not None  # noqa: S101 - `_checked` has seen to it
    return found


def _check_user(session: Session, reach: Reach, group_id: int, user_id: int | None) -> None:
    if user_id is None:
        return
    theirs = session.scalars(
        select(_members.group_id)
        .join_from(GroupMember.__table__, User.__table__, _users.id == _members.user_id)
        .join(Group.__table__, _groups.id == _members.group_id)
        .where(_members.user_id == user_id, _users.deleted_at.is_(None), *reach.groups())
    ).all()
    if not theirs:
        raise NoAcdUser(f"There is no user {user_id}.")
    if group_id not in theirs:
        raise BadValue("user_id", f": user {user_id} is not in group {group_id}.")


def _not_done(session: Session, reach: Reach, group_id: int, kind: EventType, sender: str) -> int | None:
    """Return the ticket that such an event is already, where its group takes no duplicates; two at once make one."""
    setting = session.scalars(
        select(AcdGroupSettings).where(AcdGroupSettings.group_id == group_id).with_for_update()
    ).one_or_none()
    if setting is None or setting.allows_duplicates:
        return None
    return session.scalar(
        select(_beside.ticket_id)
        .join_from(AcdEvent.__table__, Ticket.__table__, _tickets.id == _beside.ticket_id)
        .where(
            _beside.client_id == reach.client_id,
            _beside.type == kind,
            _beside.sender_key == key(sender),
            _tickets.group_id == group_id,
            _tickets.is_open,
            ~_tickets.is_deleted,
        )
        .order_by(_beside.ticket_id)
        .limit(1)
    )


def _address(sender: str) -> str:
    """Return the e-mail address that a sender is, "" for what is none."""
    try:
        name, address = addresses.one(sender, "sender")
    except BadValue:
        return ""
    return "" if name or address != sender else address


def appointment(day: date | None, at: time | None, zone: tzinfo) -> datetime | None:
    """Return the moment of an appointment in the installation's zone: without a day, the next one with that time."""
    if day is None and at is None:
        return None
    try:
        if day is not None:
            return dates.to_utc(datetime.combine(day, at or time()), zone)
        now = clock.now()
        today = now.astimezone(zone).date()
        moment = dates.to_utc(datetime.combine(today, at or time()), zone)
        return moment if moment > now else dates.to_utc(datetime.combine(today + timedelta(days=1), at or time()), zone)
    except (ValueError, OverflowError):
        raise BadValue("appointment_day", "lies outside the years 1 to 9999.") from None
