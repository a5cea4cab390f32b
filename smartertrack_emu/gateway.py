"""What stands between WSGI and every application behind it: plain answers, applications made late, HTTP Basic.

It imports nothing but the standard library, so that whatever is imported at the start may use it.
"""

from __future__ import annotations

import threading
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TEXT = "text/plain; charset=utf-8"

_ONLY_GET = b"Only GET is answered here.\n"


def answer(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    status: str,
    body: bytes,
    *,
    content_type: str = TEXT,
    allow: str = "",
) -> Iterable[bytes]:
    """Answer a request with a whole body, without it where it is HEAD. Nobody keeps the answer.

    `status`: with its phrase, as WSGI has it. `allow`: the methods that are answered, in a 405.
    """
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if allow:
        headers.append(("Allow", allow))
    start_response(status, headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def only_reads(environ: WSGIEnvironment) -> bool:
    """Say whether a request is GET or HEAD."""
    return environ["REQUEST_METHOD"] in ("GET", "HEAD")


def refuse_method(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request that is neither GET nor HEAD where only those are answered."""
    return answer(environ, start_response, "405 Method Not Allowed", _ONLY_GET, allow="GET, HEAD")


class Late:
    """An application that is made by the first who asks it; others who ask meanwhile wait for it."""

    def __init__(self, make: Callable[[], WSGIApplication]) -> None:
        """`make` is called once, unless it fails: then the next who asks calls it again."""
        self._make = make
        self._made: WSGIApplication | None = None
        self._making = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return (self._made or self._first())(environ, start_response)

    def _first(self) -> WSGIApplication:
        with self._making:
            if self._made is None:
                self._made = self._make()
            return self._made


def read_basic(authorization: str) -> tuple[str, str] | None:
    """Return the user name and password in an Authorization header of HTTP Basic.

    None where there is no such header, and where it cannot be read.
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        username, colon, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        return None
    return (username, password) if colon else None
