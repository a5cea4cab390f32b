"""Who opens a page: one way to log in, for all pages.

    a handshake of a telephone program    `?handshake=TOKEN`, good once
    a session                             its cookie, from /Login.aspx
    a user name and a password            HTTP Basic

The first that is there counts; a cookie of a session that is over is as good as none.
"""

from __future__ import annotations

from flask import request

from smartertrack_emu.desk.callers import Caller, Credentials, KnownUser
from smartertrack_emu.desk.desk import Session
from smartertrack_emu.domain.errors import LoginFailed
from smartertrack_emu.domain.voip import handshakes
from smartertrack_emu.gateway import read_basic

from . import session
from .visit import desk, is_only_asking, parameters


def require_user(what: str) -> Caller:
    """Return who opens a page that needs a login.

    LoginFailed, in a sentence that begins with `what`, where they do not say. LoginFailed and PermissionDenied also
    where a handshake is refused; a password is looked at by the desk.
    """
    caller = find_user()
    if caller is None:
        message = f"{what}: give a user name and a password."
        raise LoginFailed(message)
    return caller


def find_user() -> Caller | None:
    """Return who opens a page, None where they do not say; LoginFailed and PermissionDenied as in `require_user`."""
    token = parameters().get("handshake")
    if token is not None:
        return _by_handshake(token)
    known = session.logged_in()
    return _by_password() if known is None else known.caller


def _by_handshake(token: str) -> Caller:
    """Use a handshake up, or only look at it where the request must change nothing."""
    accounts = desk().accounts
    enter, take = (desk().read, handshakes.look_up) if is_only_asking() else (desk().write, handshakes.redeem)

    def user_of(transaction: Session) -> int:
        user_id = take(transaction, token)
        accounts.principal_of(transaction, user_id)  # a refusal leaves the token as it is
        return user_id

    return KnownUser(enter(user_of, about=request.path))


def _by_password() -> Caller | None:
    """Return the user name and password of HTTP Basic; None where there are none, or none that can be read."""
    basic = read_basic(request.headers.get("Authorization", ""))
    if basic is None or "\x00" in basic[0]:
        return None
    return Credentials(*basic, request.remote_addr or "")
