"""Properties of users, read and changed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.errors import HelpdeskError, NotPossible, PermissionDenied
from smartertrack_emu.domain.events.people import UserChanged
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.text import key

from . import users
from .avatars import avatar_url
from .models import QUEUE_ID, SYSTEM_ID, AuthenticationType, AvatarSource, User
from .principal import Principal


class Properties(NamedTuple):
    """What may be read of a user: never their password. `last_login_at` None: never."""

    id: int
    username: str
    email: str
    is_email_verified: bool
    display_name: str
    display_name_for_chat: str
    time_zone_index: int
    authentication_type: AuthenticationType
    active_directory_domain: str
    last_login_at: datetime | None
    avatar_source: AvatarSource

    @property
    def avatar_url(self) -> str:
        """The address of their picture."""
        return avatar_url(self.id, self.email, self.avatar_source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """New values, None for what stays as it is."""

    username: str | None = None
    password: str | None = None
    force_password_reset: bool | None = None
    email: str | None = None
    is_email_verified: bool | None = None
    display_name: str | None = None
    display_name_for_chat: str | None = None
    avatar_source: AvatarSource | None = None
    authentication_type: AuthenticationType | None = None
    active_directory_domain: str | None = None

    def given(self) -> dict[str, Any]:
        """Return what changes, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


_OF_ONES_OWN = frozenset({"password", "email", "display_name", "display_name_for_chat", "avatar_source"})
"""What a user may change of themselves; the rest says who they are and stays the administrator's (ours)."""

_OF_INTERNAL_USERS = frozenset({"display_name", "display_name_for_chat", "avatar_source"})


def properties(session: Session, user_id: int) -> Properties:
    """Return a user's properties; NotFound."""
    found = _read(session, User.id == user_id)
    if found is None:
        raise users.no_user(user_id)
    return found


def properties_by_username(session: Session, username: str) -> Properties:
    """Return the properties of the user with this name, whatever its letter case; NotFound."""
    found = _read(session, User.username_key == key(naming.storable(username)))
    if found is None:
        raise users.no_user_named(username)
    return found


def _read(session: Session, which: ColumnElement[bool]) -> Properties | None:
    row = session.execute(
        select(
            User.id,
            User.username,
            User.email,
            User.is_email_verified,
            User.display_name,
            User.display_name_for_chat,
            User.time_zone_index,
            User.authentication_type,
            User.active_directory_domain,
            User.last_login_at,
            User.avatar_source,
        ).where(which, User.deleted_at.is_(None))
    ).one_or_none()
    return None if row is None else Properties(*row)


def change(session: Session, actor: Principal, user_id: int, changes: Changes) -> None:
    """Change a user's properties: all of them, or with an error none.

    A new password lifts the need for one, a new address has yet to be verified, unless the changes say otherwise
    (ours).
    PermissionDenied for somebody else who is no administrator, and for what only one may change; NotFound, BadValue,
    AlreadyExists; NotPossible for what the queue and the system user do not have.
    """
    users.require_self_or_administrator(actor, user_id)
    given = changes.given()
    if not actor.is_administrator:
        _refuse(given, _OF_ONES_OWN, PermissionDenied, "can be changed by an administrator only")
    user = users.for_change(session, user_id)
    if user_id in (QUEUE_ID, SYSTEM_ID):
        _refuse(given, _OF_INTERNAL_USERS, NotPossible, f"is nothing that user {user_id}, who is nobody's account, has")
    _check(changes)
    users.refuse_taken(session, username=changes.username, email=changes.email, but=user_id)
    _apply(session, user, given)
    users.flush_unique(session)
    if given:
        publish(session, actor, UserChanged(user_id, [_wire_like(name) for name in given]))


def _refuse(given: dict[str, Any], allowed: frozenset[str], error: type[HelpdeskError], why: str) -> None:
    for name in given:
        if name not in allowed:
            raise error(f"{{{name}}} {why}.", fields=[name])


def _check(changes: Changes) -> None:
    if changes.username is not None:
        naming.name(changes.username, "username")
    if changes.email is not None:
        naming.email(changes.email, "email")
    for name in ("display_name", "display_name_for_chat", "active_directory_domain"):
        if (value := getattr(changes, name)) is not None:
            naming.name(value, name, required=False)


def _apply(session: Session, user: User, given: dict[str, Any]) -> None:
    values = dict(given)
    if "password" in values:
        user.password_hash = users.hashed(session, values.pop("password"))
        values.setdefault("force_password_reset", False)
    if "email" in values and key(values["email"]) != key(user.email):
        values.setdefault("is_email_verified", False)
    for name, value in values.items():
        setattr(user, name, value)
    if not user.display_name.strip():
        user.display_name = user.username
    user.is_email_verified = user.is_email_verified and bool(user.email)


def _wire_like(name: str) -> str:
    """`display_name` as histories call it: DisplayName."""
    return name.title().replace("_", "")
