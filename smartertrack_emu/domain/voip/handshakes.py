"""Handshakes: tokens with which a telephone program logs its user in to a web page without their password.

Random, good for one log-in within two minutes, stored hashed (ours: the product says no more than that they expire).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import LoginFailed
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal

from .models import LoginHandshake

LIFETIME = timedelta(minutes=2)

_REFUSED = "The handshake is unknown, expired or used."


class Handshake(NamedTuple):
    """A token, which is shown this once, and when it expires."""

    token: str
    expires_at: datetime


def issue(session: Session, actor: Principal) -> Handshake:
    """Give the actor a token; their expired ones go."""
    now = clock.now()
    session.execute(
        delete(LoginHandshake).where(LoginHandshake.user_id == actor.id, LoginHandshake.expires_at <= now),
        execution_options={"synchronize_session": False},
    )
    token = secrets.token_urlsafe(32)
    expires_at = now + LIFETIME
    session.add(LoginHandshake(user_id=actor.id, token_hash=_hash(token), created_at=now, expires_at=expires_at))
    session.flush()
    return Handshake(token, expires_at)


def look_up(session: Session, token: str) -> int:
    """Return the id of the user whom `redeem` would return, and leave the token as it is; LoginFailed as there."""
    user_id: int | None = session.scalar(
        select(LoginHandshake.user_id)
        .join(User, User.id == LoginHandshake.user_id)
        .where(*_is_good(token, clock.now()), User.deleted_at.is_(None))
    )
    if user_id is None:
        raise LoginFailed(_REFUSED)
    return user_id


def redeem(session: Session, token: str) -> int:
    """Use a token up and return its user's id; LoginFailed for one that is unknown, expired or used."""
    now = clock.now()
    user_id: int | None = session.scalar(
        update(LoginHandshake).where(*_is_good(token, now)).values(used_at=now).returning(LoginHandshake.user_id),
        execution_options={"synchronize_session": False},
    )
    if user_id is None or session.scalar(select(User.deleted_at.is_not(None)).where(User.id == user_id)):
        raise LoginFailed(_REFUSED)
    return user_id


def _is_good(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        LoginHandshake.token_hash == _hash(token),
        LoginHandshake.used_at.is_(None),
        LoginHandshake.expires_at > now,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
