"""Reports about tickets: those that were opened in the span."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.organizations.models import MemberType, Organization, OrganizationMember
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.structure.models import Department, Group
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.store.functions import after_at_sign

from .declaring import report
from .measures import AGENT, TICKETS, Rows, by_day, grouped, minutes, of, shown, total, without
from .spans import Span

_HOUR = 60
_FIRST_ANSWER = minutes(Ticket.opened_at, Ticket.first_response_at)
_SOLVING = minutes(Ticket.opened_at, Ticket.closed_at) / _HOUR
_WHERE = (
    (Department, Department.id == Ticket.department_id),
    (Group, Group.id == Ticket.group_id),
)
_FIGURES = (
    TICKETS.number,
    of(Ticket.is_open),
    of(~Ticket.is_open),
    total(Ticket.reply_count_in),
    total(Ticket.reply_count_out),
)
_COLUMNS = ("Tickets", "Open", "Closed", "Messages In", "Messages Out")


@report("Ticket Overview", "Day", *_COLUMNS)
def overview(session: Session, span: Span) -> Rows:
    """Each day's new tickets: how many of them are open now, how many closed, and the messages that they have."""
    there = Ticket.id.is_not(None)
    figures = (TICKETS.number, of(and_(there, Ticket.is_open)), of(and_(there, ~Ticket.is_open)), *_FIGURES[3:])
    return by_day(session, span, TICKETS, *figures)


@report("Tickets by Agent", "Agent", *_COLUMNS, "Average First Response Minutes")
def by_agent(session: Session, span: Span) -> Rows:
    """The tickets that each agent has now; those that nobody has are the queue's."""
    joined = [(User, User.id == Ticket.agent_id)]
    return without(grouped(session, span, TICKETS, [AGENT, User.id], joined, *_FIGURES, func.avg(_FIRST_ANSWER)), 1)


@report("Tickets by Department", "Department", *_COLUMNS, "Average First Response Minutes")
def by_department(session: Session, span: Span) -> Rows:
    """The tickets of each department."""
    by = [Department.name, Department.id]
    return without(grouped(session, span, TICKETS, by, _WHERE[:1], *_FIGURES, func.avg(_FIRST_ANSWER)), 1)


@report("Tickets by Group", "Department", "Group", *_COLUMNS, "Average First Response Minutes")
def by_group(session: Session, span: Span) -> Rows:
    """The tickets of each group."""
    by = [Department.name, Group.name, Group.id]
    return without(grouped(session, span, TICKETS, by, _WHERE, *_FIGURES, func.avg(_FIRST_ANSWER)), 2)


@report("Tickets by Organization", "Organization", *_COLUMNS)
def by_organization(session: Session, span: Span) -> Rows:
    """The tickets of each organization's members, who count by their address, its domain or their user name."""
    kind, value = OrganizationMember.type, OrganizationMember.value_key
    is_member = or_(
        and_(kind == MemberType.EMAIL, value == Ticket.customer_email_key),
        and_(kind == MemberType.DOMAIN, value == after_at_sign(Ticket.customer_email_key)),
        and_(kind == MemberType.USERNAME, value == User.username_key),
    )
    # A customer who is a member in two ways has their tickets once.
    whose = (
        select(Ticket.id.label("ticket_id"), OrganizationMember.organization_id)
        .distinct()
        .select_from(Ticket)
        .outerjoin(User, User.id == Ticket.customer_id)
        .join(OrganizationMember, is_member)
        .where(*TICKETS.within(span))
        .subquery()
    )
    by = [Organization.name, Organization.id]
    joined = [(whose, whose.c.ticket_id == Ticket.id), (Organization, Organization.id == whose.c.organization_id)]
    return without(grouped(session, span, TICKETS, by, joined, *_FIGURES), 1)


@report("Ticket First Response Times", "Department", "Tickets", "Answered", "Average Minutes", "Longest Minutes")
def first_responses(session: Session, span: Span) -> Rows:
    """How long customers of each department waited for the first answer."""
    figures = (
        TICKETS.number,
        func.count(Ticket.first_response_at),
        func.avg(_FIRST_ANSWER),
        func.max(_FIRST_ANSWER),
    )
    return without(grouped(session, span, TICKETS, [Department.name, Department.id], _WHERE[:1], *figures), 1)


@report("Ticket Resolution Times", "Department", "Tickets", "Closed", "Average Hours", "Longest Hours")
def resolutions(session: Session, span: Span) -> Rows:
    """How long it took until tickets of each department were closed; those that are open again do not count."""
    closed = ~Ticket.is_open
    figures = (
        TICKETS.number,
        of(closed),
        func.avg(_SOLVING).filter(closed),
        func.max(_SOLVING).filter(closed),
    )
    return without(grouped(session, span, TICKETS, [Department.name, Department.id], _WHERE[:1], *figures), 1)


@report("Ticket Backlog", "Department", "Group", "Open", "Active", "Waiting", "Oldest", "Oldest Hours")
def backlog(session: Session, span: Span) -> Rows:
    """The tickets of each group that are still open: all of them, the active and the waiting ones, and the oldest."""
    waiting = and_(Ticket.is_open, ~Ticket.is_active)
    figures = (
        of(Ticket.is_open),
        of(Ticket.is_active),
        of(waiting),
        func.min(Ticket.opened_at).filter(Ticket.is_open),
    )
    by = [Department.name, Group.name, Group.id]
    rows: Rows = []
    for row in without(grouped(session, span, TICKETS, by, _WHERE, *figures), 2):
        oldest = row[-1]
        if isinstance(oldest, datetime):
            rows.append((*row, shown((clock.now() - oldest).total_seconds() / 3600)))
    return rows
