"""Who calls the control API: an administrator, by HTTP Basic."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from typing import NamedTuple

from flask import Request

from smartertrack_emu.desk.callers import Caller, Credentials, KnownUser
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.errors import LoginFailed, PermissionDenied
from smartertrack_emu.domain.people.principal import Principal

from .declaring import check_administrator


class Who(NamedTuple):
    """An administrator, and how the desk knows them from now on."""

    caller: Caller
    actor: Principal


def who(request: Request, desk: Desk) -> Who:
    """Return who calls; LoginFailed where they do not say so truly, PermissionDenied for all but administrators.

    A session's cookie with the CSRF token in X-CSRF-Token will stand beside HTTP Basic here.
    """
    if request.method not in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        # A browser sends the login it knows along with what any page has it send.
        raise PermissionDenied("Pages of other sites cannot change anything here.")
    credentials = _credentials(request)
    if credentials is None:
        raise LoginFailed("Give an administrator's user name and password by HTTP Basic.")
    actor = desk.call(credentials, lambda session, actor: actor, about="the control API")  # noqa: ARG005 - all work gets one
    check_administrator(actor)
    return Who(KnownUser(actor.id), actor)


def _credentials(request: Request) -> Credentials | None:
    """Return the user name and password of HTTP Basic; None where there are none, or none that can be read."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        username, colon, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        return None
    return Credentials(username, password, request.remote_addr or "") if colon else None
