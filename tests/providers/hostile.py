"""An installation that means no good: a small server that does what it is told to each that connects."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

WSDL = Path(__file__).parents[2] / "wsdl"

SLOWLY = 0.05
"""Seconds between two bytes of a side that is slow."""


@dataclass
class Visitor:
    """One connection, and the request that came over it."""

    connection: socket.socket
    stopping: threading.Event
    head: str = ""
    body: bytes = b""

    @property
    def path(self) -> str:
        """What was asked for."""
        return self.head.split(" ", 2)[1]

    def read(self) -> None:
        """Read the request."""
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._receive()
        raw, _, self.body = head.partition(b"\r\n\r\n")
        self.head = raw.decode("latin-1")
        lengths = [line[15:] for line in self.head.lower().splitlines() if line.startswith("content-length:")]
        while len(self.body) < int(lengths[0] if lengths else 0):
            self.body += self._receive()

    def _receive(self) -> bytes:
        piece = self.connection.recv(65536)
        if not piece:
            raise ConnectionError
        return piece

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.connection.sendall(data)

    def answer(self, content: bytes | str, *headers: str, status: str = "200 OK") -> None:
        """Answer as HTTP has it."""
        sent = content.encode() if isinstance(content, str) else content
        lines = (
            f"HTTP/1.1 {status}",
            "Content-Type: text/xml; charset=utf-8",
            f"Content-Length: {len(sent)}",
            *headers,
        )
        self.send("\r\n".join((*lines, "", "")).encode() + sent)

    def drip(self, data: bytes, pieces: int = 100) -> None:
        """Send something again and again, each time after a while; give up after some seconds."""
        for _ in range(pieces):
            self.send(data)
            if self.stopping.wait(SLOWLY):
                return


Behaviour = Callable[[Visitor], None]


def sending(*parts: bytes, slowly: bytes = b"") -> Behaviour:
    """Send some parts, and then one again and again."""

    def behave(visitor: Visitor) -> None:
        visitor.send(b"".join(parts))
        if slowly:
            visitor.drip(slowly)

    return behave


@dataclass
class Hostile:
    """A server on loopback, a thread a connection. `asked`: what was asked of it, in order."""

    behave: Behaviour
    url: str = ""
    asked: list[Visitor] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)


@contextmanager
def listening(behave: Behaviour, *, reads: bool = True) -> Iterator[Hostile]:
    """Serve until the block ends; `reads`: whether requests are read before `behave` is called."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Hostile(behave, f"http://127.0.0.1:{listener.getsockname()[1]}")
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        # The other side leaves when it has had enough, and that is what most of these tests are about.
        with connection, suppress(OSError):
            visitor = Visitor(connection, server.stopping)
            if reads:
                visitor.read()
            server.asked.append(visitor)
            server.behave(visitor)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.settimeout(30)
            threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        server.stopping.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join()


def describe(name: str) -> str:
    """Return a service's description."""
    return (WSDL / f"{name}.wsdl").read_text(encoding="utf-8")


def result(operation: str, content: str) -> str:
    """Return the envelope of an operation's result."""
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<{operation}Response xmlns="http://www.smartertools.com/SmarterTrack/Services2/svcTickets.asmx">'
        f"<{operation}Result>{content}</{operation}Result></{operation}Response></s:Body></s:Envelope>"
    )
