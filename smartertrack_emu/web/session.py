"""A browser's session: its cookie, who is logged in by it, and the token without which no form changes anything."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import Forbidden

from smartertrack_emu.desk import logins
from smartertrack_emu.desk.logins import LoggedIn

from .visit import desk, prefixed

V = TypeVar("V", bound=Callable[..., object])

FIELD = "csrf_token"
"""The field of every form that changes something."""

_OPEN = "session"
_OWN_CHECK = "_checks_forms_itself"
_LONGEST_FORM = "_longest_form"
_NONCE = "_form"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NOT_OURS = "The form does not come from a page of this session, so nothing was done. Please open the page again."


def watch_forms(app: Flask) -> None:
    """Have every form that changes something refused which does not come from one of our own pages."""
    app.before_request(_check_form)
    app.add_template_global(form_token, FIELD)
    app.add_template_global(logged_in)


def checks_itself(view: V) -> V:
    """Mark a page that takes forms before there is a session, and checks them itself."""
    vars(view)[_OWN_CHECK] = True
    return view


def takes(longest: Callable[[], int]) -> Callable[[V], V]:
    """Mark a page whose form may be longer than others': with a file. `longest` returns the bytes."""

    def mark(view: V) -> V:
        vars(view)[_LONGEST_FORM] = longest
        return view

    return mark


def logged_in() -> LoggedIn | None:
    """Return who is logged in by this request's cookie; looked up once a request."""
    if _OPEN not in g:
        token = cookie()
        setattr(g, _OPEN, logins.find(desk(), token) if token else None)
    found: LoggedIn | None = g.get(_OPEN)
    return found


def cookie() -> str:
    """Return the session's token as the browser sent it, "" where it sent none."""
    return request.cookies.get(logins.cookie_of(desk()), "")


def keep(response: Response, token: str) -> None:
    """Give the browser a session's token, until it is closed."""
    _set_cookie(response, logins.cookie_of(desk()), token)


def forget(response: Response) -> None:
    """Take the session's token from the browser."""
    response.delete_cookie(logins.cookie_of(desk()), path=prefixed("/"), httponly=True, samesite="Lax")


def form_token() -> str:
    """Return what a form must carry in the field `csrf_token`; "" where nobody is logged in."""
    found = logged_in()
    return "" if found is None else found.csrf_token


def nonce() -> str:
    """Return what this browser's login forms are bound to, as it sent it or made for it now."""
    return request.cookies.get(_nonce_cookie()) or secrets.token_urlsafe(32)


def keep_nonce(response: Response, value: str) -> None:
    """Give the browser what its login forms are bound to."""
    _set_cookie(response, _nonce_cookie(), value)


def check_login_form() -> None:
    """Refuse a login form that this browser did not get from us: Forbidden."""
    sent = request.cookies.get(_nonce_cookie(), "")
    if not sent or not secrets.compare_digest(logins.form_token(desk(), sent).encode(), _field()):
        raise Forbidden(_NOT_OURS)


def _check_form() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.method in _SAFE or hasattr(view, _OWN_CHECK):
        return
    longest: Callable[[], int] | None = getattr(view, _LONGEST_FORM, None)
    if longest is not None:
        request.max_content_length = longest()
    found = logged_in()
    if found is None or not found.may_change(_field().decode("utf-8", "surrogatepass")):
        raise Forbidden(_NOT_OURS)


def _field() -> bytes:
    return request.form.get(FIELD, "").encode("utf-8", "surrogatepass")


def _nonce_cookie() -> str:
    return logins.cookie_of(desk()) + _NONCE


def _set_cookie(response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, path=prefixed("/"), secure=request.is_secure, httponly=True, samesite="Lax")
