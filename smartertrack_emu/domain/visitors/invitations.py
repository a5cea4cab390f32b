"""Invitations of visitors to chats: made by agents and by rules, accepted, rejected, left unanswered (ours).

invite(session, actor, visitor_id, message="May I help?")
accept(session, visitor_id)                                a chat with the agent who invited
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock, naming
from smartertrack_emu.domain.chats import lifecycle
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.domain.events.declaring import HelpdeskEvent
from smartertrack_emu.domain.events.publishing import Actor, publish
from smartertrack_emu.domain.events.visitors import (
    WhosOnChatAccepted,
    WhosOnChatInvited,
    WhosOnChatInviteIgnored,
    WhosOnChatInviteRejected,
)
from smartertrack_emu.domain.people import agents
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.structure.departments import require_group
from smartertrack_emu.domain.structure.models import Department, Group, GroupMember

from .models import Invitation, InvitationState, Visitor
from .reading import for_change, here

LONGEST_MESSAGE: Final = 2_000
_MOST: Final = 500


def invite(
    session: Session,
    actor: Actor,
    visitor_id: int,
    *,
    agent_id: int | None = None,
    group_id: int | None = None,
    message: str = "",
) -> Invitation:
    """Invite a visitor to a chat with an agent, None for whoever is to get the next chat of the group.

    The group is by default the agent's first one, else one whose agents receive chats. NotFound for an unknown visitor
    or group; NotPossible for one who is removed, or is invited already; BadValue for somebody who is no agent of the
    group, and for a message that is too long.
    """
    if len(message) > LONGEST_MESSAGE:
        raise BadValue("message", f"is longer than {LONGEST_MESSAGE} characters.")
    if naming.storable(message) != message:
        raise BadValue("message", "holds a character that cannot be stored.")
    visitor = here(session, visitor_id)
    if _open(session, visitor_id) is not None:
        raise NotPossible(f"Visitor {visitor_id} is invited already and has not answered yet.")
    invitation = Invitation(
        visitor_id=visitor_id,
        agent_id=agent_id,
        group_id=_group(session, visitor, agent_id, group_id),
        message=message,
        invited_at=clock.now(),
    )
    session.add(invitation)
    session.flush()
    publish(session, actor, WhosOnChatInvited(visitor_id, message))
    return invitation


def accept(session: Session, visitor_id: int) -> Chat:
    """Let a visitor accept the invitation: a chat with the agent starts, and is returned.

    NotFound; NotPossible where no invitation is open. The visitor filled in no form, so that no custom field is needed.
    """
    visitor, invitation = _invited(session, visitor_id)
    agent_id = invitation.agent_id
    if agent_id is not None and not _is_agent(session, agent_id):
        agent_id = None  # deleted meanwhile: whoever is to get the next chat takes their place
    chat = lifecycle.start(
        session,
        group_id=invitation.group_id,
        customer_name=called(visitor.id),
        customer_ip=visitor.ip,
        customer_language=visitor.language,
        agent_id=agent_id,
        needs_fields=False,
    )
    invitation.chat_id = chat.id
    _end(session, invitation, InvitationState.ACCEPTED, WhosOnChatAccepted(visitor_id, invitation.message))
    return chat


def reject(session: Session, visitor_id: int) -> None:
    """Let a visitor reject the invitation; NotFound, NotPossible where none is open."""
    _, invitation = _invited(session, visitor_id)
    _end(session, invitation, InvitationState.REJECTED, WhosOnChatInviteRejected(visitor_id, invitation.message))


def give_up(session: Session, visitor_id: int) -> None:
    """End the invitation that is open, if any: the visitor has not answered and is gone."""
    invitation = _open(session, visitor_id)
    if invitation is not None:
        _end(session, invitation, InvitationState.IGNORED, WhosOnChatInviteIgnored(visitor_id, invitation.message))


def unanswered(session: Session, left: Collection[int], *, seconds: int) -> list[int]:
    """Return visitors with an invitation that has been open for so long, but for those left out."""
    statement = select(Invitation.visitor_id).where(
        Invitation.state == InvitationState.OPEN,
        Invitation.invited_at <= clock.now() - timedelta(seconds=seconds),
        Invitation.visitor_id.not_in(sorted(left)),
    )
    return list(session.scalars(statement.order_by(Invitation.invited_at, Invitation.id).limit(_MOST)))


def ignore(session: Session, visitor_id: int, *, seconds: int) -> bool:
    """End an invitation that has been open for so long; False where it is not so any more."""
    for_change(session, visitor_id)
    invitation = _open(session, visitor_id)
    if invitation is None or invitation.invited_at > clock.now() - timedelta(seconds=seconds):
        return False
    give_up(session, visitor_id)
    return True


def waiting_for(session: Session, key: str) -> tuple[int, str, str] | None:
    """Return the id, agent and message of the invitation that waits for whoever has this key, None where none does."""
    found = session.execute(
        select(Invitation.id, User.display_name_for_chat, User.display_name, Invitation.message)
        .join(Visitor, Visitor.id == Invitation.visitor_id)
        .outerjoin(User, User.id == Invitation.agent_id)
        .where(Visitor.key == key, Visitor.removed_at.is_(None), Invitation.state == InvitationState.OPEN)
    ).one_or_none()
    return None if found is None else (found[0], found[1] or found[2] or "", found[3])


def called(visitor_id: int) -> str:
    """Return what a visitor is called, of whom nothing else is known."""
    return f"Visitor {visitor_id}"


def _invited(session: Session, visitor_id: int) -> tuple[Visitor, Invitation]:
    visitor = here(session, visitor_id)
    invitation = _open(session, visitor_id)
    if invitation is None:
        raise NotPossible(f"Visitor {visitor_id} has no open invitation.")
    return visitor, invitation


def _open(session: Session, visitor_id: int) -> Invitation | None:
    statement = select(Invitation).where(Invitation.visitor_id == visitor_id, Invitation.state == InvitationState.OPEN)
    return session.scalars(statement).one_or_none()


def _end(session: Session, invitation: Invitation, state: InvitationState, event: HelpdeskEvent) -> None:
    invitation.state, invitation.answered_at = state, clock.now()
    session.flush()
    publish(session, SYSTEM, event)


def _is_agent(session: Session, user_id: int) -> bool:
    return session.scalar(select(User.id).where(User.id == user_id, agents.is_agent())) is not None


def _group(session: Session, visitor: Visitor, agent_id: int | None, group_id: int | None) -> int:
    if agent_id is not None:
        agents.check_agent(session, agent_id)
    if group_id is not None:
        require_group(session, group_id)
        if agent_id is not None and session.get(GroupMember, (group_id, agent_id)) is None:
            raise BadValue("agent_id", f": agent {agent_id} is not in group {group_id}.")
        return group_id
    # The brand's first, those that somebody receives chats in, in the order in which groups stand.
    receiving = (
        select(GroupMember.user_id)
        .join(User, User.id == GroupMember.user_id)
        .where(GroupMember.group_id == Group.id, GroupMember.receives_chats, ~User.is_away, agents.is_agent())
        .correlate(Group)
        .exists()
    )
    statement = select(Group.id).join(Department, Department.id == Group.department_id)
    if agent_id is not None:
        statement = statement.join(GroupMember, GroupMember.group_id == Group.id).where(GroupMember.user_id == agent_id)
    found = session.scalar(
        statement.order_by(
            case((Department.brand_id == visitor.brand_id, 0), else_=1),
            case((receiving, 0), else_=1),
            Department.id,
            Group.sort_order,
            Group.id,
        ).limit(1)
    )
    if found is None and agent_id is not None:
        raise BadValue("agent_id", f": agent {agent_id} is in no group.")
    if found is None:
        raise NotFound("There is no group that a visitor can be invited into.")
    return found
