"""Waitress's connections with the bounds and answers it lacks.

A client that is refused while it still sends would find its connection reset and the answer lost. Such a connection is
closed for writing only, and what still comes is read and dropped until the client has finished too.
"""

from __future__ import annotations

import logging
import socket
import time
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NoReturn

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import BadRequest, Error, build_http_date

if TYPE_CHECKING:
    from .server import Listener

logger = logging.getLogger(__name__)

HEADER_SECONDS = 10.0
"""Seconds from a request's first byte (a new connection's beginning) to the end of its header."""

BODY_SECONDS = 60.0
SLOWEST_BYTES = 32 * 1024
"""A body may take `BODY_SECONDS`, and a second more for each so many bytes that have come."""

_RECEIVE = 64 * 1024
_MOST_DROPPED = 1 << 30
"""Bytes a refused client may still send before its connection is cut."""

_DROPPING_SECONDS = 60.0
"""Seconds for which it may."""

_MOST_CHUNK_LINE = 4096
_MOST_TRAILER = 64 * 1024
_END_OF_HEADER = b"\r\n\r\n"

_SENTENCES = {
    400: "The request is not well-formed HTTP.",
    408: "The request did not arrive in time.",
    413: "The request is longer than {most} bytes.",
    431: "The header of the request is too long.",
    500: "The request could not be answered. The error has been logged.",
    501: "The transfer encoding of the request is not known here; chunked is.",
    503: "The server is receiving as much as it can hold. Please try again in a while.",
}


class _IncompleteError(BadRequest):
    """The client closed its side before the request was whole."""


class _TimeOutError(Error):
    """The client did not send a request in time."""

    code = 408
    reason = "Request Timeout"


class _NoRoomError(Error):
    """There is no room for the request's body, on disk or among those that are being received."""

    code = 503
    reason = "Service Unavailable"


class Parser(HTTPRequestParser):
    """Waitress's parser with the bounds and cases it lacks."""

    headers_finished: bool
    error: Error | None
    body_bytes_received: int
    path = ""
    """What Waitress logs, though a bad request line names no path."""

    head = b""
    """What has come of a header that has not ended."""

    def received(self, data: bytes) -> int:
        """Take bytes of the request; return how many were its own."""
        held = len(self.head)
        if not self.headers_finished and (held or _END_OF_HEADER not in data):
            # Waitress would look through all of it with every packet.
            searched = max(0, held - 3)
            self.head += data
            if self.head.find(_END_OF_HEADER, searched) < 0 and len(self.head) < self.adj.max_request_header_size:
                return len(data)
            data, self.head = self.head, b""
        else:
            held = 0
        try:
            consumed: int = super().received(data) - held
        except OSError as error:
            logger.warning("a request's body cannot be kept: %s", error.strerror)
            self.error = _NoRoomError("no room")
            self.completed = True
            return len(data)
        except ValueError as error:  # a length of thousands of digits, brackets that are no IPv6 address
            self.error = BadRequest(str(error))
            self.completed = self.headers_finished = True
            return len(data)
        receiver = self.body_rcv
        if self.chunked and (len(receiver.control_line) > _MOST_CHUNK_LINE or len(receiver.trailer) > _MOST_TRAILER):
            # Waitress would copy all it has of such a line with every packet.
            self.error = BadRequest("chunk line or trailer too long")
            self.completed = True
        return max(consumed, 0)

    def parse_header(self, header_plus: bytes) -> None:
        """Read a header that is whole."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            # Two lengths for one body: whoever stands between might believe the other one.
            self.error = BadRequest("both Content-Length and Transfer-Encoding")
            self.completed = True
        if self.body_rcv is None or self.content_length >= self.adj.max_request_body_size or self.error:
            # No body to wait for, or none that is wanted: the answer itself comes next, not "100 Continue".
            self.expect_continue = False

    @property
    def has_begun(self) -> bool:
        """Whether anything of the request has come."""
        return bool(self.headers_finished or self.head)


class _ErrorTask(ErrorTask):
    """Answers what never reaches the application."""

    def execute(self) -> None:
        error = self.request.error
        logger.info(
            "request refused: %s %s", error.code, str(error.body).encode("unicode_escape").decode("ascii")[:200]
        )
        if isinstance(error, _IncompleteError):
            sentence = "The request ended before it was whole."
        else:
            most = self.channel.adj.max_request_body_size - 1
            sentence = _SENTENCES.get(error.code, error.reason).format(most=most)
        body = f"{sentence}\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.response_headers.append(("X-Content-Type-Options", "nosniff"))
        if error.code == 503:
            self.response_headers.append(("Retry-After", "5"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.channel.refused = True
        self.write(body)
        if self.request.path and self.channel.server.note_refused is not None:
            self.channel.server.note_refused(self._environment(), self.status, self.response_headers, body)

    def _environment(self) -> dict[str, Any]:
        """Return what is known of the request, by WSGI's names."""
        request = self.request
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.command.upper(),
            "SCRIPT_NAME": "",
            "PATH_INFO": request.path,
            "REQUEST_URI": request.request_uri,
            "QUERY_STRING": request.query,
            "REMOTE_ADDR": self.channel.addr[0],
            "wsgi.url_scheme": request.url_scheme,
        }
        for name, value in request.headers.items():
            environ[name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"] = value
        return environ


def _drop() -> NoReturn:
    """Close the connection in place of an answer."""
    raise ClientDisconnected


class Task(WSGITask):
    """Sends an answer's header and body together: one packet and one system call where Waitress makes two."""

    wrote_header: bool
    content_bytes_written: int
    version: str
    status: str
    close_on_finish: bool
    start_time: float
    response_headers: list[tuple[str, str]]

    def get_environment(self) -> dict[str, Any]:
        """Return the request's environment, with what this server can do beyond WSGI."""
        environ: dict[str, Any] = super().get_environment()
        environ["asmx.drop"] = _drop
        environ["asmx.is_draining"] = self._is_draining
        return environ

    def _is_draining(self) -> bool:
        return bool(self.channel.server.is_draining)

    def write(self, data: bytes) -> None:
        """Send a piece of the answer's body, the first one with the header."""
        if self.wrote_header:
            super().write(data)
            return
        if self.channel.server.is_draining:
            self.set_close_on_finish()
        whole = data and self.complete and self.has_body and len(data) == self.content_length
        if not whole:
            super().write(data)
            return
        self.channel.write_soon((self._header_of_whole() or self.build_response_header()) + data)
        self.wrote_header = True
        self.content_bytes_written += len(data)

    def _header_of_whole(self) -> bytes | None:
        """Return what Waitress would write for the ordinary answer of one length, in a third of its time.

        None for others: of HTTP/1.0, with headers that Waitress itself gives, or before the connection is closed.
        """
        sent = self.request.headers
        if (
            self.version != "1.1"
            or self.close_on_finish
            or self.channel.server.adj.ident
            or sent.get("CONNECTION", "").lower() == "close"
        ):
            return None
        lines = _lines_of(tuple([name for name, _ in self.response_headers]))
        if lines is None:
            return None
        values = [value for _, value in self.response_headers]
        values.append(_date(int(self.start_time)))
        header = "".join([f"{name}: {values[at]}\r\n" for at, name in lines])
        return f"HTTP/1.1 {self.status}\r\n{header}\r\n".encode("latin-1")


@lru_cache(maxsize=256)
def _lines_of(names: tuple[str, ...]) -> list[tuple[int, str]] | None:
    """Return where each line of a header has its value and how it is named, in the order in which Waitress writes them.

    The last value is the date. None where Waitress decides more than their order.
    """
    shown = ["-".join(part.capitalize() for part in name.split("-")) for name in names]
    if "Content-Length" not in shown or {"Server", "Date", "Connection", "Transfer-Encoding"} & set(shown):
        return None
    return sorted(enumerate([*shown, "Date"]), key=itemgetter(1))


@lru_cache(maxsize=4)
def _date(second: int) -> str:
    """Return a second since 1970 as HTTP writes it; the answers of one second share it."""
    return str(build_http_date(second))


class Connection(HTTPChannel):
    """A connection that answers what is cut short, and lets a refused client finish sending."""

    task_class: type[Task] = Task
    error_task_class = _ErrorTask
    parser_class: type[Parser] = Parser
    refused = False
    server: Listener
    request: Parser | None
    will_close: bool
    close_when_flushed: bool
    dropped: int | None = None
    """Bytes dropped since the refusal; None before there is one."""

    has_asked = False
    """Whether a whole request has come on it."""

    began = 0.0
    """When the request that is coming began, or the wait for the first one, by the monotonic clock."""

    kept = 0
    """Bytes of the coming request's body that count among all connections' (see `Listener.receiving`)."""

    def __init__(self, server: Listener, sock: socket.socket, address: Any, adj: Any, map: Any) -> None:  # noqa: A002 - Waitress's name
        self.began = time.monotonic()
        super().__init__(server, sock, address, adj, map=map)

    @property
    def urgent(self) -> bool:
        """Whether what is asked goes before all else (see `Pool`)."""
        return self.requests[0].path in self.server.urgent if self.requests else False

    # What the poller asks and tells

    def readable(self) -> bool:
        """Say whether more is to be read now."""
        return self.dropped is not None or bool(super().readable())

    def writable(self) -> bool:
        """Say whether there is something to send, or to close."""
        return bool(self.will_close if self.dropped is not None else super().writable())

    def handle_read(self) -> None:
        """Read what has come."""
        try:
            data = self.socket.recv(_RECEIVE)
        except BlockingIOError:
            return
        except OSError:
            self.handle_close()
            return
        if self.dropped is not None:
            self.dropped += len(data)
            if not data or self.dropped > _MOST_DROPPED:
                self.handle_close()
        elif data:
            if self.request is None:
                self.began = time.monotonic()
            self.last_activity = time.time()
            self.received(data)
            self._count_body()
        elif not self.is_receiving or not self._refuse(_IncompleteError("the client stopped sending")):
            # Waitress itself closes without an answer whatever it has received, as if no client could wait for one.
            self.handle_close()

    def handle_write(self) -> None:
        """Send what is to be sent; let a client that was refused finish sending."""
        if self.refused and self.close_when_flushed and self.dropped is None:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len and not self.will_close:
                self.close_when_flushed = False
                self.dropped = 0
                self.began = time.monotonic()
                self._stop_sending()
            return
        super().handle_write()

    def handle_close(self) -> None:
        """Close, and let go of what has come of a request."""
        self._forget_body()
        request, self.request = self.request, None
        if request is not None:
            request.close()
        super().handle_close()

    def _stop_sending(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()

    # What threads that answer tell

    def service(self) -> None:
        """Answer the request, in a thread of the pool."""
        self.has_asked = True
        super().service()
        self.began = time.monotonic()
        self.server.poller.settle(self)

    def write_soon(self, data: bytes) -> int:
        """Send bytes of an answer, or have them sent when the client reads."""
        written: int = super().write_soon(data)
        if self.total_outbufs_len:
            self.server.poller.settle(self)
        return written

    def _flush_outbufs_below_high_watermark(self) -> None:
        if self.total_outbufs_len > self.adj.outbuf_high_watermark:
            self.server.poller.settle(self)
            super()._flush_outbufs_below_high_watermark()

    # Bounds

    @property
    def is_receiving(self) -> bool:
        """Whether a request has begun, is not whole, and is the only one."""
        request = self.request
        return request is not None and request.has_begun and not self.requests

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked, answered or sent."""
        return not (self.requests or self.is_receiving or self.total_outbufs_len or self.dropped is not None)

    def end_if_overdue(self, now: float) -> None:
        """Refuse a request that does not come in time, and close what is idle or not read for too long."""
        if self.requests:
            return
        if self.dropped is not None:
            if now - self.began > _DROPPING_SECONDS:
                self.handle_close()
        elif self.is_receiving:
            if now > self._due():
                self._refuse(_TimeOutError("timed out"))
        elif (not self.has_asked and now - self.began > self.server.header_seconds) or (
            time.time() - self.last_activity > self.adj.channel_timeout
        ):
            self.handle_close()

    def _due(self) -> float:
        request = self.request
        if request is None or not request.headers_finished:
            return self.began + self.server.header_seconds
        return self.began + self.server.body_seconds + request.body_bytes_received / SLOWEST_BYTES

    def refuse_for_want_of_room(self) -> None:
        """Give up a request whose body is being received: other bodies need the room."""
        self._refuse(_NoRoomError("too many bodies are being received"))

    def _refuse(self, error: Error) -> bool:
        with self.requests_lock:
            request, self.request = self.request, None
            if request is None:
                return False
            self._forget_body()
            request.close()
            request.error = error
            request.completed = True
            self.requests.append(request)
            self.server.add_task(self)
        return True

    def _count_body(self) -> None:
        """Count what has come of an unfinished body among all connections' bodies."""
        request = self.request
        if request is None or request.body_rcv is None:
            self._forget_body()
            return
        if not self.kept and request.body_rcv.buf.overflow > self.server.in_memory_each:
            request.body_rcv.buf.overflow = self.server.in_memory_each
        self.server.receiving += request.body_bytes_received - self.kept
        self.kept = request.body_bytes_received
        self.server.make_room_for_bodies(self)

    def _forget_body(self) -> None:
        self.server.receiving -= self.kept
        self.kept = 0
