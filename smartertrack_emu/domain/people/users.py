"""Users: making them, finding them, giving them passwords."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.errors import AlreadyExists, BadValue, NotFound, NotPossible, PermissionDenied
from smartertrack_emu.domain.events.people import UserChanged, UserCreated
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.text import key, key_or_none
from smartertrack_emu.store.unit_of_work import beforehand

from .models import QUEUE_ID, SYSTEM_ID, BuiltInRole, User, UserRole
from .passwords import hash_password
from .principal import Principal
from .rights import ALL_RIGHTS

REGISTERED = (BuiltInRole.EVERYONE, BuiltInRole.REGISTERED_USER)
"""What a new user usually is (documented)."""

SYSTEM = Principal(
    id=SYSTEM_ID,
    username="system",
    display_name="System",
    email="",
    role_ids=frozenset({int(BuiltInRole.EVERYONE)}),
    group_ids=frozenset(),
    is_agent=True,  # for nothing is hidden from the helpdesk itself
    is_manager=False,
    is_administrator=True,
    rights=ALL_RIGHTS,
)
"""Who acts where nobody logged in: the command line, a clock, a rule."""

LONGEST_PASSWORD = 1024
"""Characters (ours): what is hashed is never long enough to keep a server busy."""


class Found(NamedTuple):
    """A user who is there."""

    id: int
    username: str
    display_name: str
    email: str


def create(
    session: Session,
    actor: Principal,
    *,
    username: str,
    password: str | None,
    email: str = "",
    display_name: str = "",
    is_email_verified: bool = False,
    role_ids: Collection[int] = REGISTERED,
) -> int:
    """Create a user and return their id.

    `password` None: they cannot log in. Without a display name the user name is shown (ours). BadValue; AlreadyExists
    for a user name or an e-mail address that another one has, whatever its letter case.
    """
    naming.name(username, "username")
    naming.email(email, "email")
    naming.name(display_name, "display_name", required=False)
    if password is not None:
        checked_password(password)
    refuse_taken(session, username=username, email=email)
    user = User(
        username=username,
        email=email,
        display_name=display_name if display_name.strip() else username,
        password_hash=None if password is None else hashed(session, password),
        is_email_verified=is_email_verified and bool(email),
    )
    session.add(user)
    flush_unique(session)
    session.add_all(UserRole(user_id=user.id, role_id=int(role_id)) for role_id in sorted(set(role_ids)))
    session.flush()
    publish(session, actor, UserCreated(user.id))
    return user.id


def find(session: Session, user_id: int) -> Found:
    """Return the user with this id; NotFound for one who was never there or is deleted."""
    row = session.execute(_FOUND.where(User.id == user_id)).one_or_none()
    if row is None:
        raise no_user(user_id)
    return Found(*row)


def find_by_username(session: Session, username: str) -> Found:
    """Return the user with this user name, whatever its letter case; NotFound."""
    row = session.execute(_FOUND.where(User.username_key == key(naming.storable(username)))).one_or_none()
    if row is None:
        raise no_user_named(username)
    return Found(*row)


def no_user(user_id: int) -> NotFound:
    """Return what to raise where there is no user with this id."""
    return NotFound(f"There is no user {user_id}.")


def no_user_named(username: str) -> NotFound:
    """Return what to raise where there is no user of this name."""
    return NotFound(f"There is no user {naming.shown(username)}.")


def find_by_email(session: Session, email: str) -> Found | None:
    """Return the user with this e-mail address, whatever its letter case, None where there is none."""
    if not email:
        return None
    row = session.execute(_FOUND.where(User.email_key == key(naming.storable(email)))).one_or_none()
    return None if row is None else Found(*row)


_FOUND = select(User.id, User.username, User.display_name, User.email).where(User.deleted_at.is_(None))


def set_password(session: Session, actor: Principal, user_id: int, password: str) -> None:
    """Give a user a new password; the old one is dead at once in every process, and one that had to be changed was.

    BadValue, NotFound, NotPossible for the queue and the system user.
    """
    user = for_change(session, user_id)
    refuse_internal(user_id, "cannot log in and has no password")
    user.password_hash = hashed(session, password)
    user.force_password_reset = False
    session.flush()
    publish(session, actor, UserChanged(user_id, ["Password"]))


def checked_password(password: str) -> str:
    """Return the password where it can be one; BadValue else."""
    if not password:
        raise BadValue("password", "is required.")
    if len(password) > LONGEST_PASSWORD:
        raise BadValue("password", f"is longer than {LONGEST_PASSWORD} characters.")
    if naming.storable(password) != password:
        raise BadValue("password", "holds a character that no password can hold.")
    return password


def hashed(session: Session, password: str) -> str:
    """Return the hash to store of a new password, made while nobody waits for the database; BadValue."""
    return beforehand(session, hash_password, checked_password(password))


def for_change(session: Session, user_id: int) -> User:
    """Return a user to be changed, locked until the transaction ends; NotFound."""
    user = session.scalar(select(User).where(User.id == user_id, User.deleted_at.is_(None)).with_for_update())
    if user is None:
        raise no_user(user_id)
    return user


def refuse_internal(user_id: int, why: str) -> None:
    """Raise NotPossible for the queue and the system user."""
    if user_id in (QUEUE_ID, SYSTEM_ID):
        name = "queue" if user_id == QUEUE_ID else "system user"
        raise NotPossible(f"User {user_id}, the {name}, {why}.")


def require_self_or_administrator(actor: Principal, user_id: int) -> None:
    """Raise PermissionDenied where somebody else than the user themselves or an administrator is acting."""
    if not actor.is_administrator and actor.id != user_id:
        raise PermissionDenied("Another user can be changed by an administrator only.")


def refuse_taken(session: Session, *, username: str | None, email: str | None, but: int | None = None) -> None:
    """Raise AlreadyExists where somebody (but the user `but`) has the name or the address already."""
    username_key, email_key = key_or_none(username), key_or_none(email)
    wanted = {User.username_key: username_key, User.email_key: email_key}
    same = [column == value for column, value in wanted.items() if value is not None]
    if not same:
        return
    taken = session.execute(select(User.username_key).where(or_(*same), User.id != (but or 0))).all()
    if username_key is not None and any(row.username_key == username_key for row in taken):
        raise AlreadyExists(f"There is a user {naming.shown(username or '')} already.")
    if taken:
        raise AlreadyExists(f"There is a user with the e-mail address {naming.shown(email or '')} already.")


def flush_unique(session: Session) -> None:
    """Write the session's users; AlreadyExists where another transaction took the name or address at this moment."""
    try:
        session.flush()
    except IntegrityError as error:
        raise AlreadyExists("There is a user with this user name or e-mail address already.") from error
