"""What all pages of the workbench have in common: who may see them, the ways between them, curl beside each button."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from datetime import datetime, tzinfo
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode
from wsgiref.util import application_uri

from flask import Blueprint, Response, abort, render_template, request

from smartertrack_emu.desk import logins
from smartertrack_emu.domain.errors import PermissionDenied
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.web import session
from smartertrack_emu.web.visit import desk, prefixed, whole

from .asking import API, Answered

WAYS = (
    ("Calls", "/_emu/"),
    ("Mail", "/_emu/mail"),
    ("Jobs", "/_emu/jobs"),
    ("Clock", "/_emu/clock"),
    ("Faults", "/_emu/faults"),
    ("Snapshots", "/_emu/snapshots"),
    ("Events", "/_emu/events"),
    ("Metrics", "/_emu/metrics"),
    ("Logs", "/_emu/logs"),
    ("Services", "/_emu/services"),
)
PAGE = 25
"""Items of a long list on one page."""

ONLY_ADMINISTRATORS = "Only administrators may use the workbench."


def blueprint(name: str) -> Blueprint:
    """Return a blueprint for pages of the workbench: for administrators with a session."""
    pages = Blueprint(f"workbench_{name}", __name__)
    pages.before_request(_enter)
    return pages


def _enter() -> Response | None:
    if whole() is None:
        abort(HTTPStatus.NOT_FOUND)
    found = session.logged_in()
    if found is None:
        return to_login(request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else "/_emu/")
    if not found.actor.is_administrator:
        raise PermissionDenied(ONLY_ADMINISTRATORS)
    return None


def to_login(path: str, **said: str) -> Response:
    """Send the browser to the login, and back to one of our paths afterwards."""
    query = urlencode({"local": "1", "returnUrl": quote(path, safe="/?&=%+:,~-_.!*'();@$"), **said})
    return _see(f"/Login.aspx?{query}")


def go_to(path: str, **said: Any) -> Response:
    """Send the browser to a page after a form was sent; `said` stands in the address."""
    return _see(f"{path}?{urlencode(said)}" if said else path)


def _see(path: str) -> Response:
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": prefixed(path)})


def after(path: str, word: str) -> Response:
    """Send the browser to a page after the control API has done something, which `word` names there.

    Where the session did not outlive it, as with a reset, the login says so.
    """
    if logins.find(desk(), session.cookie()) is None:
        return to_login(path, notice="reset")
    return go_to(path, done=word)


def page(template: str, *, refused: Answered | None = None, **values: Any) -> Response:
    """Return a page of the workbench. `refused`: the answer of the control API to the form that was sent."""
    found = session.logged_in()
    assert found is not None  # noqa: S101 - nobody else gets here
    typed = request.form if refused is not None else {}
    content = render_template(
        f"workbench/{template}.html",
        ways=WAYS,
        user=found.actor,
        refused=refused,
        mistakes={} if refused is None else refused.mistakes,
        typed=typed,
        curl=lambda method, path, body=None, **more: curl(found.actor.username, method, path, body, **more),
        base=base(),
        **values,
    )
    status = HTTPStatus.OK if refused is None else refused.status
    return Response(content, status, content_type="text/html; charset=utf-8")


def base() -> str:
    """Return the server's address as the browser reaches it, without a slash at the end."""
    return application_uri(request.environ).rstrip("/")


def curl(
    username: str,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    file: str = "",
    media_type: str = "application/gzip",
    out: str = "",
) -> str:
    """Return a command that makes a call of the control API; curl asks for the password.

    `file`: a file that is sent, of a `media_type`; `out`: one that the answer is written to.
    """
    words = ["curl", "-u", shlex.quote(username)]
    if method not in ("GET", "POST") or (method == "POST" and body is None and not file):
        words += ["-X", method]
    if out:
        words += ["-o", shlex.quote(out)]
    words.append(shlex.quote(f"{base()}{API}{path}"))
    if body is not None:
        words += ["-H", "'Content-Type: application/json'", "-d", shlex.quote(json.dumps(body, ensure_ascii=False))]
    if file:
        words += ["-H", f"'Content-Type: {media_type}'", "--data-binary", shlex.quote(f"@{file}")]
    return " ".join(words)


def zone() -> tzinfo:
    """Return the time zone in which moments are shown."""
    return desk().read(installation.time_zone_to_show, about=request.path)


def moment_of(text: str) -> datetime:
    """Return a moment as the control API writes it."""
    return datetime.fromisoformat(text)


def number(name: str) -> int:
    """Return a number from the address, 0 where it holds none that is one."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
