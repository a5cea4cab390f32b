"""Who can be given a chat; handing chats to groups, to agents, and back to the queue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotPossible
from smartertrack_emu.domain.events.chats import LiveChatTransferred
from smartertrack_emu.domain.events.publishing import publish, publish_all
from smartertrack_emu.domain.events.words import Reason, Standing
from smartertrack_emu.domain.kinds import NoteKind, counted
from smartertrack_emu.domain.people import agents
from smartertrack_emu.domain.people.agents import Agent, require_agent
from smartertrack_emu.domain.people.assignment import Turns, choose_agent
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure import places
from smartertrack_emu.domain.structure.jobs import is_stopped
from smartertrack_emu.domain.structure.models import Department, Group, GroupMember
from smartertrack_emu.store.batches import batches

from . import notes
from .models import Chat
from .visibility import open_to_change

TURNS = Turns("chat", Chat.__table__)
"""Whose turn it is to get a chat."""


def available_agents(session: Session, group_id: int) -> list[Agent]:
    """Return those receiving chats who could be given one now: not away, and below their maximum in the group.

    NotFound for an unknown group.
    """
    active = (
        select(func.count())
        .where(Chat.agent_id == User.id, Chat.group_id == group_id, Chat.is_active, ~Chat.is_deleted)
        .scalar_subquery()
    )
    below = or_(GroupMember.max_chats.is_(None), active < GroupMember.max_chats)
    return agents.members(session, group_id, and_(GroupMember.receives_chats, ~User.is_away, below))


def transfer(
    session: Session, actor: Principal, chat_id: int, *, group_id: int, agent_id: int, comment: str = ""
) -> None:
    """Put an active chat into a group (0: its own) and with an agent of it (0: into its queue), with a note if given.

    PermissionDenied: changing the group needs the right Transfer, naming an agent AgentTransfer. NotFound; BadValue for
    an agent who is not in the group; NotPossible for a chat that ended.
    """
    chat = open_to_change(session, actor, chat_id)
    if not chat.is_active:
        raise NotPossible(f"Chat {chat.number} has ended.")
    to_group = group_id or chat.group_id
    to_agent = agent_id or QUEUE_ID
    if to_group != chat.group_id:
        actor.require(Right.DISTRIBUTION_TRANSFER, "Changing a chat's group")
    if to_agent != QUEUE_ID:
        actor.require(Right.DISTRIBUTION_AGENT_TRANSFER, "Naming a chat's agent")
    place = places.of_group(session, to_group)
    if to_agent != QUEUE_ID:
        _require_member(session, to_agent, to_group)
    event = _transferred(session, chat)
    if comment.strip():
        notes.write(session, actor, chat, NoteKind.TRANSFER_NOTE, comment)
    if to_agent == QUEUE_ID:
        chat.awaits_assignment_since = None  # who puts it into the queue wants it there
        session.flush()
    if (to_group, to_agent) == (chat.group_id, chat.agent_id):
        return
    chat.brand_id, chat.department_id = place.brand_id, place.department_id
    chat.group_id = to_group
    if to_agent != chat.agent_id:
        give_to(session, chat, to_agent, clock.now())
    session.flush()
    publish(session, actor, event._replace(after=_transferred(session, chat).before))


def give_to(session: Session, chat: Chat, agent_id: int, at: datetime) -> None:
    """Give an active chat to another agent, or to the queue, where it stays until somebody takes it.

    How long the customer waited for the first one is noted, while the chat manager does such things.
    """
    chat.agent_id = agent_id
    chat.assigned_at = None if agent_id == QUEUE_ID else at
    chat.awaits_assignment_since = None
    if agent_id != QUEUE_ID and chat.wait_seconds is None and not is_stopped(session, "chat-manager"):
        chat.wait_seconds = counted(max(int((at - chat.queued_at).total_seconds()), 0))


def assign(session: Session, chat_id: int) -> bool:
    """Give a chat that waits for it to whoever's turn it is; False where nobody can have it. NotFound, NotPossible.

    Whom it was taken from because they did not answer gets it back from a person alone.
    """
    chat = open_to_change(session, SYSTEM, chat_id)
    if not chat.is_active or chat.awaits_assignment_since is None or chat.agent_id != QUEUE_ID:
        return False
    exclude = () if chat.timed_out_agent_id is None else (chat.timed_out_agent_id,)
    agent_id = choose_agent(session, chat.group_id, TURNS, exclude=exclude)
    if agent_id == QUEUE_ID:
        return False
    transfer(session, SYSTEM, chat_id, group_id=0, agent_id=agent_id)
    return True


def take_back(session: Session, chat_id: int) -> bool:
    """Put a chat whose agent did not answer in time into its group's queue, where it waits for another one.

    False where it is over, with nobody, or answered meanwhile. NotFound, NotPossible.
    """
    chat = open_to_change(session, SYSTEM, chat_id)
    is_answered = chat.reply_count_out > 0 and chat.unanswered_since is None
    if not chat.is_active or chat.agent_id == QUEUE_ID or is_answered:
        return False
    now = clock.now()
    event = _transferred(session, chat)
    chat.timed_out_agent_id = chat.agent_id
    give_to(session, chat, QUEUE_ID, now)
    chat.awaits_assignment_since = now
    session.flush()
    after = _transferred(session, chat).before
    publish(session, SYSTEM, event._replace(after=after, reason=Reason.HANDED_OFF), at=now)
    return True


def hand_off(
    session: Session, actor: Principal, agent_id: int, *, group_id: int | None = None, awaits: bool = False
) -> int:
    """Give an agent's active chats to the queues of their groups; return how many there were.

    `group_id`: those of that group alone. `awaits`: they are to get other agents by themselves, else they stay there.
    """
    found = session.execute(
        select(Chat.id, Chat.group_id, Group.name, Department.name)
        .join(Group, Group.id == Chat.group_id)
        .join(Department, Department.id == Chat.department_id)
        .where(Chat.agent_id == agent_id, Chat.is_active, ~Chat.is_deleted)
        .where(*([] if group_id is None else [Chat.group_id == group_id]))
        .order_by(Chat.id)
        .with_for_update(of=Chat)
    ).all()
    if not found:
        return 0
    now = clock.now()
    username, agent_name = session.execute(select(User.username, User.display_name).where(User.id == agent_id)).one()
    ids = [row.id for row in found]
    values = {"agent_id": QUEUE_ID, "assigned_at": None, "awaits_assignment_since": now if awaits else None}
    for some in batches(ids):
        session.execute(
            update(Chat).where(Chat.id.in_(some)).values(values),
            execution_options={"synchronize_session": False},
        )
    events = [
        LiveChatTransferred(
            chat_id,
            department,
            group,
            username,
            before=Standing(of_group, group, agent_id, agent_name),
            after=Standing(of_group, group, None, ""),
            reason=Reason.HANDED_OFF,
        )
        for chat_id, of_group, group, department in found
    ]
    publish_all(session, actor, events, at=now)
    return len(found)


def _require_member(session: Session, agent_id: int, group_id: int) -> None:
    """Raise NotFound for one who is no agent, BadValue for one who is not in the group."""
    require_agent(session, agent_id)
    if session.get(GroupMember, (group_id, agent_id)) is None:
        raise BadValue("agent_id", f": agent {agent_id} is not in group {group_id}.")


def _transferred(session: Session, chat: Chat) -> LiveChatTransferred:
    """Return what happens to a chat that goes from where it is now."""
    department, group = session.execute(
        select(Department.name, Group.name)
        .join(Group, Group.department_id == Department.id)
        .where(Group.id == chat.group_id)
    ).one()
    if chat.agent_id == QUEUE_ID:
        return LiveChatTransferred(chat.id, department, group, "queue", Standing(chat.group_id, group, None, ""))
    username, agent = session.execute(select(User.username, User.display_name).where(User.id == chat.agent_id)).one()
    return LiveChatTransferred(
        chat.id, department, group, username, Standing(chat.group_id, group, chat.agent_id, agent)
    )
