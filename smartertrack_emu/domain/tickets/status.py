"""A ticket's status: the one way to change it, whoever asks for it.

    wanted = parse("waiting")                                  TicketStatus.WAITING; None for "" (leave it)
    change_status(session, actor, ticket, wanted)              True where it changed

Closing needs what the department wants: its custom fields required to close, a resolution and closed tasks where it
asks for them (the product's settings). Closed and Locked is set and lifted by a manager or an administrator (ours). A
closed or deleted ticket keeps an agent who was deleted, as history; one that comes back goes to its group's queue
(`leave_deleted_agent`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, column, select, table
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.customfields import values
from smartertrack_emu.domain.customfields.values import Item, Requirement
from smartertrack_emu.domain.errors import BadValue, NotPossible, PermissionDenied
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.events.tickets import TicketStatusChanged, TicketTransferred
from smartertrack_emu.domain.events.words import Reason, Standing
from smartertrack_emu.domain.kinds import ItemKind, TicketStatus
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.models import Department, Group

from . import surveys
from .models import Ticket

WORDS = {
    TicketStatus.OPEN: "Open",
    TicketStatus.WAITING: "Waiting",
    TicketStatus.CLOSED: "Closed",
    TicketStatus.LOCKED: "Closed and Locked",
}
"""What the history calls each status."""

PORTAL_WORDS = {**WORDS, TicketStatus.LOCKED: "Closed"}
"""What the portal calls each status (ours)."""

INTERNAL_WORDS = {**WORDS, TicketStatus.OPEN: "Active"}
"""What agents call each status (ours)."""

# The tasks stand on a floor above tickets; all that is asked of them here is whether one is open.
_tasks = table("tasks", column("id"), column("ticket_id"), column("status"), column("deleted_at"))
_COMPLETED, _REJECTED = 7, 8
_OPEN_TASK = (
    select(_tasks.c.id)
    .where(
        _tasks.c.ticket_id == bindparam("ticket_id"),
        _tasks.c.deleted_at.is_(None),
        _tasks.c.status.not_in((_COMPLETED, _REJECTED)),
    )
    .limit(1)
)

_SETTABLE = {WORDS[status].lower(): status for status in TicketStatus if status is not TicketStatus.LOCKED}


def parse(word: str) -> TicketStatus | None:
    """Return the status that a word names, None for an empty one; BadValue for any other word."""
    if not word.strip():
        return None
    status = _SETTABLE.get(word.strip().lower())
    if status is None:
        raise BadValue("status", f": {shown(word)} is none of Open, Waiting and Closed.")
    return status


def change_status(
    session: Session, actor: Principal, ticket: Ticket, status: TicketStatus, *, is_done: bool = True
) -> bool:
    """Give a ticket a status, with all that follows from it, and say so in its history; False where it had it.

    The ticket is one opened to change (a locked one with `even_locked`). NotPossible where closing needs something that
    is missing, unless the ticket is not done but gone elsewhere (`is_done` False); PermissionDenied for locking and
    unlocking without the right to.
    """
    before = ticket.status
    if status == before:
        return False
    if TicketStatus.LOCKED in (before, status) and not actor.sees_all_groups:
        raise PermissionDenied("Locking and unlocking a ticket needs a manager or an administrator.")
    if is_done and before.is_open and not status.is_open:
        check_closing(session, ticket)
    if status.is_open and not before.is_open:
        leave_deleted_agent(session, actor, ticket)
    now = clock.now()
    ticket.status = status
    if before.is_open != status.is_open:
        ticket.closed_at = None if status.is_open else now
    ticket.waiting_since = now if status is TicketStatus.WAITING else None
    ticket.idle_since = ticket.watched_since = now
    touch(ticket, now)
    session.flush()
    publish(session, actor, TicketStatusChanged(ticket.id, WORDS[before], WORDS[status]), at=now)
    if is_done and before.is_open and not status.is_open:
        surveys.offer(session, actor, ticket)
    return True


def leave_deleted_agent(session: Session, actor: Principal, ticket: Ticket) -> None:
    """Put a ticket that comes back, reopened or restored, into its group's queue where its agent has been deleted."""
    if ticket.agent_id == QUEUE_ID:
        return
    # Locked as `delete_user` locks them: either the deletion finds the ticket open again, or it is seen here.
    agent = (
        select(User.username, User.display_name, User.deleted_at, Group.name, Department.name)
        .select_from(User)
        .join(Group, Group.id == ticket.group_id)
        .join(Department, Department.id == Group.department_id)
        .where(User.id == ticket.agent_id)
        .with_for_update(read=True, of=User)
    )
    username, name, deleted_at, group, department = session.execute(agent).one()
    if deleted_at is None:
        return
    event = TicketTransferred(
        ticket.id,
        department,
        group,
        username,
        before=Standing(ticket.group_id, group, ticket.agent_id, name),
        after=Standing(ticket.group_id, group, None, ""),
        reason=Reason.AGENT_GONE,
    )
    give_to(ticket, QUEUE_ID, clock.now())
    session.flush()
    publish(session, actor, event)


def give_to(ticket: Ticket, agent_id: int, at: datetime) -> None:
    """Give a ticket to another agent, or to the queue, where it stays until somebody takes it; a pin is lifted."""
    ticket.agent_id, ticket.is_pinned = agent_id, False
    ticket.assigned_at = None if agent_id == QUEUE_ID else at
    ticket.awaits_assignment_since = None
    ticket.watched_since = at


def check_closing(session: Session, ticket: Ticket) -> None:
    """Raise NotPossible, saying what is missing, where a ticket cannot be closed as it stands."""
    item = Item(ItemKind.TICKET, ticket.id, ticket.department_id)
    require_fields(session, item, Requirement.AGENTS_TO_CLOSE, f"Closing ticket {ticket.number}")
    needs = select(Department.requires_resolution, Department.requires_closed_tasks)
    resolution, closed_tasks = session.execute(needs.where(Department.id == ticket.department_id)).one()
    if resolution and not ticket.has_resolution:
        raise NotPossible(f"Closing ticket {ticket.number} needs a resolution: add a note of that kind first.")
    if closed_tasks and session.scalar(_OPEN_TASK, {"ticket_id": ticket.id}) is not None:
        raise NotPossible(f"Closing ticket {ticket.number} needs its tasks completed or rejected first.")


def require_fields(session: Session, item: Item, requirement: Requirement, what: str) -> None:
    """Raise NotPossible, naming them, where custom fields are not filled in that `what` needs.

    The ticket's state forbids it; no value of the call is wrong (ours).
    """
    names = values.missing(session, item, requirement)
    if names:
        raise NotPossible(f"{what} needs these custom fields filled in: {', '.join(names)}.")


def touch(ticket: Ticket, at: datetime) -> None:
    """Note activity: lists are sorted by the latest."""
    ticket.last_activity_at = max(ticket.last_activity_at, at)
