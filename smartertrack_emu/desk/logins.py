"""Logging in by a form, staying so by a session's token, and logging out: for pages and the scripts that they load."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import LoginFailed, NotFound, PermissionDenied
from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.store.encryption import key_of

from .callers import Credentials, KnownUser
from .desk import Desk
from .outcomes import explained

T = TypeVar("T")

_ABOUT = "a session"


class LoggedIn(NamedTuple):
    """Somebody with a session. `csrf_token`: what each of its requests that changes something must carry."""

    caller: KnownUser
    actor: Principal
    csrf_token: str

    def may_change(self, csrf_token: str) -> bool:
        """Say whether a request carries this session's token, and so comes from one of our own pages."""
        return hmac.compare_digest(self.csrf_token.encode(), csrf_token.encode("utf-8", "surrogatepass"))


def log_in(desk: Desk, name: str, password: str, address: str = "", *, leaving: str = "") -> str:
    """Return the token of a new session for a user name or an e-mail address, and end the session `leaving`.

    LoginFailed and PermissionDenied as `Accounts.log_in`; wrong passwords count with those of all other dialects.
    """
    username = desk.read(lambda session: _username_of(session, name), about=_ABOUT) if "@" in name else name

    def work(session: Session, actor: Principal) -> tuple[int, str]:
        return actor.id, desk.accounts.password_mark(session, actor.id)

    user_id, mark = desk.call(Credentials(username, password, address), work, about=_ABOUT)

    def begin() -> str:
        if leaving:
            desk.sessions.end(leaving)
        return desk.sessions.begin(user_id, mark)

    return _told(begin)


def find(desk: Desk, token: str) -> LoggedIn | None:
    """Return whose session a token is of; None where it is over, or its user may not enter as they did then."""
    kept = _told(lambda: desk.sessions.find(token))
    if kept is None:
        return None
    caller = KnownUser(kept.user_id, kept.password_mark)
    try:
        actor = desk.call(caller, lambda session, actor: actor, about=_ABOUT)  # noqa: ARG005 - all work gets one
    except (LoginFailed, PermissionDenied):
        return None
    return LoggedIn(caller, actor, kept.csrf_token)


def log_out(desk: Desk, token: str) -> None:
    """End a session, where there is one."""
    _told(lambda: desk.sessions.end(token))


def cookie_of(desk: Desk) -> str:
    """Return the name of the session's cookie: each server its own, for cookies do not tell ports apart."""
    return f"smartertrack_session_{_derived(desk, 'cookie')[:8]}"


def form_token(desk: Desk, nonce: str) -> str:
    """Return what the login form must carry for a browser that holds `nonce` in a cookie; nothing is stored for it."""
    return _derived(desk, f"login form:{nonce}")


def _derived(desk: Desk, purpose: str) -> str:
    key = key_of(desk.engine.dialect).derived(b"smartertrack-emu: pages")
    return hmac.new(key, purpose.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _username_of(session: Session, name: str) -> str:
    """Return the user name that is meant; where nobody has such a name or address, what was given."""
    try:
        return users.find_by_username(session, name).username
    except NotFound:
        found = users.find_by_email(session, name)
        return name if found is None else found.username


def _told(work: Callable[[], T]) -> T:
    """Do something beside the data; HelpdeskError where the database does not answer."""
    try:
        return work()
    except DBAPIError as error:
        raise explained(error, _ABOUT) from None
