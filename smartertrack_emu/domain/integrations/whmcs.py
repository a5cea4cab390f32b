"""WHMCS, a billing system, which sees to it that its customers are users here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.people import roles, users
from smartertrack_emu.domain.people.principal import Principal


@dataclass(frozen=True, slots=True)
class WantedUser:
    """A user who is to exist, with the roles they are to have beside those of any user."""

    username: str
    password: str
    email: str
    display_name: str
    is_email_verified: bool
    role_ids: Collection[int]


def ensure_user(session: Session, actor: Principal, wanted: WantedUser) -> int:
    """Return the id of the user with this name, else with this e-mail address; they are created where there is neither.

    A user who exists keeps all they have, and gains the roles they lack. NotFound for an unknown role; BadValue for
    what no new user can be; NotPossible for the queue and the system user; AlreadyExists where another transaction made
    the user at this moment: they can be found then, in a transaction of its own.
    """
    for role_id in wanted.role_ids:
        roles.require(session, role_id)
    user_id = _existing(session, wanted)
    if user_id is None:
        user_id = users.create(
            session,
            actor,
            username=wanted.username,
            password=wanted.password,
            email=wanted.email,
            display_name=wanted.display_name,
            is_email_verified=wanted.is_email_verified,
        )
    users.refuse_internal(user_id, "is nobody's account")
    for role_id in sorted(set(wanted.role_ids)):
        roles.give(session, actor, user_id, role_id)
    return user_id


def _existing(session: Session, wanted: WantedUser) -> int | None:
    if wanted.username:
        try:
            return users.find_by_username(session, wanted.username).id
        except NotFound:
            pass
    found = users.find_by_email(session, wanted.email)
    return None if found is None else found.id
