"""/Login.aspx: one login for all pages, by a user name or an e-mail address; /Logout.aspx ends it, by POST only.

`returnUrl`: where to go afterwards, one of our own paths. `local=1`: log in here whatever else logs in elsewhere; it is
kept for the day when something else does.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Blueprint, Response, render_template, request

from smartertrack_emu.desk import logins
from smartertrack_emu.domain.errors import LoginFailed, PermissionDenied
from smartertrack_emu.domain.people.accounts import WRONG
from smartertrack_emu.web import session
from smartertrack_emu.web.visit import desk, parameters, prefixed

pages = Blueprint("login", __name__)

LOGIN, LOGOUT = "/Login.aspx", "/Logout.aspx"

_WRONG = "The user name or password is wrong."
_MISSING = "Give a user name or an e-mail address, and a password."
_CHALLENGE = {"WWW-Authenticate": 'Form realm="SmarterTrack"'}
"""What 401 must have; browsers know no such scheme, and so ask nothing themselves."""

_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path of ours as an address: no other host (`//`, `/\\`), no control characters, nothing that is not ASCII."""

_LONGEST_PATH = 2_000
_NOTICES = {"reset": "The data is as at the first start, and so all sessions have ended. Please log in again."}


@pages.get(LOGIN)
def login() -> Response:
    """Show the form, also to who is logged in: they may log in as somebody else."""
    notice = _NOTICES.get(parameters().get("notice", ""), "")
    return _form(HTTPStatus.OK, return_url=parameters().get("returnurl", ""), notice=notice)


@pages.post(LOGIN)
@session.checks_itself
def log_in() -> Response:
    """Log in and go where the browser came from."""
    session.check_login_form()
    name, password = request.form.get("username", "").strip(), request.form.get("password", "")
    return_url = request.form.get("returnUrl", "")
    if not name or not password:
        return _form(HTTPStatus.UNPROCESSABLE_ENTITY, return_url=return_url, name=name, wrong=_MISSING)
    try:
        token = logins.log_in(desk(), name, password, request.remote_addr or "", leaving=session.cookie())
    except LoginFailed as error:
        wrong = _WRONG if str(error) == WRONG else str(error)
        return _form(HTTPStatus.UNAUTHORIZED, return_url=return_url, name=name, wrong=wrong)
    except PermissionDenied as error:
        return _form(HTTPStatus.FORBIDDEN, return_url=return_url, name=name, wrong=str(error))
    response = _go_to(own_path(return_url))
    session.keep(response, token)
    return response


@pages.post(LOGOUT)
def log_out() -> Response:
    """End the session."""
    logins.log_out(desk(), session.cookie())
    response = _go_to(LOGIN)
    session.forget(response)
    return response


def own_path(address: str) -> str:
    """Return where a login may lead: an address that is a path of ours, else the first page."""
    if len(address) > _LONGEST_PATH or not _OWN_PATH.fullmatch(address):
        return "/"
    return address


def _go_to(path: str) -> Response:
    root = prefixed("")
    location = path if root and path.startswith(f"{root}/") else prefixed("") + path
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": location})


def _form(status: HTTPStatus, *, return_url: str, name: str = "", wrong: str = "", notice: str = "") -> Response:
    nonce = session.nonce()
    content = render_template(
        "portal/login.html",
        return_url=return_url,
        local=request.values.get("local", ""),
        name=name,
        wrong=wrong,
        notice=notice,
        token=logins.form_token(desk(), nonce),
        who=session.logged_in(),
    )
    response = Response(content, status, content_type="text/html; charset=utf-8")
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers.update(_CHALLENGE)
    session.keep_nonce(response, nonce)
    return response
