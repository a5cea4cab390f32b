"""Verifying that an e-mail address is a user's: a link by mail, which does so once and for a while only."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from enum import Enum, auto

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.events.people import UserChanged
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.spool.automatic import About, from_template
from smartertrack_emu.domain.structure.installation import server_name
from smartertrack_emu.domain.text import key

from . import users
from .models import EmailVerification, User
from .principal import Principal

LASTS = timedelta(days=3)
"""How long a link holds (ours)."""


class Outcome(Enum):
    """What became of a link that was opened."""

    VERIFIED = auto()
    SPENT = auto()
    """Used before, expired, or the address is another one now."""
    UNKNOWN = auto()


def send_link(session: Session, actor: Principal, user_id: int, root: str) -> None:
    """Put a mail with a link under the URL `root` into the spool; links sent before are dead.

    PermissionDenied where another is acting than the user or an administrator; NotFound; NotPossible where there is no
    address or it is verified.
    """
    users.require_self_or_administrator(actor, user_id)
    user = users.for_change(session, user_id)
    if not user.email:
        raise NotPossible(f"User {user_id} has no e-mail address.")
    if user.is_email_verified:
        raise NotPossible(f"The e-mail address of user {user_id} is verified already.")
    session.execute(delete(EmailVerification).where(EmailVerification.user_id == user_id))
    token = secrets.token_urlsafe(32)
    session.add(
        EmailVerification(user_id=user_id, email=user.email, token_hash=_digest(token), expires_at=clock.now() + LASTS)
    )
    session.flush()
    installation = server_name(session)
    values = {
        "CustomerName": user.display_name,
        "CustomerEmail": user.email,
        "Username": user.username,
        "ServerName": installation,
        "VerifyUrl": f"{root}/Verify/{token}",
        "BaseUrl": root,
    }
    from_template(session, "verify-email", user.email, values, About(user_id=user_id, from_name=installation))


def verify(session: Session, token: str) -> Outcome:
    """Count the address that a link was sent to as verified, where the link still holds; it does not afterwards."""
    outcome, link, user = _find(session, token, for_change=True)
    if link is None or user is None or outcome is not Outcome.VERIFIED:
        return outcome
    link.used_at = clock.now()
    user.is_email_verified = True
    session.flush()
    publish(session, users.SYSTEM, UserChanged(user.id, ["IsEmailVerified"]))
    return outcome


def look_up(session: Session, token: str) -> Outcome:
    """Return what would become of a link if it were opened, and leave it as it is."""
    return _find(session, token, for_change=False)[0]


def _find(session: Session, token: str, *, for_change: bool) -> tuple[Outcome, EmailVerification | None, User | None]:
    """Return what becomes of a link, with its row and its user's where they are there."""
    links = select(EmailVerification).where(EmailVerification.token_hash == _digest(token))
    link = session.scalar(links.with_for_update() if for_change else links)
    if link is None:
        return Outcome.UNKNOWN, None, None
    owners = select(User).where(User.id == link.user_id, User.deleted_at.is_(None))
    user = session.scalar(owners.with_for_update() if for_change else owners)
    is_over = link.used_at is not None or link.expires_at <= clock.now()
    if user is None or is_over or key(user.email) != key(link.email):
        return Outcome.SPENT, link, user
    return Outcome.VERIFIED, link, user


def _digest(token: str) -> str:
    # The token has 256 bits of chance in it: a plain digest cannot be turned back.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
