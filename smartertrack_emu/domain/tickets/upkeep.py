"""What happens to tickets by themselves when their time has come: each of them once more looked at, and then changed.

All of it is done by the system. False: it was not due any more.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketIdle
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool.automatic import About, from_template
from smartertrack_emu.domain.structure.models import Department, Group

from .answers import Facts, values_of
from .models import Ticket
from .state import mark_deleted
from .status import change_status
from .visibility import by_id, open_to_change


def notice_follow_up(session: Session, ticket_id: int) -> int:
    """Note that a follow-up has fallen due, and return who has the ticket.

    One that nobody has waits for an agent then, unless it is pinned.
    """
    ticket = open_to_change(session, SYSTEM, by_id(ticket_id), even_locked=True, even_deleted=True)
    ticket.follow_up_awaited_at = None
    if ticket.agent_id == QUEUE_ID and ticket.is_open and not ticket.is_pinned:
        ticket.awaits_assignment_since = ticket.awaits_assignment_since or clock.now()
    session.flush()
    return QUEUE_ID if ticket.is_deleted else ticket.agent_id


def close(session: Session, ticket_id: int, before: datetime) -> bool:
    """Close a ticket that has been waiting since a moment or longer, whatever closing needs otherwise."""
    ticket = open_to_change(session, SYSTEM, by_id(ticket_id))
    if ticket.waiting_since is None or ticket.waiting_since > before:
        return False
    change_status(session, SYSTEM, ticket, TicketStatus.CLOSED, is_done=False)
    department = session.get_one(Department, ticket.department_id)
    if department.auto_close_mail and ticket.customer_email:
        _tell_customer(session, ticket, department)
    return True


def _tell_customer(session: Session, ticket: Ticket, department: Department) -> None:
    """Spool the mail that says to the customer that their ticket was closed."""
    agent = session.get_one(User, ticket.agent_id)
    holder = "" if agent.id == QUEUE_ID else agent.display_name
    group = session.get_one(Group, ticket.group_id)
    facts = Facts(ticket.id, ticket.number, ticket.subject, ticket.customer_name, ticket.customer_email, holder)
    about = About(
        ticket_id=ticket.id,
        ticket_number=ticket.number,
        department_id=department.id,
        from_address=department.email,
        from_name=department.name,
    )
    values = values_of(session, facts, department=department.name, group=group.name)
    from_template(session, "auto-close-ticket", ticket.customer_email, values, about)


def lock(session: Session, ticket_id: int, before: datetime) -> bool:
    """Lock a ticket that has been closed since a moment or longer."""
    ticket = open_to_change(session, SYSTEM, by_id(ticket_id))
    if ticket.status is not TicketStatus.CLOSED or ticket.closed_at is None or ticket.closed_at > before:
        return False
    return change_status(session, SYSTEM, ticket, TicketStatus.LOCKED)


def delete(session: Session, ticket_id: int, before: datetime) -> bool:
    """Mark a ticket as deleted that has been closed, locked or not, since a moment or longer."""
    ticket = open_to_change(session, SYSTEM, by_id(ticket_id), even_locked=True)
    if ticket.closed_at is None or ticket.closed_at > before:
        return False
    mark_deleted(session, SYSTEM, ticket)
    return True


def tell_idle(session: Session, ticket_id: int, before: datetime) -> bool:
    """Let it be an event that nothing has happened in a ticket since a moment: once, until something does."""
    ticket = open_to_change(session, SYSTEM, by_id(ticket_id))
    if ticket.watched_since is None or ticket.watched_since > before:
        return False
    idle = clock.now() - ticket.watched_since
    ticket.watched_since = None
    session.flush()
    publish(session, SYSTEM, TicketIdle(ticket.id, int(idle.total_seconds()) // 60))
    return True
