"""What faults do to answers on the wire: other statuses, dropped connections, answers cut short, rubbish."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .around import Effect

_REASONS = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 409: "Conflict", 413: "Request Entity Too Large", 415: "Unsupported Media Type",
    429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip

Headers = list[tuple[str, str]]


def changed(
    effect: Effect, status: str, headers: Headers, body: list[bytes], environ: Mapping[str, Any]
) -> tuple[str, Headers, list[bytes]]:
    """Return what goes over the wire in place of an answer; a dropped connection is dropped here.

    `environ`: the request's environment, where the server says how it drops a connection.
    """
    if effect.kind == "http":
        sentence = effect.message.encode()
        reason = _REASONS.get(effect.status, "Status")
        return f"{effect.status} {reason}", _headers("text/plain; charset=utf-8", sentence), [sentence]
    if effect.kind == "garbage":
        rubbish = os.urandom(effect.length)
        return "200 OK", _headers(effect.content_type, rubbish), [rubbish]
    if effect.kind == "drop":
        environ["asmx.drop"]()
    if effect.kind == "truncate":
        # Content-Length stays that of the whole: the server closes the connection where less comes.
        return status, headers, [b"".join(body)[: effect.length]]
    return status, headers, body


def _headers(content_type: str, body: bytes) -> Headers:
    return [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
