"""Calls that a page makes of its own server, within the process: of the control API, and of a service once more."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlencode

from flask import request
from werkzeug.exceptions import NotFound

from smartertrack_emu.web import session
from smartertrack_emu.web.visit import whole

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

API = "/_emu/api"

_TAKEN_OVER = (
    "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "SCRIPT_NAME", "HTTP_HOST", "REMOTE_ADDR", "REMOTE_HOST",
    "wsgi.version", "wsgi.url_scheme", "wsgi.errors", "wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once",
    "asmx.is_draining",
)  # fmt: skip
_JSON = "application/json"


class DroppedError(Exception):
    """The server would have closed the connection without an answer."""


@dataclass(frozen=True)
class Answered:
    """An answer. `refusal`: the sentence of one that is a problem; `mistakes`: what is wrong, by the member's name."""

    status: int
    content_type: str
    body: bytes = field(repr=False)

    @property
    def is_ok(self) -> bool:
        """Whether what was asked for was done."""
        return self.status < 300

    @cached_property
    def content(self) -> Any:
        """What the JSON says; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def refusal(self) -> str:
        """Why nothing was done."""
        detail = self.content.get("detail", "") if isinstance(self.content, dict) else ""
        return str(detail) or f"The control API answered {self.status}."

    @property
    def mistakes(self) -> Mapping[str, str]:
        """What is wrong with each member, by the last word of where it stands."""
        errors = self.content.get("errors", ()) if isinstance(self.content, dict) else ()
        return {str(one["where"]).rpartition(".")[2]: str(one["what"]) for one in errors}


def ask(
    method: str,
    path: str,
    body: Any = None,
    *,
    query: Mapping[str, Any] | None = None,
    file: IO[bytes] | None = None,
    content_type: str = _JSON,
) -> Answered:
    """Make a call of the control API for whoever is logged in; `file` is sent as it is, anything else as JSON."""
    sent = file or io.BytesIO(b"" if body is None else json.dumps(body).encode())
    found = session.logged_in()
    environ = {
        **_environ(method, API + path, urlencode({k: v for k, v in (query or {}).items() if v not in (None, "")})),
        "HTTP_COOKIE": request.environ.get("HTTP_COOKIE", ""),
        "HTTP_X_CSRF_TOKEN": "" if found is None else found.csrf_token,
    }
    return _answer(environ, sent, content_type if body is not None or file is not None else "")


def send(method: str, path: str, headers: Iterable[Sequence[str]], body: bytes) -> Answered:
    """Send a request to a service; DroppedError where a fault drops the connection."""
    bare, _, query = path.partition("?")
    environ = _environ(method, bare, query)
    content_type = ""
    for name, value in headers:
        if name.lower() == "content-type":
            content_type = value
        elif name.lower() not in _OWN and not name.lower().startswith("x-forwarded"):
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return _answer(environ, io.BytesIO(body), content_type)


_OWN = {
    "host", "content-length", "connection", "transfer-encoding", "expect", "keep-alive", "accept-encoding",
    "authorization", "proxy-authorization", "cookie", "x-csrf-token", "forwarded",
}  # fmt: skip


def _environ(method: str, path: str, query: str) -> WSGIEnvironment:
    environ = {name: request.environ[name] for name in _TAKEN_OVER if name in request.environ}
    environ |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "asmx.drop": _drop}
    return environ


def _drop() -> NoReturn:
    raise DroppedError


def _answer(environ: WSGIEnvironment, sent: IO[bytes], content_type: str) -> Answered:
    application = whole()
    if application is None:
        raise NotFound
    length = sent.seek(0, io.SEEK_END)
    sent.seek(0)
    environ["wsgi.input"] = sent
    if length:
        environ["CONTENT_LENGTH"] = str(length)
    if content_type:
        environ["CONTENT_TYPE"] = content_type
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None, /) -> Any:
        del exc_info
        started.append((status, headers))
        return lambda data: None  # noqa: ARG005 - WSGI's signature

    parts = application(environ, start)
    try:
        answer = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = started[-1]
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return Answered(int(status[:3]), kind, answer)
