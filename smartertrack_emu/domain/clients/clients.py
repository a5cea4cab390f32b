"""Who calls by a token, and which groups are theirs; making and removing tokens.

Wrong tokens are not counted: a token is too long to be guessed, and a client with an old one must not shut out others.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import AlreadyExists, BadValue, LoginFailed, NotFound, NotPossible
from smartertrack_emu.domain.structure.models import Group
from smartertrack_emu.store.functions import comma_list
from smartertrack_emu.store.prepared import Prepared

from .models import Client, ClientDepartment, ClientToken

SHORTEST, LONGEST = 20, 200
"""Characters of a token; they are printable ASCII without a blank (ours)."""

_HINT = 6
_TOKEN = re.compile(rf"[\x21-\x7e]{{{SHORTEST},{LONGEST}}}")

clients, tokens = Client.__table__.c, ClientToken.__table__.c
_of_client = ClientDepartment.__table__.c
_CLIENT = Prepared(
    select(
        clients.id,
        clients.is_enabled,
        select(comma_list(_of_client.department_id))
        .where(_of_client.client_id == clients.id)
        .scalar_subquery()
        .label("departments"),
    )
    .join_from(ClientToken.__table__, Client.__table__, clients.id == tokens.client_id)
    .where(tokens.token_hash == bindparam("token_hash"))
)


class Reach(NamedTuple):
    """A client and the departments that are its; None: all of them."""

    client_id: int
    department_ids: frozenset[int] | None

    def groups(self) -> list[ColumnElement[bool]]:
        """Return the conditions that `Group` meets where it is one of the client's; none for who has all."""
        if self.department_ids is None:
            return []
        return [Group.__table__.c.department_id.in_(sorted(self.department_ids))]


def enter(session: Session, client_id: int | None, token: str) -> Reach:
    """Return the reach of the client that a token is of, in one statement.

    LoginFailed alike for an unknown token, another client's, and a client that is switched off or not known.
    """
    row = _CLIENT.one_or_none(session, {"token_hash": digest(token)}) if _TOKEN.fullmatch(token) else None
    if row is None:
        raise _refused("There is no such token." if token else "No token came: Authorization: Bearer TOKEN.")
    if row.id != client_id:
        raise _refused(f"The token is one of client {row.id}, and the address names another.")
    if not row.is_enabled:
        raise _refused(f"Client {row.id} is switched off.")
    listed = row.departments
    return Reach(row.id, frozenset(map(int, listed.split(","))) if listed else None)


def _refused(hint: str) -> LoginFailed:
    return LoginFailed("The token or the client is wrong.").hinted(hint)


def digest(token: str) -> str:
    """Return what is stored of a token."""
    return sha256(token.encode()).hexdigest()


def hint_of(token: str) -> str:
    """Return the beginning of a token, by which it may be removed."""
    return token[:_HINT]


def check_token(token: str) -> str:
    """Return a token that may be one; BadValue."""
    if not _TOKEN.fullmatch(token):
        raise BadValue("token", f"must have {SHORTEST} to {LONGEST} printable ASCII characters and no blank.")
    return token


def add_token(session: Session, client_id: int, token: str | None = None) -> str:
    """Give a client a token, a new one where none is given, and return it; NotFound, BadValue, AlreadyExists."""
    _require(session, client_id)
    token = check_token(secrets.token_urlsafe(32) if token is None else token)
    hashed = digest(token)
    if session.scalar(select(tokens.id).where(tokens.token_hash == hashed)) is not None:
        raise AlreadyExists("This token is in use already.")
    session.add(ClientToken(client_id=client_id, token_hash=hashed, hint=hint_of(token)))
    session.flush()
    return token


def remove_token(session: Session, client_id: int, hint: str) -> None:
    """Remove the one token of a client that begins with a hint; NotFound, NotPossible where several do."""
    _require(session, client_id)
    found = list(session.scalars(select(tokens.id).where(tokens.client_id == client_id, tokens.hint == hint)))
    if not found:
        raise NotFound(f"Client {client_id} has no token that begins with these six characters.")
    if len(found) > 1:
        raise NotPossible(f"Client {client_id} has {len(found)} tokens that begin with these six characters.")
    session.execute(delete(ClientToken).where(tokens.id == found[0]))


def _require(session: Session, client_id: int) -> None:
    if session.get(Client, client_id) is None:
        raise NotFound(f"There is no client {client_id}.")
