"""Deleting users for good: their names are free again, what they wrote stays and shows who wrote it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across.reports.models import ReportSchedule
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.customfields.models import UserFieldValue
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.events.chats import LiveChatTransferred
from smartertrack_emu.domain.events.people import UserDeleted
from smartertrack_emu.domain.events.publishing import publish, publish_all
from smartertrack_emu.domain.events.tickets import TicketTransferred
from smartertrack_emu.domain.events.words import Reason, Standing
from smartertrack_emu.domain.notifications.models import Reminder
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.models import ADMIN_ID, QUEUE_ID, SYSTEM_ID, EmailVerification, User, UserRole
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.models import Department, Group, GroupMember
from smartertrack_emu.domain.tickets.models import Ticket
from smartertrack_emu.domain.voip.models import LoginHandshake, VoipAccount

_HIS = (GroupMember, UserRole, UserFieldValue, EmailVerification, LoginHandshake, VoipAccount, Reminder, ReportSchedule)
"""What goes with a user."""


def delete_user(session: Session, actor: Principal, user_id: int) -> None:
    """Delete a user, who cannot log in any more; their name and address are free.

    The queue gets their open tickets and chats. Closed and deleted tickets keep them as history; what brings one back
    puts it into the queue (`tickets.status`).

    NotFound; NotPossible for the queue, the primary administrator and the system user (documented).
    """
    user = users.for_change(session, user_id)
    if user_id in (QUEUE_ID, ADMIN_ID, SYSTEM_ID):
        raise NotPossible(f"User {user_id}, {user.username}, always exists and cannot be deleted.")
    _to_queue(session, actor, user, Ticket, Ticket.is_open)
    _to_queue(session, actor, user, Chat, Chat.is_active)
    for model in _HIS:
        owned: Any = model
        session.execute(delete(owned).where(owned.user_id == user_id))
    user.deleted_at = clock.now()
    user.password_hash = None
    user.username_key = None
    user.email_key = None
    session.flush()
    publish(session, actor, UserDeleted(user_id))


def _to_queue(session: Session, actor: Principal, user: User, item: type[Ticket | Chat], unfinished: Any) -> None:
    of_user = (item.agent_id == user.id, unfinished, ~item.is_deleted)
    found = session.execute(
        select(item.id, Department.name, Group.name, Group.id)
        .join(Department, Department.id == item.department_id)
        .join(Group, Group.id == item.group_id)
        .where(*of_user)
        .with_for_update(of=item)
    ).all()
    if not found:
        return
    is_ticket = item is Ticket
    values: dict[str, Any] = {"agent_id": QUEUE_ID, "assigned_at": None}
    if is_ticket:
        values |= {"is_pinned": False, "watched_since": clock.now()}
    session.execute(update(item).where(*of_user).values(values), execution_options={"synchronize_session": False})
    event = TicketTransferred if is_ticket else LiveChatTransferred
    events = [
        event(
            item_id,
            department,
            group,
            user.username,
            before=Standing(group_id, group, user.id, user.display_name),
            after=Standing(group_id, group, None, ""),
            reason=Reason.AGENT_DELETED,
        )
        for item_id, department, group, group_id in found
    ]
    publish_all(session, actor, events, at=clock.now())
