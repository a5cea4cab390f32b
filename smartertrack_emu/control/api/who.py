"""Who calls the control API: an administrator, by HTTP Basic or by the session of the pages."""

from __future__ import annotations

import logging
from typing import NamedTuple

from flask import Request

from smartertrack_emu.desk import logins
from smartertrack_emu.desk.callers import Caller, Credentials, KnownUser
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.errors import HelpdeskError, LoginFailed, PermissionDenied
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.gateway import read_basic

from .declaring import check_administrator
from .problems import REALM, Problem

admin = logging.getLogger("smartertrack_emu.log.admin")
"""Who has logged in to the control API."""

_SESSION = f'Session realm="{REALM}"'
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Who(NamedTuple):
    """An administrator, and how the desk knows them from now on."""

    caller: Caller
    actor: Principal


def who(request: Request, desk: Desk) -> Who:
    """Return who calls; LoginFailed where they do not say so truly, PermissionDenied for all but administrators.

    Scripts of the pages use the session's cookie, and bring its token in X-CSRF-Token where they change something. What
    a request says itself, by HTTP Basic, goes before what a browser adds to all requests.
    """
    if request.method not in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        # A browser sends the login it knows along with what any page has it send.
        raise PermissionDenied("Pages of other sites cannot change anything here.")
    credentials = _credentials(request)
    if credentials is None:
        return _of_session(request, desk)
    try:
        actor = desk.call(credentials, lambda session, actor: actor, about="the control API")  # noqa: ARG005 - all work gets one
        check_administrator(actor)
    except HelpdeskError as error:
        admin.warning("%s from %s was refused: %s", shown(credentials.username), request.remote_addr, error.said(str))
        raise
    admin.info("%s from %s: %s %s", actor.username, request.remote_addr, request.method, request.path)
    return Who(KnownUser(actor.id), actor)


def _of_session(request: Request, desk: Desk) -> Who:
    token = request.cookies.get(logins.cookie_of(desk), "")
    found = logins.find(desk, token) if token else None
    if found is None:
        if token or _is_of_script(request):
            # A script would rather be told than have the browser ask for a password, as it does for Basic.
            raise Problem(401, "The session is over. Please log in again.", headers={"WWW-Authenticate": _SESSION})
        raise LoginFailed("Give an administrator's user name and password by HTTP Basic.")
    check_administrator(found.actor)
    if request.method not in _SAFE and not found.may_change(request.headers.get("X-CSRF-Token", "")):
        raise PermissionDenied("X-CSRF-Token must hold the token of the page's session. Nothing was done.")
    return Who(found.caller, found.actor)


def _is_of_script(request: Request) -> bool:
    """Say whether a script of a page asks, as it says itself or as browsers say where it follows a stream."""
    return "X-Requested-With" in request.headers or "text/event-stream" in request.headers.get("Accept", "")


def _credentials(request: Request) -> Credentials | None:
    """Return the user name and password of HTTP Basic; None where there are none, or none that can be read."""
    basic = read_basic(request.headers.get("Authorization", ""))
    return None if basic is None else Credentials(*basic, request.remote_addr or "")
