"""Connections for who passes requests and answers on: headers keep their order, their spelling and their values.

Waitress spells the names of headers in its own way and sorts them. What stands between a client and another server must
not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .connections import Connection, Parser, Task

HEADERS = "asmx.headers"
"""Where a request's environment has its headers as they came: a list of names and values."""

AS_GIVEN = "asmx.as_given"
"""Where it has a function that is called with an answer's headers; they are sent so in place of `start_response`'s."""

Headers = list[tuple[str, str]]


class VerbatimParser(Parser):
    """Keeps the lines of a request's header."""

    lines: bytes = b""

    def parse_header(self, header_plus: bytes) -> None:
        """Read a header that is whole."""
        self.lines = header_plus
        super().parse_header(header_plus)


class VerbatimTask(Task):
    """Sends an answer's headers as they are given."""

    request: VerbatimParser
    close_on_finish: bool
    chunked_response: bool
    given: Iterable[tuple[str, str]] | None = None

    def get_environment(self) -> dict[str, Any]:
        """Return the request's environment with its headers as they came."""
        environ = super().get_environment()
        environ[HEADERS] = _read(self.request.lines)
        environ[AS_GIVEN] = self._take
        return environ

    def _take(self, headers: Iterable[tuple[str, str]]) -> None:
        self.given = headers

    def build_response_header(self) -> bytes:
        """Return the lines of the answer's header."""
        if self.given is None:
            written: bytes = super().build_response_header()
            return written
        request = self.request
        lines = [f"HTTP/{self.version} {self.status}", *(f"{name}: {value}" for name, value in self.given)]
        is_known = self.content_length is not None or not self.has_body or request.command.upper() == "HEAD"
        wishes = {word.strip() for word in request.headers.get("CONNECTION", "").lower().split(",")}
        if not is_known and self.version == "1.1":
            self.chunked_response = True
            lines.append("Transfer-Encoding: chunked")
        if "close" in wishes or (self.version == "1.0" and ("keep-alive" not in wishes or not is_known)):
            self.close_on_finish = True
        if self.close_on_finish:
            lines.append("Connection: close")
        elif self.version == "1.0":
            lines.append("Connection: Keep-Alive")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class VerbatimConnection(Connection):
    """A connection whose application sees and gives headers as they are on the wire."""

    task_class = VerbatimTask
    parser_class = VerbatimParser


def _read(lines: bytes) -> Headers:
    headers: Headers = []
    for line in lines.decode("latin-1").split("\r\n")[1:]:
        if line[:1] in (" ", "\t") and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}")
        elif line:
            name, _, value = line.partition(":")
            headers.append((name, value.strip(" \t")))
    return headers
