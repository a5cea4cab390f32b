"""Customers: found by their e-mail address, or made users by it."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.text import key
from smartertrack_emu.store.prepared import Prepared


class Customer(NamedTuple):
    """Whom a ticket is for; `id` None: somebody without an account."""

    id: int | None
    display_name: str
    email: str


def find_or_create(session: Session, address: str, display_name: str = "") -> Customer:
    """Return the user with an e-mail address; a new one, who cannot log in, where there is none.

    Two transactions may meet the same new customer at once: one makes the user, the other waits and finds it.
    """
    found = _find(session, address)
    if found is not None:
        return found
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(
        insert(User)
        .values(
            username=address,
            # Somebody may bear the address as a user name without its being their e-mail: these are two people.
            username_key=None if _is_username(session, address) else key(address),
            email=address,
            email_key=key(address),
            display_name=display_name or address,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    created = _find(session, address)
    if created is None:
        message = "a customer was neither found nor created"
        raise RuntimeError(message)
    return created


users = User.__table__.c

_BY_EMAIL = Prepared(select(users.id, users.display_name, users.email).where(users.email_key == bindparam("key")))
_BY_USERNAME = Prepared(select(users.id).where(users.username_key == bindparam("key")))


def _find(session: Session, address: str) -> Customer | None:
    row = _BY_EMAIL.one_or_none(session, {"key": key(address)})
    return None if row is None else Customer(*row)


def _is_username(session: Session, address: str) -> bool:
    return _BY_USERNAME.one_or_none(session, {"key": key(address)}) is not None
