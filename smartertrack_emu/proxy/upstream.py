"""Asking a server exactly what was asked: the same method, target, headers and body, on kept connections."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import certifi
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    InsecureRequestWarning,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import SKIP_HEADER

from .calls import Headers

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 120.0
"""How long a server may take for the beginning of an answer, and between two pieces of it."""

PIECE = 64 * 1024
_CONNECTIONS = 32
_OF_ONE_CONNECTION = frozenset(
    (
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect",
        "proxy-authenticate", "proxy-authorization",
    )
)  # fmt: skip
"""Headers that are about a connection and not about what is sent on it."""


class UpstreamError(Exception):
    """A server does not answer; the sentence says what is wrong. `is_late`: it took too long."""

    def __init__(self, sentence: str, *, is_late: bool = False) -> None:
        super().__init__(sentence)
        self.is_late = is_late


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is being read."""

    status: int
    reason: str
    headers: Headers
    pieces: Iterator[bytes] = field(repr=False)


class Upstream:
    """A server. `url` may have a path, which then stands before every request's."""

    def __init__(
        self,
        url: str,
        *,
        ca_file: Path | None = None,
        verify: bool = True,
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Take a server's URL; ValueError where it is none, OSError where `ca_file` cannot be read.

        `ca_file`: certificates that sign the server's, beside those known everywhere. `verify`: whether its certificate
        is looked at.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            message = f"{url[:200]!r} is not a URL like https://desk.example or http://desk.example:9996/track"
            raise ValueError(message)
        if parts.username is not None:
            message = "the URL names a user: clients send their own credentials, and the proxy passes them on"
            raise ValueError(message)
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.netloc
        self._prefix = parts.path.rstrip("/")
        self._pool = urllib3.connection_from_url(
            self.origin,
            maxsize=_CONNECTIONS,
            retries=False,
            timeout=urllib3.Timeout(connect=connect_seconds, read=answer_seconds),
            **({"ssl_context": _context(ca_file, verify=verify)} if parts.scheme == "https" else {}),
        )

    @contextmanager
    def ask(self, method: str, target: str, headers: Headers, body: IO[bytes] | bytes | None) -> Iterator[Answer]:
        """Send a request, and give its answer while the block lasts; UpstreamError, there too while it is read.

        What is about the caller's connection is left out, and Host names this server.
        """
        try:
            response = self._pool.urlopen(
                method,
                f"{self._prefix}{target}",
                body=body,
                headers=self._headers(headers),
                redirect=False,
                preload_content=False,
                decode_content=False,
                assert_same_host=False,
            )
        except (HTTPError, OSError) as error:
            raise self._failed(error) from None
        try:
            given = [(name, value) for name, value in response.headers.iteritems() if not _is_of_one_connection(name)]
            yield Answer(response.status, response.reason or "", given, self._pieces(response))
        finally:
            response.close()  # one that was read to its end has given its connection back already

    def _pieces(self, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        try:
            yield from response.stream(PIECE, decode_content=False)
        except (HTTPError, OSError) as error:
            raise self._failed(error) from None

    def _headers(self, headers: Headers) -> urllib3.HTTPHeaderDict:
        named = {
            word.strip().lower() for name, value in headers if name.lower() == "connection" for word in value.split(",")
        }
        sent = urllib3.HTTPHeaderDict()
        for name, value in headers:
            lower = name.lower()
            if lower == "host":
                sent.add(name, self._host)
            elif lower not in named and not _is_of_one_connection(name):
                sent.add(name, value)
        for name in ("Host", "Accept-Encoding", "User-Agent"):  # what the library would add of its own
            if name not in sent:
                sent.add(name, self._host if name == "Host" else SKIP_HEADER)
        return sent

    def _failed(self, error: Exception) -> UpstreamError:
        """Return what is wrong with a server, without what only the library's own words say."""
        if isinstance(error, NameResolutionError):
            return UpstreamError(f"There is no host of the name in {self.url}.")
        if isinstance(error, NewConnectionError):
            return UpstreamError(f"{self.url} cannot be reached: nothing takes connections there.")
        if isinstance(error, ConnectTimeoutError | ReadTimeoutError | TimeoutError):
            return UpstreamError(f"{self.url} does not answer in time.", is_late=True)
        if isinstance(error, SSLError):
            return UpstreamError(f"{self.url} cannot be trusted: {_about_certificate(error)}")
        return UpstreamError(f"{self.url} closed the connection before its answer was whole.")

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


def _is_of_one_connection(name: str) -> bool:
    return name.lower() in _OF_ONE_CONNECTION


def _about_certificate(error: SSLError) -> str:
    inner = error.args[0] if error.args else None
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"{inner.verify_message}. --ca FILE names the certificate of who signed its own."
    return "it speaks no TLS that is known here."


def _context(ca_file: Path | None, *, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    if not verify:
        urllib3.disable_warnings(InsecureRequestWarning)  # whoever asks for it knows
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
