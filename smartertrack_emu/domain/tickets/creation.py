"""Opening tickets: one function for all twelve operations that do, outbound and inbound."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketCommentAdded, TicketCreated, TicketFollowUpScheduled
from smartertrack_emu.domain.events.words import excerpt
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import NoteKind, Priority, TicketStatus
from smartertrack_emu.domain.numbers import make_number
from smartertrack_emu.domain.people.assignment import choose_agent
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.users import no_user
from smartertrack_emu.domain.spool.mails import Mail, numbered, spool
from smartertrack_emu.domain.spool.models import MailKind
from smartertrack_emu.domain.structure.jobs import is_stopped
from smartertrack_emu.domain.structure.models import Distribution, GroupAlert, GroupMember
from smartertrack_emu.domain.structure.places import Place, resolve
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.identity import next_id
from smartertrack_emu.store.prepared import Prepared, inserting

from . import addresses, answers, notes
from .assignment import TURNS
from .customers import Customer, find_or_create
from .models import Direction, Ticket, TicketMessage, TicketNote

users, members = User.__table__.c, GroupMember.__table__.c
_INSERT_TICKET = inserting(Ticket.__table__, with_id=True)
_INSERT_MESSAGE = inserting(TicketMessage.__table__, returning_id=True)
_INSERT_NOTE = insert(TicketNote.__table__).returning(TicketNote.__table__.c.id)
_AGENT = Prepared(
    select(users.display_name, users.email, members.user_id)
    .select_from(
        User.__table__.outerjoin(
            GroupMember.__table__, (members.user_id == users.id) & (members.group_id == bindparam("group_id"))
        )
    )
    .where(users.id == bindparam("agent_id"), users.deleted_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What a ticket is to be. `agent_id` 0: assigned automatically. Dates None: now; all are UTC.

    `notify`: the customer gets the message by mail (outbound), or the department's automatic answer (inbound).
    `message_subject`: the message's where it is not the ticket's; `internet_id`: its Message-ID, in angle brackets.
    Without `has_address` the customer is a name alone, as a caller's number is: they have no account and get no mail.
    """

    direction: Direction
    customer: str
    subject: str
    body: str
    is_html: bool
    department_id: int = 0
    group_id: int = 0
    agent_id: int = 0
    customer_name: str = ""
    cc: str = ""
    status: TicketStatus = TicketStatus.OPEN
    priority: Priority = Priority.NORMAL
    is_pinned: bool = False
    notify: bool = False
    opened_at: datetime | None = None
    idle_since: datetime | None = None
    first_message_at: datetime | None = None
    follow_up_at: datetime | None = None
    follow_up_comment: str = ""
    message_subject: str = ""
    internet_id: str | None = None
    is_spam: bool = False
    has_address: bool = True


@dataclass(frozen=True, slots=True)
class CreatedTicket:
    """A new ticket's id and number, and the id of its first message."""

    id: int
    number: str
    message_id: int


@dataclass(frozen=True, slots=True)
class _Agent:
    id: int
    display_name: str
    email: str
    is_awaited: bool = False
    """Whether the queue has it until there is somebody for it."""


def create(session: Session, actor: Principal, new: NewTicket) -> CreatedTicket:
    """Open a ticket with its first message, its history, and the mail to the customer where one is wanted.

    The customer becomes a user where their address is not known. BadValue names what is missing or wrong; NotFound.
    """
    name, address = addresses.one(new.customer, "customer") if new.has_address else ("", "")
    cc = addresses.several(new.cc, "cc")
    if not new.subject.strip():
        raise BadValue("subject", "is required.")
    place = resolve(session, new.department_id, new.group_id)
    agent = _assign(session, actor, place, new)
    customer = find_or_create(session, address, new.customer_name or name) if address else Customer(None, "", "")
    now = clock.now()
    opened_at = new.opened_at or new.first_message_at or now
    message_at = new.first_message_at or opened_at
    ticket_id = next_id(session, Ticket)
    number = make_number(ticket_id, opened_at)
    idle_since = new.idle_since or message_at
    _INSERT_TICKET.run(session, _ticket_row(new, place, agent, customer, actor, now) | {
        "id": ticket_id,
        "number": number,
        "customer_email": address,
        "customer_email_key": key(address) if address else None,
        "opened_at": opened_at,
        "idle_since": idle_since,
        "watched_since": idle_since,
        "last_activity_at": max(opened_at, message_at),
        "last_reply_at": message_at,
        "closed_at": None if new.status.is_open else now,
    })  # fmt: skip
    message_id = _first_message(session, actor, new, place, agent, customer, cc, ticket_id, message_at)
    publish(session, actor, _created(ticket_id, new, place, agent), at=now)
    if new.follow_up_at is not None:
        event = TicketFollowUpScheduled(ticket_id, new.follow_up_at, excerpt(new.follow_up_comment))
        publish(session, actor, event, at=now)
    if new.follow_up_comment.strip():
        _comment(session, actor, new, ticket_id, now)
    if new.notify and new.direction is Direction.TO_CUSTOMER:
        _mail(session, new, place, agent, customer, cc, number, ticket_id, message_id)
    elif new.notify:
        answers.respond(session, actor, _facts(new, agent, customer, number, ticket_id), place)
    if place.alert is not GroupAlert.NONE:
        answers.alert_group(session, _alerting(place), _facts(new, agent, customer, number, ticket_id))
    return CreatedTicket(ticket_id, number, message_id)


def _assign(session: Session, actor: Principal, place: Place, new: NewTicket) -> _Agent:
    """Return who gets the ticket: the one named, who must be in the group, or whoever's turn it is."""
    agent_id = new.agent_id
    is_awaited = not agent_id and place.distribution is not Distribution.PULL
    if is_awaited and not is_stopped(session, "ticket-watcher"):
        agent_id = choose_agent(session, place.group_id, TURNS)
    if agent_id in (0, QUEUE_ID):
        return _Agent(QUEUE_ID, actor.display_name, actor.email, is_awaited=is_awaited)
    row = _AGENT.one_or_none(session, {"group_id": place.group_id, "agent_id": agent_id})
    if row is None:
        raise no_user(agent_id)
    if row.user_id is None:
        raise BadValue("agent_id", f": user {agent_id} is not in group {place.group_id}.")
    return _Agent(agent_id, row.display_name, row.email)


def _ticket_row(
    new: NewTicket, place: Place, agent: _Agent, customer: Customer, actor: Principal, now: datetime
) -> dict[str, Any]:
    outbound = new.direction is Direction.TO_CUSTOMER
    return {
        "subject": new.subject,
        "brand_id": place.brand_id,
        "department_id": place.department_id,
        "group_id": place.group_id,
        "agent_id": agent.id,
        "awaits_assignment_since": now if agent.is_awaited else None,
        "assigned_at": None if agent.id == QUEUE_ID else now,
        "customer_id": customer.id,
        "customer_name": new.customer_name or customer.display_name,
        "status": new.status,
        "is_open": new.status.is_open,
        "is_active": new.status.is_active,
        "priority": new.priority,
        "waiting_since": now if new.status is TicketStatus.WAITING else None,
        "is_pinned": new.is_pinned,
        "is_spam": new.is_spam,
        "pinned_at": now if new.is_pinned else None,
        "composed_at": now if outbound else None,
        "reply_count_in": 0 if outbound else 1,
        "reply_count_out": 1 if outbound else 0,
        "follow_up_at": new.follow_up_at,
        "follow_up_awaited_at": new.follow_up_at,
        "portal_token": secrets.token_urlsafe(32),
        "created_by_id": actor.id,
    }


def _first_message(
    session: Session,
    actor: Principal,
    new: NewTicket,
    place: Place,
    agent: _Agent,
    customer: Customer,
    cc: str,
    ticket_id: int,
    at: datetime,
) -> int:
    ours = (place.department_email or agent.email, agent.display_name)
    theirs = (customer.email, new.customer_name or customer.display_name)
    outbound = new.direction is Direction.TO_CUSTOMER
    (from_address, from_name), (to_address, to_name) = (ours, theirs) if outbound else (theirs, ours_in(place))
    row = {
        "ticket_id": ticket_id,
        "direction": new.direction,
        "author_id": (actor.id if agent.id == QUEUE_ID else agent.id) if outbound else customer.id,
        "from_address": from_address,
        "from_name": from_name,
        "to_address": to_address,
        "to_name": to_name,
        "cc_address": cc,
        "subject": new.message_subject or new.subject,
        "body": new.body,
        "is_html": new.is_html,
        "sent_at": at,
        "created_at": clock.now(),
        "internet_id": new.internet_id,
    }
    inserted = _INSERT_MESSAGE.one_or_none(session, row)
    assert inserted is not None  # noqa: S101 - an insert returns its id or fails
    return int(inserted.id)


def ours_in(place: Place) -> tuple[str, str]:
    """Return the address and the name that a customer writes to."""
    return place.department_email, place.department_name


def _created(ticket_id: int, new: NewTicket, place: Place, agent: _Agent) -> TicketCreated:
    is_outbound = new.direction is Direction.TO_CUSTOMER
    holder = (None, "") if agent.id == QUEUE_ID else (agent.id, agent.display_name)
    return TicketCreated(ticket_id, is_outbound, place.department_id, place.group_id, *holder)


def _comment(session: Session, actor: Principal, new: NewTicket, ticket_id: int, now: datetime) -> None:
    row = {
        "ticket_id": ticket_id,
        "kind": NoteKind.FOLLOW_UP,
        "author_id": actor.id,
        "body": encode(new.follow_up_comment),
        "entered_at": now,
    }
    note_id = session.execute(_INSERT_NOTE, row).scalar_one()
    publish(session, actor, TicketCommentAdded(ticket_id, note_id, notes.WORDS[NoteKind.FOLLOW_UP]), at=now)


def _mail(
    session: Session,
    new: NewTicket,
    place: Place,
    agent: _Agent,
    customer: Customer,
    cc: str,
    number: str,
    ticket_id: int,
    message_id: int,
) -> None:
    mail = Mail(
        to_address=customer.email,
        cc_address=cc,
        from_address=place.department_email or agent.email,
        from_name=agent.display_name,
        subject=numbered(number, new.subject),
        body=new.body,
        is_html=new.is_html,
    )
    spool(
        session,
        mail,
        kind=MailKind.MESSAGE,
        ticket_id=ticket_id,
        ticket_number=number,
        message_id=message_id,
        department_id=place.department_id,
    )


def _facts(new: NewTicket, agent: _Agent, customer: Customer, number: str, ticket_id: int) -> answers.Facts:
    name = new.customer_name or customer.display_name
    holder = "" if agent.id == QUEUE_ID else agent.display_name
    return answers.Facts(ticket_id, number, new.subject, name, customer.email, holder)


def _alerting(place: Place) -> answers.Alerting:
    return answers.Alerting(
        place.group_id,
        place.group_name,
        place.department_id,
        place.department_name,
        place.department_email,
        place.alert,
        place.alert_address,
    )
