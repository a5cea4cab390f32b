"""Who can be given a chat; handing chats to groups, to agents, and back to the queue."""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotPossible
from smartertrack_emu.domain.events.chats import LiveChatTransferred
from smartertrack_emu.domain.events.publishing import publish, publish_all
from smartertrack_emu.domain.events.words import Reason, Standing
from smartertrack_emu.domain.kinds import NoteKind
from smartertrack_emu.domain.people import agents
from smartertrack_emu.domain.people.agents import Agent, require_agent
from smartertrack_emu.domain.people.models import QUEUE_ID, User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.structure import places
from smartertrack_emu.domain.structure.models import Department, Group, GroupMember
from smartertrack_emu.store.batches import batches

from . import notes
from .models import Chat
from .visibility import open_to_change


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
    if (to_group, to_agent) == (chat.group_id, chat.agent_id):
        return
    chat.brand_id, chat.department_id = place.brand_id, place.department_id
    chat.group_id, chat.agent_id = to_group, to_agent
    session.flush()
    publish(session, actor, event._replace(after=_transferred(session, chat).before))


def hand_off(session: Session, actor: Principal) -> int:
    """Give the actor's active chats to the queues of their groups; return how many there were."""
    found = session.execute(
        select(Chat.id, Chat.group_id, Group.name, Department.name)
        .join(Group, Group.id == Chat.group_id)
        .join(Department, Department.id == Chat.department_id)
        .where(Chat.agent_id == actor.id, Chat.is_active, ~Chat.is_deleted)
        .order_by(Chat.id)
        .with_for_update(of=Chat)
    ).all()
    if not found:
        return 0
    ids = [row.id for row in found]
    for some in batches(ids):
        session.execute(
            update(Chat).where(Chat.id.in_(some)).values(agent_id=QUEUE_ID),
            execution_options={"synchronize_session": False},
        )
    events = [
        LiveChatTransferred(
            chat_id,
            department,
            group,
            actor.username,
            before=Standing(group_id, group, actor.id, actor.display_name),
            after=Standing(group_id, group, None, ""),
            reason=Reason.HANDED_OFF,
        )
        for chat_id, group_id, group, department in found
    ]
    publish_all(session, actor, events, at=clock.now())
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
