"""What a page answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO
from wsgiref.util import FileWrapper

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PIECE = 256 * 1024
"""Bytes of a file sent at a time."""

_ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'"),
]


@dataclass(frozen=True, slots=True)
class Response:
    """Status, content type, body, further headers; a body that is an open file has a `length`, in bytes.

    The server sends a file without a thread's help, and closes it (`wsgi.file_wrapper`).
    """

    status: int
    content_type: str
    body: list[bytes] | BinaryIO
    headers: list[tuple[str, str]] = field(default_factory=list)
    length: int | None = None

    def send(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; HEAD gets the headers alone."""
        body = self.body
        length = sum(map(len, body)) if isinstance(body, list) else self.length
        headers = [("Content-Type", self.content_type), ("Content-Length", str(length)), *_ALWAYS, *self.headers]
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            if not isinstance(body, list):
                body.close()
            return [b""]
        if isinstance(body, list):
            return body
        wrapped: Iterable[bytes] = environ.get("wsgi.file_wrapper", FileWrapper)(body, _PIECE)
        return wrapped


def text(status: int, sentence: str, *, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Answer one sentence."""
    return Response(status, "text/plain; charset=utf-8", [f"{sentence}\n".encode()], list(headers))


def html(page: str, status: int = 200) -> Response:
    """Answer a page."""
    return Response(status, "text/html; charset=utf-8", [page.encode()])
