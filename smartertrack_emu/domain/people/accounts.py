"""Logging in: from a user name and a password to a principal, in one statement."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, bindparam, or_, outerjoin, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import LoginFailed, PermissionDenied
from smartertrack_emu.domain.naming import shown, storable
from smartertrack_emu.domain.structure import emulation
from smartertrack_emu.domain.structure.models import GroupMember, Installation
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.functions import comma_list
from smartertrack_emu.store.prepared import Prepared, Record
from smartertrack_emu.store.tracing import hooks
from smartertrack_emu.store.unit_of_work import beforehand, read, writing

from .actions import Actions, note_action
from .failures import LoginFailures
from .models import BuiltInRole, Role, RoleRight, User, UserRole
from .passwords import VerifiedCredentials, mark_of, verify
from .principal import Principal
from .rights import ALL_RIGHTS, Right

logger = logging.getLogger(__name__)

LOGIN_RECORDED_EVERY = timedelta(minutes=1)
"""DateLastLogin is written at most so often, so that reading stays reading (ours)."""

_LONGEST_USERNAME = 1_000
"""Characters of a user name that are looked at; nobody's has as many."""

WRONG = "The user name or the password is wrong."
_TOO_MANY = "There were too many wrong passwords for this user name. Please try again in some minutes."


class Account(NamedTuple):
    """Who logged in, and when they did before."""

    principal: Principal
    last_login_at: datetime | None

    def is_login_due(self, now: datetime) -> bool:
        """Say whether this login is to be recorded."""
        return self.last_login_at is None or now - self.last_login_at >= LOGIN_RECORDED_EVERY


@dataclass(frozen=True, eq=False)
class _Roles:
    """What roles are and give, as of a version of the rights; one that was read again is another one."""

    version: int
    employee: frozenset[int]
    rights: dict[int, frozenset[Right]]


users, user_roles = User.__table__.c, UserRole.__table__.c
members, installation = GroupMember.__table__.c, Installation.__table__.c


def _listed(column: ColumnElement[int], condition: ColumnElement[bool]) -> ColumnElement[str]:
    return select(comma_list(column)).where(condition).scalar_subquery()


# Everything a login needs, so that it costs one statement: the user, their roles and groups, the version of the rights;
# and the epoch, which every call looks at, whoever calls.
_COLUMNS = select(
    installation.epoch,
    installation.rights_version,
    users.id,
    users.username,
    users.display_name,
    users.email,
    users.password_hash,
    users.force_password_reset,
    users.last_login_at,
    _listed(user_roles.role_id, user_roles.user_id == users.id).label("roles"),
    _listed(members.group_id, members.user_id == users.id).label("groups"),
)


def _account(condition: ColumnElement[bool]) -> Prepared:
    return Prepared(_COLUMNS.select_from(outerjoin(Installation.__table__, User.__table__, condition)))


_ACCOUNT = _account(users.username_key == bindparam("key"))
_ACCOUNT_OF_ID = _account(and_(users.id == bindparam("id"), users.deleted_at.is_(None)))


class Accounts:
    """Logs users in for one process: remembers credentials verified a short while ago, and what roles give."""

    def __init__(
        self,
        credentials: VerifiedCredentials | None = None,
        failures: LoginFailures | None = None,
        *,
        follow: Callable[[int], object] = lambda epoch: None,  # noqa: ARG005 - for whoever has only one process
    ) -> None:
        """`follow` is called with the installation's epoch at each login, and may raise what ends the login."""
        self._follow = follow
        self._credentials = credentials or VerifiedCredentials()
        self._failures = LoginFailures() if failures is None else failures
        self.actions = Actions()
        self._roles: _Roles | None = None
        self._lock = threading.Lock()

    def remembers(self, username: str, password: str) -> bool:
        """Say whether logging in again would most likely be quick."""
        return self._credentials.stored_hash(username, password) is not None

    def check(self, engine: Engine, username: str, password: str, address: str = "") -> None:
        """Check credentials that are not remembered, as `log_in` does, with no transaction open meanwhile."""
        if not self.remembers(username, password):
            read(engine, lambda session: self.log_in(session, username, password, address))

    def log_in(self, session: Session, username: str, password: str, address: str = "") -> Account:
        """Return the account of these credentials, given by a client at an address ("": not known).

        User names compare without letter case. LoginFailed for an unknown user and for a wrong password, after the same
        time and in the same words, and for a name with too many wrong passwords from that address lately;
        PermissionDenied for a user who must change their password first.
        """
        name = key(storable(username[:_LONGEST_USERNAME]))
        if self._failures.refuses(name, address):
            raise _too_many(username, address)
        row = _ACCOUNT.one_or_none(session, {"key": name})
        if row is None:  # there is no installation yet, or another one is just put in its place
            self._follow(0)
            raise LoginFailed(WRONG)
        self._follow(row.epoch)
        stored = row.password_hash
        is_known = stored is not None and self._credentials.stored_hash(username, password) == stored
        if hooks.cache is not None:
            hooks.cache("credentials", f"{'hit' if is_known else 'miss'}: {shown(username)}")
        if not is_known:
            if not beforehand(session, verify, stored, password) or stored is None:
                self._failures.note(name, address)
                raise _wrong(username, row)
            if self._failures.refuses(name, address):  # the limit was reached while this password was being checked
                raise _too_many(username, address)
            self._credentials.remember(username, password, stored)
        self._failures.forget(name, address)
        return Account(self._principal(session, row), row.last_login_at)

    def principal_of(self, session: Session, user_id: int, password_mark: str | None = None) -> Principal:
        """Return what a user may do who has logged in otherwise, as by a handshake; LoginFailed, PermissionDenied.

        `password_mark`: LoginFailed also where their password is no longer the one of that mark.
        """
        row = _ACCOUNT_OF_ID.one_or_none(session, {"id": user_id})
        if row is None:
            self._follow(0)
            raise LoginFailed(WRONG)
        self._follow(row.epoch)
        if row.id is None or (password_mark is not None and password_mark != mark_of(row.password_hash)):
            raise LoginFailed(WRONG)
        return self._principal(session, row)

    def password_mark(self, session: Session, user_id: int) -> str:
        """Return the mark of a user's password as it is now; LoginFailed where there is no such user."""
        row = _ACCOUNT_OF_ID.one_or_none(session, {"id": user_id})
        if row is None or row.id is None:
            raise LoginFailed(WRONG)
        return mark_of(row.password_hash)

    def forget(self) -> None:
        """Forget what roles give: other data may have been put in the place of those it was read from."""
        with self._lock:
            self._roles = None
        if hooks.cache is not None:
            hooks.cache("rights", "emptied: another epoch")

    def note_login(self, engine: Engine, account: Account) -> None:
        """Record a login, which is an action too.

        It is a courtesy: where the database is busy, the call that logged in stands all the same.
        """
        now = clock.now()
        due = or_(User.last_login_at.is_(None), User.last_login_at <= now - LOGIN_RECORDED_EVERY)
        try:
            # Not worth waiting for: whoever only reads need not know that another is writing.
            with writing(engine, patient=False) as session:
                emulation.epoch(session)  # as every call does first: who resets all waits for this, or this for them
                session.execute(
                    update(User).where(User.id == account.principal.id, due).values(last_login_at=now),
                    execution_options={"synchronize_session": False},
                )
                if account.principal.is_agent:
                    note_action(session, account.principal.id, now)
        except DBAPIError:
            logger.warning("the login of user %d could not be recorded", account.principal.id)

    def _principal(self, session: Session, row: Record) -> Principal:
        if row.force_password_reset:
            message = f"The password of {row.username} must be changed before it can be used again."
            raise PermissionDenied(message)
        # The same row and the same roles make the same principal: most calls are by few users.
        known = self._roles_of(session, row.rights_version)
        return _principal(known, row.id, row.username, row.display_name, row.email, row.roles, row.groups)

    def _roles_of(self, session: Session, version: int) -> _Roles:
        """Return what roles give, read anew where the rights have changed since (by whichever process)."""
        known = self._roles
        if known is not None and known.version == version:
            if hooks.cache is not None:
                hooks.cache("rights", f"hit: version {version}")
            return known
        if hooks.cache is not None:
            hooks.cache("rights", f"miss: version {version}")
        rights: dict[int, set[Right]] = {}
        for role_id, right in session.execute(select(RoleRight.role_id, RoleRight.right)):
            rights.setdefault(role_id, set()).add(right)
        known = _Roles(
            version=version,
            employee=frozenset(session.scalars(select(Role.id).where(Role.is_employee))),
            rights={role_id: frozenset(given) for role_id, given in rights.items()},
        )
        with self._lock:
            if self._roles is None or self._roles.version < version:
                self._roles = known
        return known


def _wrong(username: str, row: Record) -> LoginFailed:
    """Return the refusal, which says nothing of who exists; its hint does."""
    name = shown(username)
    if row.id is None:
        hint = f"There is no user {name}."
        if "@" in username:
            hint += " It looks like an e-mail address; users log in by their user names."
    else:
        hint = f"The user {name} is there, and the password is wrong."
        if row.password_hash is None:
            hint = f"The user {name} is there, and has no password."
    return LoginFailed(WRONG).hinted(hint)


def _too_many(username: str, address: str) -> LoginFailed:
    hint = f"There were too many wrong passwords for {shown(username)} from {address or 'one address'}."
    return LoginFailed(_TOO_MANY).hinted(f"{hint} For some minutes the right one is refused too.")


@lru_cache(maxsize=4096)
def _principal(
    known: _Roles, user_id: int, username: str, display_name: str, email: str, roles: str | None, groups: str | None
) -> Principal:
    role_ids = _numbers(roles) | {int(BuiltInRole.EVERYONE)}
    is_administrator = BuiltInRole.SYSTEM_ADMINISTRATOR in role_ids
    rights = [known.rights[role] for role in role_ids if role in known.rights]
    return Principal(
        id=user_id,
        username=username,
        display_name=display_name,
        email=email,
        role_ids=role_ids,
        group_ids=_numbers(groups),
        is_agent=not role_ids.isdisjoint(known.employee),
        is_manager=BuiltInRole.MANAGER in role_ids,
        is_administrator=is_administrator,
        rights=ALL_RIGHTS if is_administrator else frozenset().union(*rights),
    )


def _numbers(listed: str | None) -> frozenset[int]:
    return frozenset(map(int, listed.split(","))) if listed else frozenset()
