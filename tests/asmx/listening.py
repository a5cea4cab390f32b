"""A server in a thread, pages for it, sockets that speak with it: for tests of what is below ASMX. Evidence: ours.

Nothing here sleeps: what must wait waits for an event that the test sets, or for a bound that the test has made short.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any

from smartertrack_emu.asmx import pool
from smartertrack_emu.asmx.server import Server, create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    Page = Callable[[WSGIEnvironment], bytes]

PATIENCE = 10.0


class Pages:
    """An application of pages by path."""

    def __init__(self, **pages: Page) -> None:
        self.pages: dict[str, Page] = {"quick": lambda _: b"quick", **pages}
        self.asked: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"].strip("/")
        self.asked.append(path)
        try:
            body = self.pages[path](environ)
        except pool.CrowdedError:
            start_response("429 Too Many Requests", [("Content-Length", "0")])
            return [b""]
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]


@contextmanager
def running(application: Any, **options: Any) -> Iterator[Server]:
    server = create_server(application, **options)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()
        server.close()


@contextmanager
def connected(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.effective_port), timeout=PATIENCE) as connection:
        yield connection


def ask(connection: socket.socket, path: str) -> None:
    connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())


def answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read one answer: status, headers, body. A connection that was closed instead answers 0."""
    with closing(connection.makefile("rb", buffering=0)) as stream:
        line = stream.readline()
        if not line:
            return 0, {}, b""
        headers = {}
        while (header := stream.readline().decode().strip()) != "":
            name, _, value = header.partition(": ")
            headers[name] = value
        body = b""
        while len(body) < int(headers.get("Content-Length", 0)):
            body += stream.read(int(headers["Content-Length"]) - len(body)) or b""
        return int(line.split()[1]), headers, body


def check_quick(server: Server) -> None:
    """A new caller is answered."""
    with connected(server) as connection:
        ask(connection, "quick")
        assert answer(connection)[2] == b"quick"


class Gate:
    """A page that waits until it is let go; `waits` puts something around the wait."""

    def __init__(self, around: Callable[[], Any] | None = None) -> None:
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()
        self._around = around

    def __call__(self, _: object) -> bytes:
        with ExitStack() as stack:
            if self._around is not None:
                stack.enter_context(self._around())
            self.entered.release()
            assert self.open.wait(PATIENCE)
        return b"late"
