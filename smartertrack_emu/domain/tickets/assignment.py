"""Handing tickets to groups, to agents, and back to the queue."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.events.publishing import publish, publish_all
from smartertrack_emu.domain.events.tickets import TicketTransferred
from smartertrack_emu.domain.events.words import Reason, Standing, excerpt
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.kinds import NoteKind, TicketStatus
from smartertrack_emu.domain.people.assignment import Turns, choose_agent
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.people.users import SYSTEM, no_user
from smartertrack_emu.domain.structure.departments import no_group
from smartertrack_emu.domain.structure.models import Department, Group, GroupAlert, GroupMember
from smartertrack_emu.store.batches import batches

from . import answers, notes
from .models import Ticket
from .status import change_status, give_to, touch
from .visibility import Which, open_to_change

departments, groups = Department.__table__.c, Group.__table__.c
users, members = User.__table__.c, GroupMember.__table__.c
tickets = Ticket.__table__.c

TURNS = Turns("ticket", Ticket.__table__)
"""Whose turn it is to get a ticket."""

_GROUPS = (
    select(
        groups.id.label("group_id"),
        groups.name,
        groups.department_id,
        departments.brand_id,
        departments.name.label("department_name"),
        departments.email.label("department_email"),
        groups.alert,
        groups.alert_address,
    )
    .join_from(Group.__table__, Department.__table__, departments.id == groups.department_id)
    .where(groups.id.in_(bindparam("ids", expanding=True)))
)
_AGENTS = (
    select(users.id, users.username, users.display_name, users.deleted_at, members.user_id.label("member"))
    .select_from(
        User.__table__.outerjoin(
            GroupMember.__table__, (members.user_id == users.id) & (members.group_id == bindparam("group_id"))
        )
    )
    .where(users.id.in_(bindparam("ids", expanding=True)))
)
_ACTIVE = (
    select(
        tickets.id,
        tickets.group_id,
        tickets.department_id,
        tickets.number,
        tickets.subject,
        tickets.customer_name,
        tickets.customer_email,
        groups.name,
        groups.alert,
        groups.alert_address,
        departments.name.label("department_name"),
        departments.email.label("department_email"),
    )
    .join_from(Ticket.__table__, Group.__table__, groups.id == tickets.group_id)
    .join(Department.__table__, departments.id == tickets.department_id)
    .where(tickets.agent_id == bindparam("agent_id"), tickets.is_active, ~tickets.is_deleted)
    .order_by(tickets.id)
    .with_for_update(of=Ticket.__table__)
)
_TO_QUEUE = (
    update(Ticket.__table__)
    .where(tickets.id.in_(bindparam("ids", expanding=True)))
    .values(
        agent_id=QUEUE_ID,
        is_pinned=False,
        assigned_at=None,
        awaits_assignment_since=bindparam("awaits_since"),
        watched_since=bindparam("now"),
        last_activity_at=case(
            (tickets.last_activity_at < bindparam("now"), bindparam("now")), else_=tickets.last_activity_at
        ),
    )
)


def move(
    session: Session,
    actor: Principal,
    ticket: Ticket,
    *,
    group_id: int | None,
    agent_id: int | None,
    comment: str = "",
) -> None:
    """Put a ticket, opened to change, into a group (with its department and brand) and with an agent of that group.

    None, or 0, leaves either as it is, but an agent who is not in the new group loses the ticket to its queue; the
    queue's id gives it to the queue. A pin is to one agent, so that another one lifts it: set a new one afterwards. To
    move a ticket where it is changes nothing and leaves no history. PermissionDenied: changing the group needs the
    right Transfer, naming an agent AgentTransfer. NotFound; BadValue for an agent who is not in the group.
    """
    to_group = group_id or ticket.group_id
    if to_group != ticket.group_id:
        actor.require(Right.DISTRIBUTION_TRANSFER, "Changing a ticket's group")
    if agent_id and agent_id != QUEUE_ID:
        actor.require(Right.DISTRIBUTION_AGENT_TRANSFER, "Naming a ticket's agent")
    places = {row.group_id: row for row in session.execute(_GROUPS, {"ids": sorted({ticket.group_id, to_group})})}
    if to_group not in places:
        raise no_group(to_group)
    wanted = agent_id or ticket.agent_id
    people = _people(session, to_group, ticket.agent_id, wanted)
    to_agent = _checked(people.get(wanted), wanted, to_group, was_named=bool(agent_id))
    if agent_id == QUEUE_ID:
        ticket.awaits_assignment_since = None  # who puts it into the queue wants it there
    if (to_group, to_agent) == (ticket.group_id, ticket.agent_id):
        session.flush()
        return
    event = _transferred(ticket.id, places[ticket.group_id], people.get(ticket.agent_id))._replace(
        comment=excerpt(comment), after=_standing(places[to_group], people.get(to_agent))
    )
    is_news = to_agent == QUEUE_ID or to_group != ticket.group_id
    now = clock.now()
    if to_agent != ticket.agent_id:
        give_to(ticket, to_agent, now)
    ticket.brand_id = places[to_group].brand_id
    ticket.department_id = places[to_group].department_id
    ticket.group_id = to_group
    touch(ticket, now)
    session.flush()
    publish(session, actor, event)
    if is_news:
        _alert(session, ticket, places[to_group], people.get(to_agent))


def _alert(session: Session, ticket: Any, group: Any, agent: Any) -> None:
    """Tell those whom a group wants told of a ticket that has come to it, or into its queue."""
    if group.alert is GroupAlert.NONE:
        return
    alerting = answers.Alerting(
        group.group_id,
        group.name,
        group.department_id,
        group.department_name,
        group.department_email,
        group.alert,
        group.alert_address,
    )
    holder = "" if agent is None else agent.display_name
    facts = answers.Facts(ticket.id, ticket.number, ticket.subject, ticket.customer_name, ticket.customer_email, holder)
    answers.alert_group(session, alerting, facts)


def transfer(
    session: Session,
    actor: Principal,
    which: Which,
    *,
    group_id: int,
    agent_id: int,
    comment: str,
    status: TicketStatus | None,
) -> None:
    """Hand a ticket to a group and an agent, with a plain text note and a new status (None: as it is).

    Group 0 is the ticket's own (ours); without an agent the group's queue takes it (documented). NotPossible where the
    status needs what the new department wants for closing. Else as `move`.
    """
    ticket = open_to_change(session, actor, which)
    move(session, actor, ticket, group_id=group_id or None, agent_id=agent_id or QUEUE_ID, comment=comment)
    if comment.strip():
        notes.add_to(session, actor, ticket, NoteKind.TRANSFER_NOTE, encode(comment))
    if status is not None:
        change_status(session, actor, ticket, status)


def hand_off(
    session: Session, actor: Principal, agent_id: int, *, group_id: int | None = None, awaits: bool = False
) -> int:
    """Give an agent's active tickets (open, not waiting) to the queues of their groups; return how many there were.

    `group_id`: those of that group alone. `awaits`: they are to get other agents by themselves, else they stay there.
    """
    statement = _ACTIVE if group_id is None else _ACTIVE.where(tickets.group_id == group_id)
    found = session.execute(statement, {"agent_id": agent_id}).all()
    if not found:
        return 0
    people = _people(session, 0, agent_id)
    now = clock.now()
    ids = [row.id for row in found]
    for some in batches(ids):
        session.execute(_TO_QUEUE, {"ids": some, "now": now, "awaits_since": now if awaits else None})
    agent = people.get(agent_id)
    events = [
        _transferred(row.id, row, agent)._replace(reason=Reason.HANDED_OFF, after=_standing(row, None)) for row in found
    ]
    publish_all(session, actor, events, at=now)
    for row in found:
        _alert(session, row, row, None)
    return len(found)


def assign(session: Session, which: Which) -> bool:
    """Give a ticket that waits for it to whoever's turn it is; False where nobody can have it.

    NotFound, NotPossible for a ticket that is locked or deleted meanwhile.
    """
    ticket = open_to_change(session, SYSTEM, which)
    if ticket.awaits_assignment_since is None or ticket.agent_id != QUEUE_ID:
        return False
    agent_id = choose_agent(session, ticket.group_id, TURNS)
    if agent_id == QUEUE_ID:
        return False
    move(session, SYSTEM, ticket, group_id=None, agent_id=agent_id)
    return True


def _people(session: Session, group_id: int, *ids: int) -> dict[int, Any]:
    wanted = sorted({user_id for user_id in ids if user_id != QUEUE_ID})
    if not wanted:
        return {}
    return {row.id: row for row in session.execute(_AGENTS, {"group_id": group_id, "ids": wanted})}


def _checked(row: Any, agent_id: int, group_id: int, *, was_named: bool) -> int:
    """Return who gets the ticket: a member of the group, or the queue where nobody was named."""
    if agent_id == QUEUE_ID:
        return QUEUE_ID
    is_there = row is not None and row.deleted_at is None
    if is_there and row.member is not None:
        return agent_id
    if not was_named:
        return QUEUE_ID
    if not is_there:
        raise no_user(agent_id)
    raise BadValue("agent", f": user {agent_id} is not in group {group_id}.")


def _transferred(ticket_id: int, group: Any, agent: Any) -> TicketTransferred:
    """Return what happens to a ticket that is in a group and with an agent, None for the queue."""
    username = "queue" if agent is None else agent.username
    return TicketTransferred(ticket_id, group.department_name, group.name, username, before=_standing(group, agent))


def _standing(group: Any, agent: Any) -> Standing:
    return Standing(group.group_id, group.name, *((None, "") if agent is None else (agent.id, agent.display_name)))
