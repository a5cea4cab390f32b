"""Who can be rung: being away from the keyboard, a telephone switched off, too many chats."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.events.people import UserChanged
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.naming import shown, storable
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.structure.models import GroupMember

from .models import VoipAccount


def is_reachable() -> ColumnElement[bool]:
    """Return the condition, of an account joined with its user, for being able to receive calls."""
    return and_(VoipAccount.is_available, ~User.is_away)


def is_busy() -> ColumnElement[bool]:
    """Return the condition, of a user, for as many chats in a group as they may have there (documented: e.g.)."""
    chats = select(func.count()).where(
        Chat.agent_id == User.id, Chat.is_active, ~Chat.is_deleted, Chat.group_id == GroupMember.group_id
    )
    return exists().where(
        GroupMember.user_id == User.id,
        GroupMember.receives_chats,
        GroupMember.max_chats <= chats.correlate(User, GroupMember).scalar_subquery(),
    )


def set_away(session: Session, actor: Principal, *, away: bool) -> None:
    """Mark the actor as away from the keyboard, or as back: they get no chats and no calls meanwhile."""
    changed = session.execute(
        update(User)
        .where(User.id == actor.id, User.is_away.is_not(away))
        .values(is_away=away, away_since=clock.now() if away else None)
        .returning(User.id),
        execution_options={"synchronize_session": False},
    ).first()
    if changed is not None:
        publish(session, actor, UserChanged(actor.id, away=away))


def set_available(session: Session, actor: Principal, guid: str, *, available: bool) -> None:
    """Say whether the actor's telephones can be rung: one of them, or all with an empty `guid`.

    NotFound for a GUID that is none of their accounts', whatever its letter case, with or without braces.
    """
    conditions = [VoipAccount.user_id == actor.id]
    word = guid.strip().strip("{}").lower()
    if word:
        conditions.append(func.lower(VoipAccount.guid) == storable(word))
    changed = session.execute(
        update(VoipAccount).where(*conditions).values(is_available=available).returning(VoipAccount.id),
        execution_options={"synchronize_session": False},
    ).first()
    if changed is None and word:
        raise NotFound(f"There is no VoIP account {shown(guid)} of yours.")
