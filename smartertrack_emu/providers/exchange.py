"""One HTTP exchange that is over by a deadline, whatever the other side does.

No proxy, `.netrc`, cookie, redirect or compression is heeded. TLS certificates are verified.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

import certifi

_DEFAULT_PORTS = {"http": 80, "https": 443}
_AT_ONCE = 64 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """A moment by which something must be over; `at` is on the monotonic clock, in seconds."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Return the deadline `seconds` from now."""
        return cls(time.monotonic() + seconds)

    @property
    def is_over(self) -> bool:
        """Whether it has passed."""
        return time.monotonic() >= self.at

    def left(self) -> float:
        """Return the seconds that are left; TimeoutError where none are."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of HTTP."""

    status: int
    headers: Message
    content: bytes


class NotAllowedError(OSError):
    """The host has no address that may be called."""


class TooLongError(Exception):
    """The other side sends more than was allowed."""


def origin(url: str) -> tuple[str, str, int]:
    """Return the scheme, host and port of an address; ValueError where it is no address of HTTP."""
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("no address of HTTP")
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme]


def _every_address(address: str) -> bool:
    del address
    return True


def exchange(
    method: str,
    url: str,
    deadline: Deadline,
    *,
    largest: int | None,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    may_call: Callable[[str], bool] = _every_address,
) -> Reply:
    """Send a request on a connection of its own and return the answer, whatever its status.

    `may_call` says of each of the host's addresses whether it may be connected to; NotAllowedError where none may be.
    With `largest` None the content is not read. Connecting, sending, the headers and the body of the answer are over by
    the deadline: TimeoutError. Only the look-up of the host's name takes as long as the system's resolver does.
    TooLongError where the answer has more than `largest` bytes; OSError and HTTPException where there is none;
    ValueError where the address makes no sense.
    """
    scheme, host, port = origin(url)
    context = _context() if scheme == "https" else None
    connection = HTTPConnection(host, port) if context is None else HTTPSConnection(host, port, context=context)
    connected = _connect(host, port, deadline, may_call)
    try:
        if context is not None:
            connected.settimeout(deadline.left())
            connected = context.wrap_socket(connected, server_hostname=host)
        connection.sock = _Wire(connected, deadline)
        connection.request(
            method, _target(urlsplit(url)), body=body or None, headers={**(headers or {}), "Connection": "close"}
        )
        with connection.getresponse() as response:
            if largest is None:
                return Reply(response.status, response.headers, b"")
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise HTTPException("the answer is encoded in a way that was not asked for")
            if (response.length or 0) > largest:
                raise TooLongError
            content = response.read(largest + 1)
            if len(content) > largest:
                raise TooLongError
            if response.length:
                raise HTTPException("the answer ends too early")
            return Reply(response.status, response.headers, content)
    finally:
        connected.close()


def _target(parts: SplitResult) -> str:
    """Return what the request line names, safe for a line of ASCII."""
    query = f"?{parts.query}" if parts.query else ""
    return quote(f"{parts.path or '/'}{query}", safe="!#$%&'()*+,/:;=?@[]~")


def _connect(host: str, port: int, deadline: Deadline, may_call: Callable[[str], bool]) -> socket.socket:
    """Connect to the first of the host's addresses that answers; the deadline counts for all of them together."""
    refusal = OSError("the host has no address")
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a name that cannot be one
        raise refusal from error
    for family, kind, protocol, _, address in addresses:
        if not may_call(str(address[0])):
            refusal = NotAllowedError("the address is not allowed")
            continue
        connected = socket.socket(family, kind, protocol)
        try:
            connected.settimeout(deadline.left())
            connected.connect(address)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connected.close()
            refusal = error
        else:
            return connected
    raise refusal


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    """Trust the system's authorities and Mozilla's: a system without any is no reason to trust nobody."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class _Wire:
    """As much of a socket as `http.client` uses; each step waits no longer than what is left of the time.

    A socket's own timeout begins anew with each byte that arrives, and so never ends where they arrive slowly.
    """

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._socket = connected
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        """Send everything."""
        rest = memoryview(data)
        while rest:
            self._socket.settimeout(self._deadline.left())
            rest = rest[self._socket.send(rest) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return what the other side sends, as a file."""
        del mode
        return io.BufferedReader(_Incoming(self._socket, self._deadline), _AT_ONCE)

    def close(self) -> None:
        """Leave the socket open: the answer may still be read. The exchange closes it."""


class _Incoming(io.RawIOBase):
    """What the other side sends."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._socket = connected
        self._deadline = deadline

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there, or wait for it."""
        self._socket.settimeout(self._deadline.left())
        return self._socket.recv_into(buffer)
