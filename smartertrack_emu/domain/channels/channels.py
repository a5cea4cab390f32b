"""Channels: made, joined, left, invited into, spoken in. The rights are documented, that short-lived ones end seen."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock, naming
from smartertrack_emu.domain.errors import AlreadyExists, BadValue, NotFound, NotPossible, PermissionDenied
from smartertrack_emu.domain.events.channels import ChatChannelInvited, ChatChannelJoined, ChatChannelLeft
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.people.agents import check_agent, is_agent
from smartertrack_emu.domain.people.models import BuiltInRole, RoleRight, User, UserRole
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.people.users import Found, find
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.unit_of_work import savepoint

from .models import Channel, ChannelMember, ChannelMessage

LONGEST_MESSAGE: Final = 10_000


def page(session: Session, *, limit: int, offset: int = 0) -> tuple[list[Channel], int]:
    """Return channels, the oldest first, and how many there are."""
    found = session.scalars(select(Channel).order_by(Channel.id).limit(limit).offset(offset))
    return list(found), session.scalar(select(func.count()).select_from(Channel)) or 0


def get(session: Session, channel_id: int) -> Channel:
    """Return a channel; NotFound."""
    channel = session.get(Channel, channel_id)
    if channel is None:
        raise _no_channel(channel_id)
    return channel


def members(session: Session, channel_ids: list[int]) -> dict[int, list[str]]:
    """Return the user names of who is in each of some channels, in the order in which they joined."""
    found: dict[int, list[str]] = {channel_id: [] for channel_id in channel_ids}
    rows = session.execute(
        select(ChannelMember.channel_id, User.username)
        .join(User, User.id == ChannelMember.user_id)
        .where(ChannelMember.channel_id.in_(channel_ids), User.deleted_at.is_(None))
        .order_by(ChannelMember.joined_at, User.id)
    )
    for channel_id, username in rows:
        found[channel_id].append(username)
    return found


def messages(session: Session, channel_id: int, *, limit: int, offset: int = 0) -> tuple[list[ChannelMessage], int]:
    """Return what was said in a channel, the oldest first, and how much there is; NotFound."""
    get(session, channel_id)
    there = ChannelMessage.channel_id == channel_id
    found = session.scalars(select(ChannelMessage).where(there).order_by(ChannelMessage.id).limit(limit).offset(offset))
    return list(found), session.scalar(select(func.count()).select_from(ChannelMessage).where(there)) or 0


def create(session: Session, actor: Principal, *, name: str, short_lived: bool = False) -> Channel:
    """Make a channel, with nobody in it; PermissionDenied without the right to, BadValue, AlreadyExists."""
    actor.require(Right.LIVE_CHAT_CREATE_CHAT_ROOMS, "Making a channel")
    naming.name(name, "name")
    if session.scalar(select(Channel.id).where(Channel.name_key == key(name))) is not None:
        raise _taken(name)
    channel = Channel(name=name, short_lived=short_lived, created_at=clock.now())
    try:
        with savepoint(session):
            session.add(channel)
            session.flush()
    except IntegrityError as error:  # somebody else's at this moment
        raise _taken(name) from error
    return channel


def delete(session: Session, channel_id: int) -> None:
    """Delete a channel, with all that was said; NotFound."""
    session.delete(for_change(session, channel_id))
    session.flush()


def join(session: Session, channel_id: int, agent_id: int) -> None:
    """Let an agent join; nothing happens to one who is in it. NotFound; BadValue, PermissionDenied."""
    channel = for_change(session, channel_id)
    agent = _talking(session, agent_id)
    if session.get(ChannelMember, (channel_id, agent_id)) is not None:
        return
    session.add(ChannelMember(channel_id=channel_id, user_id=agent_id, joined_at=clock.now()))
    session.flush()
    publish(session, agent, ChatChannelJoined(agent.username, channel.name))


def leave(session: Session, channel_id: int, agent_id: int) -> None:
    """Let an agent leave; a short-lived channel that is empty then ends. NotFound; NotPossible for one not in it."""
    channel = for_change(session, channel_id)
    agent = find(session, agent_id)
    session.delete(_member(session, channel, agent))
    session.flush()
    publish(session, agent, ChatChannelLeft(agent.username, channel.name))
    if channel.short_lived and not members(session, [channel_id])[channel_id]:
        session.delete(channel)
        session.flush()


def invite(session: Session, channel_id: int, *, from_id: int, to_id: int, message: str = "") -> None:
    """Invite an agent, by one who is in the channel: nothing but the event.

    NotFound; NotPossible where the one is not in it or the other is; BadValue, PermissionDenied for one who is no agent
    or may not use channels.
    """
    channel = for_change(session, channel_id)
    inviting = find(session, from_id)
    _member(session, channel, inviting)
    invited = _talking(session, to_id)
    if session.get(ChannelMember, (channel_id, to_id)) is not None:
        raise NotPossible(f"{invited.username} is in the channel {naming.shown(channel.name)} already.")
    _check_text(message)
    event = ChatChannelInvited(invited.username, channel.name, message, inviting.username)
    publish(session, inviting, event)


def say(session: Session, channel_id: int, agent_id: int, text: str) -> ChannelMessage:
    """Let an agent who is in a channel say something; NotFound, NotPossible, BadValue, PermissionDenied."""
    channel = for_change(session, channel_id)
    agent = _talking(session, agent_id)
    _member(session, channel, agent)
    if not text.strip():
        raise BadValue("message", "is required.")
    _check_text(text)
    said = ChannelMessage(
        channel_id=channel_id, author_id=agent_id, author_name=agent.display_name, body=text, sent_at=clock.now()
    )
    session.add(said)
    session.flush()
    return said


def for_change(session: Session, channel_id: int) -> Channel:
    """Return a channel, locked until the transaction ends; NotFound."""
    found = session.scalars(select(Channel).where(Channel.id == channel_id).with_for_update()).one_or_none()
    if found is None:
        raise _no_channel(channel_id)
    return found


def _talking(session: Session, agent_id: int) -> Found:
    """Return an agent who may use channels; NotFound, BadValue, PermissionDenied."""
    check_agent(session, agent_id)
    agent = find(session, agent_id)
    allowed = (
        select(UserRole.user_id)
        .outerjoin(RoleRight, RoleRight.role_id == UserRole.role_id)
        .where(
            or_(
                RoleRight.right == Right.LIVE_CHAT_CHAT_ROOMS,
                UserRole.role_id == int(BuiltInRole.SYSTEM_ADMINISTRATOR),
            )
        )
    )
    if session.scalar(select(User.id).where(User.id == agent_id, is_agent(), User.id.in_(allowed))) is None:
        right = Right.LIVE_CHAT_CHAT_ROOMS.value
        message = f"Using channels needs a permission that the roles of {agent.username} do not have: {right}."
        raise PermissionDenied(message)
    return agent


def _member(session: Session, channel: Channel, agent: Found) -> ChannelMember:
    found = session.get(ChannelMember, (channel.id, agent.id))
    if found is None:
        raise NotPossible(f"{agent.username} is not in the channel {naming.shown(channel.name)}.")
    return found


def _check_text(text: str) -> None:
    if len(text) > LONGEST_MESSAGE:
        raise BadValue("message", f"is longer than {LONGEST_MESSAGE} characters.")
    if naming.storable(text) != text:
        raise BadValue("message", "holds a character that cannot be stored.")


def _no_channel(channel_id: int) -> NotFound:
    return NotFound(f"There is no channel {channel_id}.")


def _taken(name: str) -> AlreadyExists:
    return AlreadyExists(f"There is a channel {naming.shown(name)} already.")
