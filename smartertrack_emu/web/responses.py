"""What a page answers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote
from wsgiref.util import FileWrapper

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PIECE = 256 * 1024
"""Bytes of a file sent at a time."""

_ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
]


@dataclass(frozen=True, slots=True)
class Response:
    """Status, content type, body, further headers; a body that is an open file has a `length`, in bytes.

    The server sends a file without a thread's help, and closes it (`wsgi.file_wrapper`). `style` is the one style
    sheet that stands in the page, word for word; `images`: where it may show images from.
    """

    status: int
    content_type: str
    body: list[bytes] | BinaryIO
    headers: list[tuple[str, str]] = field(default_factory=list)
    length: int | None = None
    style: str = ""
    images: str = "data:"

    def send(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; HEAD gets the headers alone."""
        body = self.body
        length = sum(map(len, body)) if isinstance(body, list) else self.length
        headers = [("Content-Type", self.content_type), ("Content-Length", str(length)), *_ALWAYS]
        headers += [("Content-Security-Policy", _policy(self.style, self.images)), *self.headers]
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            if not isinstance(body, list):
                body.close()
            return [b""]
        if isinstance(body, list):
            return body
        wrapped: Iterable[bytes] = environ.get("wsgi.file_wrapper", FileWrapper)(body, _PIECE)
        return wrapped


@lru_cache(maxsize=32)
def _policy(style: str, images: str) -> str:
    """Return what a browser may do with a page: no script, no style but its own, no frame around it."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    styles = f"'sha256-{digest}'" if style else "'none'"
    return (
        f"default-src 'none'; style-src {styles}; img-src {images}; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def text(status: int, sentence: str, *, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Answer one sentence."""
    return Response(status, "text/plain; charset=utf-8", [f"{sentence}\n".encode()], list(headers))


def redirect(environ: WSGIEnvironment, path: str) -> Response:
    """Send the browser to another page of ours."""
    headers = [("Location", prefixed(environ, path)), ("Cache-Control", "no-store")]
    return text(302, "This page is elsewhere.", headers=headers)


def prefixed(environ: WSGIEnvironment, path: str) -> str:
    """Return one of our paths as the browser asks for it, which may reach us below a path of somebody else's."""
    return quote(environ.get("SCRIPT_NAME", ""), safe="/;=,", encoding="latin1") + path


def html(page: str, status: int = 200, *, style: str = "", images: str = "data:") -> Response:
    """Answer a page."""
    return Response(status, "text/html; charset=utf-8", [page.encode()], style=style, images=images)
