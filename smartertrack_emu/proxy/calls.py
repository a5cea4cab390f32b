"""A call as it went over the wire, and what may be kept of it: passwords are masked as the journal masks them."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smartertrack_emu.control.journal.capture import Capture
from smartertrack_emu.control.journal.charsets import as_utf_8, encoding_of
from smartertrack_emu.control.journal.entries import entry_of

Headers = list[tuple[str, str]]

MOST_KEPT = 4 * 1024 * 1024
"""Bytes of a request's and of an answer's body up to which a call is recorded and compared."""

_SERVICE = re.compile(r"/services2?/(\w{1,100})\.asmx(?:/(\w{1,100}))?/?\Z", re.IGNORECASE | re.ASCII)
_ACTION = re.compile(r'[/#:"](\w{1,100})"?\s*\Z', re.ASCII)
_ACTION_PARAMETER = re.compile(r';\s*action\s*=\s*"?([^";]+)', re.IGNORECASE)
_BODY = re.compile(rb"<(?:[\w.-]+:)?Body(?:\s[^<>]*)?>\s*<(?:[\w.-]+:)?(\w{1,100})")


class TooLongError(Exception):
    """A body is longer than `MOST_KEPT` bytes once it is no longer compressed."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer. `start`: `POST /path HTTP/1.1` or `200 OK`; the body is as sent, compressed or not."""

    start: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """Return a header's value, "" where there is none."""
        lower = name.lower()
        return next((value for given, value in self.headers if given.lower() == lower), "")

    @property
    def method(self) -> str:
        """A request's method."""
        return self.start.partition(" ")[0]

    @property
    def target(self) -> str:
        """A request's path with its query."""
        return self.start.split(" ")[1]

    @property
    def path(self) -> str:
        """A request's path."""
        return self.target.partition("?")[0]

    @property
    def status(self) -> int:
        """An answer's status."""
        return int(self.start[:3])


@dataclass(frozen=True, slots=True)
class Call:
    """A request with its answer. `seconds`: how long it took."""

    at: datetime
    seconds: float
    request: Message
    answer: Message


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a call: nothing in it is a password. `user`: who called, as far as that can be told."""

    at: str
    milliseconds: float
    service: str
    operation: str
    user: str
    request: Message
    answer: Message

    @property
    def name(self) -> str:
        """What was called, in words."""
        return f"{self.service}.{self.operation}" if self.operation else self.service


def is_call(request: Message) -> bool:
    """Say whether a request calls a service, and does not ask for a page or a WSDL."""
    match = _SERVICE.match(request.path)
    return match is not None and (request.method == "POST" or (request.method == "GET" and match[2] is not None))


def called(request: Message) -> tuple[str, str]:
    """Return the service and the operation that a request names; "" where it names none."""
    match = _SERVICE.match(request.path)
    if match is None:
        return "", ""
    if match[2]:
        return match[1], match[2]
    parameter = _ACTION_PARAMETER.search(request.header("Content-Type"))
    action = _ACTION.search(request.header("SOAPAction") or (f"/{parameter[1]}" if parameter else ""))
    if action is not None:
        return match[1], action[1]
    body = as_utf_8(request.body[:65536], encoding_of(request.body, request.header("Content-Type")))
    element = _BODY.search(body)
    return match[1], element[1].decode() if element else ""


def keep(call: Call) -> Kept:
    """Return what is kept of a call; TooLongError where a body is too long for that."""
    request, answer = plain(call.request), plain(call.answer)
    service, operation = called(request)
    headers = [("Set-Cookie" if name.lower() == "set-cookie" else name, value) for name, value in answer.headers]
    entry = entry_of(
        Capture(
            at=call.at,
            seconds=call.seconds,
            statements=0,
            environ=_environ_of(request),
            request=request.body,
            status=answer.start,
            headers=headers,
            answer=answer.body,
            lengths=(len(request.body), len(answer.body)),
            outcome=None,
        )
    )
    return Kept(
        at=call.at.isoformat(timespec="milliseconds"),
        milliseconds=round(call.seconds * 1000, 1),
        service=service,
        operation=operation,
        user=entry.user or "",
        request=Message(f"{entry.method} {entry.path} HTTP/1.1", _lines(entry.request_headers), entry.request_body),
        answer=Message(answer.start, _lines(entry.response_headers), entry.response_body),
    )


def _lines(text: str) -> Headers:
    pairs = (line.partition(": ") for line in text.split("\n") if line)
    return [(name, value) for name, _, value in pairs]


def _environ_of(request: Message) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    environ = {"REQUEST_METHOD": request.method, "REQUEST_URI": path, "PATH_INFO": path, "QUERY_STRING": query}
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        environ[key] = f"{environ[key]}, {value}" if key in environ else value
    return environ


def plain(message: Message) -> Message:
    """Return a message with its body as it was before it was compressed; TooLongError."""
    coding = message.header("Content-Encoding").lower()
    body = message.body
    if coding in ("gzip", "x-gzip", "deflate"):
        body = _decompressed(body)
        headers = [(name, value) for name, value in message.headers if name.lower() != "content-encoding"]
        message = Message(message.start, headers, body)
    if len(body) > MOST_KEPT:
        raise TooLongError
    return message


def _decompressed(body: bytes) -> bytes:
    # gzip and zlib are recognised; some servers' deflate has neither's beginning.
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(bits).decompress(body, MOST_KEPT + 1)
        except zlib.error:
            continue
    return body
