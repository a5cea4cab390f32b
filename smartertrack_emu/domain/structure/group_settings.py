"""How groups are set up: whom they alert, and what each member receives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock, naming
from smartertrack_emu.domain.errors import BadValue, NotFound

from .departments import no_group
from .models import Group, GroupAlert, GroupMember

_BEGINNING = ("receives_tickets", "receives_chats", "idle_logoff_minutes")


def get(session: Session, group_id: int) -> Group:
    """Return a group; NotFound."""
    group = session.get(Group, group_id)
    if group is None:
        raise no_group(group_id)
    return group


def change(session: Session, group_id: int, changes: Mapping[str, Any]) -> Group:
    """Change a group's `alert` and `alert_address`; NotFound, BadValue for an address that is bad or missing."""
    group = session.scalars(select(Group).where(Group.id == group_id).with_for_update()).one_or_none()
    if group is None:
        raise no_group(group_id)
    for name, value in changes.items():
        setattr(group, name, value)
    naming.email(group.alert_address, "alert_address", required=group.alert is GroupAlert.ADDRESS)
    session.flush()
    return group


def member(session: Session, group_id: int, user_id: int) -> GroupMember:
    """Return a membership; NotFound for the group and for a user who is not in it."""
    get(session, group_id)
    found = session.get(GroupMember, (group_id, user_id))
    if found is None:
        raise NotFound(f"User {user_id} is not in group {group_id}.")
    return found


def change_member(session: Session, group_id: int, user_id: int, changes: Mapping[str, Any]) -> GroupMember:
    """Change columns of a membership; NotFound, BadValue for a number that is too small."""
    found = member(session, group_id, user_id)
    for name in ("max_tickets", "max_chats", "ticket_weight", "chat_weight"):
        if (changes.get(name) or 0) < 0:
            raise BadValue(name, "cannot be below 0.")
    if (changes.get("idle_logoff_minutes") or 1) < 1:
        raise BadValue("idle_logoff_minutes", "cannot be below 1.")
    if _is_begun(found, changes):
        found.idle_from = clock.now()
    for name, value in changes.items():
        setattr(found, name, value)
    session.flush()
    return found


def _is_begun(found: GroupMember, changes: Mapping[str, Any]) -> bool:
    """Say whether idleness is counted anew: a member is made to receive, or for the first time must not be idle."""
    return any(changes.get(name) and not getattr(found, name) for name in _BEGINNING)
