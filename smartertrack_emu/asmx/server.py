"""Waitress set up for .asmx endpoints: its own refusals become plain sentences that every client gets to read.

A client that is refused while it still sends would find its connection reset and the answer lost. Such a connection is
closed for writing only, and what still comes is read and dropped until the client has finished too.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from waitress import create_server as create_waitress_server
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest, Error

from . import memory
from .wsgi import DEFAULT_MAX_BODY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from waitress.server import WSGIServer

    Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

logger = logging.getLogger(__name__)

_IN_MEMORY = 512 * 1024
"""Bytes of a request's body above which it is kept in a file until it is whole."""

_CALLS_A_THREAD = 200
_RECEIVE = 64 * 1024
_MOST_DROPPED = 1 << 30
"""Bytes a refused client may still send before its connection is cut."""

_CONNECTIONS = 1000
_MOST_CHUNK_LINE = 4096
_MOST_TRAILER = 64 * 1024

_SENTENCES = {
    400: "The request is not well-formed HTTP.",
    408: "The request did not arrive in time.",
    413: "The request is longer than {most} bytes.",
    431: "The header of the request is too long.",
    500: "The request could not be answered. The error has been logged.",
    501: "The transfer encoding of the request is not known here; chunked is.",
}


class _IncompleteError(BadRequest):
    """The client closed its side before the request was whole."""


class _TimeOutError(Error):
    """The client stopped sending in the middle of a request."""

    code = 408
    reason = "Request Timeout"


class _Dispatcher(ThreadedTaskDispatcher):
    """Waitress's threads, each replaced after some calls: what a library keeps for a thread cannot grow for ever."""

    def handler_thread(self, thread_no: int) -> None:
        for _ in range(_CALLS_A_THREAD):
            task = self._next_task(thread_no)
            if task is None:
                return
            try:
                task.service()
            except Exception:
                logger.exception("unexpected error while serving")
        # The next one takes over the number, and the place among the active.
        self.start_new_thread(self.handler_thread, thread_no)

    def _next_task(self, thread_no: int) -> HTTPChannel | None:
        """Wait for a task as Waitress does; None when this thread is to stop."""
        with self.lock:
            while not self.queue and self.stop_count == 0:
                self.active_count -= 1
                self.queue_cv.wait()
                self.active_count += 1
            if self.stop_count > 0:
                self.active_count -= 1
                self.stop_count -= 1
                self.threads.discard(thread_no)
                self.thread_exit_cv.notify()
                return None
            return self.queue.popleft()


class _Parser(HTTPRequestParser):
    """Waitress's parser with the bounds and cases it lacks."""

    path = ""
    """What Waitress logs, though a bad request line names no path."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is None or self.content_length >= self.adj.max_request_body_size:
            # No body to wait for, or none that is wanted: the answer itself comes next, not "100 Continue".
            self.expect_continue = False

    def received(self, data: bytes) -> int:
        try:
            consumed: int = super().received(data)
        except ValueError as error:  # a length of thousands of digits, brackets that are no IPv6 address
            self.error = BadRequest(str(error))
            self.completed = self.headers_finished = True
            return len(data)
        receiver = self.body_rcv
        if self.chunked and (len(receiver.control_line) > _MOST_CHUNK_LINE or len(receiver.trailer) > _MOST_TRAILER):
            # Waitress would copy all it has of such a line with every packet.
            self.error = BadRequest("chunk line or trailer too long")
            self.completed = True
        return consumed


class _ErrorTask(ErrorTask):
    """Answers what never reaches the application."""

    def execute(self) -> None:
        error = self.request.error
        logger.info("request refused: %s %s", error.code, error.body)
        if isinstance(error, _IncompleteError):
            sentence = "The request ended before it was whole."
        else:
            most = self.channel.adj.max_request_body_size - 1
            sentence = _SENTENCES.get(error.code, error.reason).format(most=most)
        body = f"{sentence}\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.channel.refused = True
        self.write(body)


class _Task(WSGITask):
    """Sends an answer's header and body together: one packet and one system call where Waitress makes two."""

    wrote_header: bool
    content_bytes_written: int

    def write(self, data: bytes) -> None:
        whole = data and self.complete and self.has_body and len(data) == self.content_length
        if self.wrote_header or not whole:
            super().write(data)
            return
        self.channel.write_soon(self.build_response_header() + data)
        self.wrote_header = True
        self.content_bytes_written += len(data)


class _Channel(HTTPChannel):
    """A connection that answers what is cut short, and lets a refused client finish sending."""

    task_class = _Task
    error_task_class = _ErrorTask
    parser_class = _Parser
    refused = False
    request: _Parser | None
    will_close: bool
    close_when_flushed: bool
    _dropped: int | None = None
    """Bytes dropped since the refusal; None before there is one."""

    def readable(self) -> bool:
        return self._dropped is not None or bool(super().readable())

    def handle_read(self) -> None:
        try:
            data = self.socket.recv(_RECEIVE)
        except BlockingIOError:
            return
        except OSError:
            self.handle_close()
            return
        if self._dropped is not None:
            self._dropped += len(data)
            if not data or self._dropped > _MOST_DROPPED:
                self.handle_close()
        elif data:
            self.last_activity = time.time()
            self.received(data)
        elif not self._is_receiving() or not self._refuse(_IncompleteError("the client stopped sending")):
            # Waitress itself closes without an answer whatever it has received, as if no client could wait for one.
            self.handle_close()

    def handle_write(self) -> None:
        if self.will_close and self.connected and self._dropped is None and self._is_receiving():
            # Waitress's maintenance found it idle for too long.
            self.will_close = False
            self._refuse(_TimeOutError("timed out"))
            return
        if self.refused and self.close_when_flushed and self._dropped is None:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len and not self.will_close:
                self.close_when_flushed = False
                self._dropped = 0
                self._stop_sending()
            return
        super().handle_write()

    def writable(self) -> bool:
        return bool(self.will_close if self._dropped is not None else super().writable())

    def _stop_sending(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()

    def _is_receiving(self) -> bool:
        """Say whether a request has begun, is not whole, and is the only one."""
        request = self.request
        return request is not None and bool(request.headers_finished or request.header_plus) and not self.requests

    def _refuse(self, error: Error) -> bool:
        with self.requests_lock:
            request, self.request = self.request, None
            if request is None:
                return False
            request.error = error
            request.completed = True
            self.requests.append(request)
            self.server.add_task(self)
        return True


def create_server(
    application: Application,
    *,
    sockets: Sequence[socket.socket] | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    threads: int = 4,
    max_body: int = DEFAULT_MAX_BODY,
    idle_timeout: int = 120,
) -> WSGIServer:
    """Return a Waitress server that listens already, on `sockets` or on a host and port; its `run()` serves.

    `max_body` is in bytes and should be the application's own, which answers what is longer in the same words;
    `idle_timeout`: seconds after which a client that sends nothing is given up.
    """
    memory.set_bounds()
    where: dict[str, Any] = {"sockets": list(sockets)} if sockets else {"host": host, "port": port}
    dispatchers: dict[int, Any] = {}
    workers = _Dispatcher()
    workers.set_thread_count(threads)
    server = create_waitress_server(
        application,
        map=dispatchers,
        _dispatcher=workers,
        threads=threads,
        ident="",
        clear_untrusted_proxy_headers=True,
        log_socket_errors=False,
        max_request_body_size=max_body + 1,
        inbuf_overflow=_IN_MEMORY,
        connection_limit=_CONNECTIONS,
        asyncore_use_poll=True,
        channel_timeout=idle_timeout,
        cleanup_interval=idle_timeout // 4,
        **where,
    )
    for dispatcher in dispatchers.values():
        if isinstance(dispatcher, BaseWSGIServer):
            dispatcher.channel_class = _Channel
    return server
