"""A server for WSGI applications: Waitress's HTTP, our waiting for sockets (`poller`) and our threads (`pool`).

Bounds on what unknown callers may cost stand here and in `connections`; docs/limits.md lists them.
"""

from __future__ import annotations

import logging
import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from . import memory
from .connections import BODY_SECONDS, HEADER_SECONDS, Connection
from .poller import Poller
from .pool import LOOK_SECONDS, Pool
from .wsgi import DEFAULT_MAX_BODY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]
    NoteRefused = Callable[[WSGIEnvironment, str, list[tuple[str, str]], bytes], object]

logger = logging.getLogger(__name__)

_IN_MEMORY = 512 * 1024
"""Bytes of a request's body above which it is kept in a file until it is whole."""

_IN_MEMORY_CROWDED = 32 * 1024
_CROWDED_BODIES = 64 * 1024 * 1024
"""Bytes of unfinished bodies from which on new ones go to a file beyond `_IN_MEMORY_CROWDED`."""

_MOST_BODIES = 1 << 30
"""Bytes of all unfinished bodies together."""

_ACCEPT_AT_ONCE = 100
_EVICT_AT_ONCE = 32
_MAINTENANCE_SECONDS = 1.0
_QUIET_LOOKS = 100
"""Looks without a call after which the watcher sleeps until there is one."""

_DRAIN_QUIET_SECONDS = 1.0
"""Seconds for which a connection may stand still after draining began: what its client was just sending is answered."""

_SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while another wants it: a long call must not hold up short ones."""


class Listener(TcpWSGIServer):
    """A listening socket with its connections."""

    channel_class: type[Connection]
    accepting: bool

    def __init__(
        self,
        application: Application,
        sock: socket.socket,
        adj: Adjustments,
        poller: Poller,
        pool: Pool,
        *,
        most_connections: int,
        urgent: frozenset[str],
        connection_class: type[Connection],
    ) -> None:
        self.channel_class = connection_class
        self.poller = poller
        self.urgent = urgent
        self.note_refused: NoteRefused | None = getattr(application, "note_refused", None)
        self.is_draining = False
        self.receiving = 0
        """Bytes of unfinished bodies, in memory and in files."""
        self.header_seconds = min(HEADER_SECONDS, float(adj.channel_timeout))
        self.body_seconds = min(BODY_SECONDS, float(adj.channel_timeout))
        self._most_connections = most_connections
        self._next_maintenance = 0.0
        info = (sock.family, sock.type, sock.proto, sock.getsockname())
        super().__init__(application, poller, True, sock, dispatcher=pool, adj=adj, bind_socket=False, sockinfo=info)  # noqa: FBT003 - Waitress's signature
        # Nobody pulls it: the poller has a way of its own to be woken.
        self.trigger.close()

    @property
    def in_memory_each(self) -> int:
        """Bytes of a new body that are kept in memory."""
        return _IN_MEMORY if self.receiving < _CROWDED_BODIES else _IN_MEMORY_CROWDED

    def pull_trigger(self) -> None:
        """Do nothing: connections tell the poller themselves what they want."""

    def readable(self) -> bool:
        """Say whether connections are accepted."""
        return bool(self.accepting)

    def handle_read_event(self) -> None:
        """Accept connections."""
        self.accept_waiting()

    def accept_waiting(self) -> None:
        """Accept the connections that wait, up to a number; those that do not fit push out others."""
        for _ in range(_ACCEPT_AT_ONCE):
            if len(self.active_channels) >= self._most_connections and not self._evict():
                return
            try:
                connection, address = self.socket.accept()
            except BlockingIOError:
                return
            except OSError as error:
                logger.warning("a connection cannot be accepted: %s", error.strerror)
                self._evict()
                return
            try:
                self.set_socket_options(connection)
                self.channel_class(self, connection, address, self.adj, map=self._map)
            except OSError:  # it is gone already
                connection.close()

    def _evict(self) -> bool:
        """Close connections to make room; False where all are being answered.

        The address with the most connections loses some: first those on which nothing has been asked, then those that
        have been idle for longest.
        """
        idle = [c for c in self.active_channels.values() if not c.requests]
        if not idle:
            return False
        held = Counter(c.addr[0] for c in self.active_channels.values())
        idle.sort(key=lambda c: (-held[c.addr[0]], c.has_asked, c.last_activity))
        victims = idle[:_EVICT_AT_ONCE]
        logger.warning("%d connections are open: %d are closed to make room", len(self.active_channels), len(victims))
        for connection in victims:
            connection.handle_close()
        return True

    def make_room_for_bodies(self, newest: Connection) -> None:
        """Give up bodies that have stood still for longest while there are too many bytes of them."""
        while self.receiving > _MOST_BODIES:
            others = [c for c in self.active_channels.values() if c.kept and c.request is not None]
            min(others, key=lambda c: (c.last_activity, c is newest)).refuse_for_want_of_room()

    def maintain(self) -> None:
        """Look after connections' time limits, about once a second."""
        now = time.monotonic()
        if now < self._next_maintenance:
            return
        self._next_maintenance = now + _MAINTENANCE_SECONDS
        for connection in list(self.active_channels.values()):
            connection.end_if_overdue(now)

    def stop_accepting(self) -> None:
        """Take what waits in the queue of connections, and close the listening socket."""
        if self.accepting:
            self.accept_waiting()
            self.accepting = False
            self.del_channel()
            self.socket.close()

    def close_quiet(self, seconds: float) -> None:
        """Close connections on which nothing has moved for so long and nothing is being answered."""
        before = time.time() - seconds
        for connection in list(self.active_channels.values()):
            if not connection.requests and connection.last_activity < before:
                connection.handle_close()

    def close_all(self) -> None:
        """Close every connection as it is."""
        for connection in list(self.active_channels.values()):
            connection.handle_close()


class Server:
    """Listens already when it is made; `run` serves until `stop` is called, `close` ends what is left."""

    def __init__(
        self,
        application: Application,
        sockets: Sequence[socket.socket],
        *,
        threads: int,
        most_waiting: int,
        most_connections: int,
        max_body: int,
        idle_timeout: int,
        urgent: Collection[str],
        overlap: bool,
        connection_class: type[Connection],
    ) -> None:
        self._poller = Poller()
        self._pool = Pool(self._turn, self._poller.wake, threads=threads, most_waiting=most_waiting, overlap=overlap)
        adj = Adjustments(
            sockets=list(sockets),
            threads=threads,
            ident="",
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
            max_request_body_size=max_body + 1,
            inbuf_overflow=_IN_MEMORY,
            channel_timeout=idle_timeout,
            backlog=1024,
        )
        most_connections = min(most_connections, self._poller.most_sockets - len(sockets))
        self.listeners = [
            Listener(
                application,
                sock,
                adj,
                self._poller,
                self._pool,
                most_connections=most_connections // len(sockets),
                urgent=frozenset(urgent),
                connection_class=connection_class,
            )
            for sock in sockets
        ]
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)  # noqa: FBT003 - the socket module's signature
        self._pool.call_watcher = self.wake
        self._stopping = False

    @property
    def effective_port(self) -> int:
        """The port of the first listening socket."""
        return int(self.listeners[0].effective_port)

    def run(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Serve until `stop` was called or `until`, asked about once a second and after `wake`, says so."""
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._pool.start()
        while not (self._stopping or until()):
            self._watch()

    def _turn(self, timeout: float) -> None:
        self._poller.turn(timeout)
        for listener in self.listeners:
            listener.maintain()

    def _watch(self) -> None:
        """Look at the threads until nothing was done for a while, then sleep until something is, a second at most."""
        quiet = 0
        while quiet < _QUIET_LOOKS and not self._stopping:
            if self._sleep(LOOK_SECONDS):
                return
            quiet = 0 if self._pool.look() else quiet + 1
        self._pool.is_watched = False
        self._sleep(1.0)
        self._pool.is_watched = True

    def _sleep(self, seconds: float) -> bool:
        """Sleep; True where `wake` was called."""
        if not select.select([self._woken], [], [], seconds)[0]:
            return False
        self._woken.recv(4096)
        return True

    def wake(self) -> None:
        """Have `run` look up at once; safe in a signal handler."""
        try:
            self._waker.send(b"x")
        except OSError:  # as many wakes wait already as fit
            return

    def stop(self) -> None:
        """Have `run` return; from any thread."""
        self._stopping = True
        self.wake()

    def drain(self, seconds: float) -> None:
        """Accept no more, answer what is asked with `Connection: close`, and return when all connections are closed.

        A kept connection may still ask for a moment, so that no call is cut that its client was just sending. After
        `seconds` what is left is cut.
        """
        for listener in self.listeners:
            listener.is_draining = True
            self._poller.call_soon(listener.stop_accepting)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(listener.active_channels for listener in self.listeners):
            for listener in self.listeners:
                self._poller.call_soon(partial(listener.close_quiet, _DRAIN_QUIET_SECONDS))
            self._sleep(2 * LOOK_SECONDS)
            self._pool.look()

    def close(self, seconds: float = 1.0) -> None:
        """End the threads, waiting so many seconds for calls under way, and close all that is open."""
        for listener in self.listeners:
            listener.is_draining = True  # what has no end of its own ends
        self._pool.stop(seconds)
        for listener in self.listeners:
            listener.stop_accepting()
            listener.close_all()
        self._poller.close()
        self._waker.close()
        self._woken.close()


def create_server(
    application: Application,
    *,
    sockets: Sequence[socket.socket] | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    threads: int = 4,
    most_waiting: int = 128,
    most_connections: int = 1000,
    max_body: int = DEFAULT_MAX_BODY,
    idle_timeout: int = 120,
    urgent: Collection[str] = (),
    overlap: bool = False,
    connection_class: type[Connection] = Connection,
) -> Server:
    """Return a server that listens already, on `sockets` or on a host and port; its `run()` serves.

    `threads`: calls carried out at once; `most_waiting`: calls that may wait for a lock, a password's turn or another
    server beside them; `most_connections`: open connections; `max_body`: bytes, which should be the application's own
    bound; `idle_timeout`: seconds after which a client that sends or reads nothing is given up; `urgent`: paths that
    are answered before all others; `overlap`: see `Pool`; `connection_class`: what reads requests and sends answers. An
    application that has a `note_refused` is told of every request that was refused before it was reached: the
    environment, status, headers and body.
    """
    memory.set_bounds()
    return Server(
        application,
        sockets or [socket.create_server((host, port), backlog=1024)],
        threads=threads,
        most_waiting=most_waiting,
        most_connections=most_connections,
        max_body=max_body,
        idle_timeout=idle_timeout,
        urgent=urgent,
        overlap=overlap,
        connection_class=connection_class,
    )
