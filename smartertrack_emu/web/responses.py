"""What a page answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'"),
]


@dataclass(frozen=True, slots=True)
class Response:
    """Status, content type, body in pieces, further headers; `length` in bytes where the body is not a list."""

    status: int
    content_type: str
    body: Iterable[bytes]
    headers: list[tuple[str, str]] = field(default_factory=list)
    length: int | None = None

    def send(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; HEAD gets the headers alone."""
        length = sum(map(len, self.body)) if self.length is None else self.length
        headers = [("Content-Type", self.content_type), ("Content-Length", str(length)), *_ALWAYS, *self.headers]
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            close = getattr(self.body, "close", None)
            if close is not None:
                close()
            return [b""]
        return self.body


def text(status: int, sentence: str, *, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Answer one sentence."""
    return Response(status, "text/plain; charset=utf-8", [f"{sentence}\n".encode()], list(headers))


def html(page: str, status: int = 200) -> Response:
    """Answer a page."""
    return Response(status, "text/html; charset=utf-8", [page.encode()])
