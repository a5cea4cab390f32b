"""Asking a server what another was asked, and comparing the answers."""

from __future__ import annotations

import time
from collections.abc import Iterable

from smartertrack_emu.domain import clock

from .calls import MOST_KEPT, Call, Headers, Message, TooLongError, keep
from .comparing import Comparison, Difference
from .upstream import Upstream, UpstreamError

_LEFT_OUT = ("content-length", "accept-encoding", "x-request-id")


def ask(upstream: Upstream, request: Message) -> Call:
    """Send a request with its body, and return it with its answer; UpstreamError, TooLongError."""
    headers: Headers = [(name, value) for name, value in request.headers if name.lower() not in _LEFT_OUT]
    if request.body or request.method == "POST":
        headers.append(("Content-Length", str(len(request.body))))
    at, started = clock.machine(), time.perf_counter()
    with upstream.ask(request.method, request.target, headers, request.body or None) as answer:
        body = _whole(answer.pieces)
        start = f"{answer.status} {answer.reason}".rstrip()
        return Call(at, time.perf_counter() - started, request, Message(start, answer.headers, body))


def _whole(pieces: Iterable[bytes]) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > MOST_KEPT:
            raise TooLongError
    return bytes(body)


def compare(
    upstream: Upstream, request: Message, expected: Message, comparison: Comparison
) -> tuple[list[Difference], str, float]:
    """Ask a server, and return where its answer differs from a masked one, or a problem, and how long it took."""
    try:
        call = ask(upstream, request)
        return comparison.differences(expected, keep(call).answer), "", call.seconds
    except UpstreamError as error:
        return [], str(error), 0.0
    except TooLongError:
        return [], f"The answer of {upstream.url} is longer than {MOST_KEPT} bytes.", 0.0
