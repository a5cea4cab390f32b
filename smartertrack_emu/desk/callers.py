"""Who comes to the desk: somebody with a user name and a password, or somebody whom a dialect knows already."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy.orm import Session

from smartertrack_emu.domain.people.accounts import Account, Accounts
from smartertrack_emu.domain.people.principal import Principal


@dataclass(slots=True)
class Credentials:
    """A user name and a password, given by a client at an address ("": not known)."""

    # Not frozen: one is made for every call, and frozen ones take three times as long to make.

    username: str
    password: str = field(repr=False)
    address: str = ""


@dataclass(frozen=True, slots=True)
class KnownUser:
    """A user who has proved who they are otherwise: by a session, a token, a handshake.

    `password_mark`: of the password that they gave then (`passwords.mark_of`), where it must still be theirs.
    """

    user_id: int
    password_mark: str | None = None


Caller: TypeAlias = Credentials | KnownUser | Principal
"""A principal is one that the process itself stands for, as a job does."""


def enter(caller: Caller, accounts: Accounts, session: Session) -> tuple[Account | None, Principal]:
    """Return who calls, with their account where this is a login; LoginFailed, PermissionDenied."""
    if type(caller) is Credentials:
        account = accounts.log_in(session, caller.username, caller.password, caller.address)
        return account, account.principal
    if isinstance(caller, KnownUser):
        principal = accounts.principal_of(session, caller.user_id, caller.password_mark)
        accounts.actions.note_later(session, principal)
        return None, principal
    assert isinstance(caller, Principal)  # noqa: S101 - mypy does not narrow a union by `type(...) is`
    return None, caller
