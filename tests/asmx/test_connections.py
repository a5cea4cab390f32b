"""What connections and threads may cost, and whom they may keep waiting. Evidence: ours.

Nothing here sleeps: what must wait waits for an event that the test sets, or for a bound that the test has made short.
"""

from __future__ import annotations

import errno
import logging
import selectors
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from waitress import trigger

from smartertrack_emu.asmx import connections, poller, pool
from smartertrack_emu.asmx import server as server_module
from smartertrack_emu.asmx.server import Server, create_server
from tests import other_systems

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    Page = Callable[[WSGIEnvironment], bytes]

PATIENCE = 10.0
LARGE = 32 * 1024 * 1024


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


class TestThreads:
    def test_a_call_that_waits_gives_up_its_place(self) -> None:
        gate = Gate(pool.waiting)
        with running(Pages(gate=gate), threads=1) as server, connected(server) as first, connected(server) as second:
            for connection in (first, second):
                ask(connection, "gate")
                assert gate.entered.acquire(timeout=PATIENCE)
            check_quick(server)
            gate.open.set()
            assert (answer(first)[2], answer(second)[2]) == (b"late", b"late")
            check_quick(server)

    def test_so_many_may_wait(self) -> None:
        gate = Gate(pool.waiting)
        with running(Pages(gate=gate), threads=1, most_waiting=1) as server, connected(server) as first:
            ask(first, "gate")
            assert gate.entered.acquire(timeout=PATIENCE)
            with connected(server) as second:
                ask(second, "gate")
                assert answer(second)[0] == 429
            gate.open.set()
            assert answer(first)[2] == b"late"

    @pytest.mark.parametrize("threads", [1, 3])
    def test_a_call_that_waits_and_does_not_say_so_is_found(self, threads: int) -> None:
        """More of them than threads: those that use no processor are counted as waiting."""
        gate = Gate()
        with running(Pages(gate=gate), threads=threads) as server, ExitStack() as stack:
            kept = [stack.enter_context(connected(server)) for _ in range(threads + 2)]
            for connection in kept:
                ask(connection, "gate")
            for _ in kept:
                assert gate.entered.acquire(timeout=PATIENCE)
            check_quick(server)
            gate.open.set()
            assert [answer(connection)[2] for connection in kept] == [b"late"] * len(kept)

    def test_no_more_than_threads_compute_at_once(self) -> None:
        going, at_once, most = threading.Event(), [0], [0]
        lock = threading.Lock()

        def compute(_: object) -> bytes:
            with lock:
                at_once[0] += 1
                most[0] = max(most[0], at_once[0])
            while not going.is_set():
                sum(range(1000))
            with lock:
                at_once[0] -= 1
            return b"computed"

        application = Pages(compute=compute)
        with running(application, threads=2, urgent=["/quick"]) as server, ExitStack() as stack:
            kept = [stack.enter_context(connected(server)) for _ in range(5)]
            for connection in kept:
                ask(connection, "compute")
            check_quick(server)
            going.set()
            assert [answer(connection)[2] for connection in kept] == [b"computed"] * 5
        assert most[0] <= 2

    def test_what_is_urgent_is_answered_at_once(self) -> None:
        gate = Gate()
        options: dict[str, Any] = {"threads": 1, "most_waiting": 0, "urgent": ["/quick"]}
        with running(Pages(gate=gate), **options) as server, connected(server) as first, connected(server) as second:
            ask(first, "gate")
            assert gate.entered.acquire(timeout=PATIENCE)
            ask(second, "gate")
            check_quick(server)
            gate.open.set()
            assert (answer(first)[2], answer(second)[2]) == (b"late", b"late")

    def test_threads_are_replaced(self) -> None:
        """What a library keeps for a thread cannot grow for ever."""
        used = set()

        def note(_: object) -> bytes:
            used.add(threading.current_thread())
            return b"noted"

        with running(Pages(note=note), threads=1) as server, connected(server) as connection:
            for _ in range(450):
                ask(connection, "note")
                assert answer(connection)[2] == b"noted"
        assert len(used) >= 3
        for thread in used:
            # It has answered its last call, but may still be on its way out.
            thread.join(PATIENCE)
            assert not thread.is_alive()


class Streams:
    """Answers that have no end until `ended` is set, beside short ones and dropped ones."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/dropped":
            environ["asmx.drop"]()
        body = b"quick"
        start_response("200 OK", [("Content-Length", str(len(body)))] if path == "/quick" else [])
        return [body] if path == "/quick" else self._pieces()

    def _pieces(self) -> Iterator[bytes]:
        with pool.streaming():
            yield b"piece"
            self.ended.wait(PATIENCE)


class TestStreams:
    def test_they_take_no_thread(self) -> None:
        application = Streams()
        with running(application, threads=1, most_waiting=0) as server, ExitStack() as stack:
            stack.callback(application.ended.set)
            for _ in range(5):
                stream = stack.enter_context(connected(server))
                ask(stream, "stream")
                assert stream.recv(4096)
            check_quick(server)

    def test_there_are_only_so_many(self) -> None:
        application = Streams()
        with running(application, threads=1, most_waiting=0) as server, ExitStack() as stack:
            stack.callback(application.ended.set)
            first = []
            for _ in range(33):
                stream = stack.enter_context(connected(server))
                ask(stream, "stream")
                first.append(stream.recv(4096))
            assert [b"200 OK" in answered for answered in first] == [True] * 32 + [False]
            check_quick(server)

    def test_a_dropped_connection_closes_without_a_byte(self) -> None:
        with running(Streams()) as server:
            with connected(server) as connection:
                ask(connection, "dropped")
                assert connection.recv(4096) == b""
            check_quick(server)


class TestDownloads:
    @staticmethod
    def application(path: Path) -> Any:
        def send(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if environ["PATH_INFO"] == "/quick":
                start_response("200 OK", [("Content-Length", "5")])
                return [b"quick"]
            start_response("200 OK", [("Content-Length", str(LARGE))])
            wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](path.open("rb"))
            return wrapped

        return send

    def test_unread_ones_take_no_thread(self, tmp_path: Path) -> None:
        path = tmp_path / "large"
        path.write_bytes(bytes(LARGE))
        with running(self.application(path), threads=1, most_waiting=0) as server, ExitStack() as stack:
            unread = [stack.enter_context(connected(server)) for _ in range(8)]
            for connection in unread:
                ask(connection, "large")
                assert connection.recv(15) == b"HTTP/1.1 200 OK"
            check_quick(server)
            for connection in unread[:2]:  # and who reads at last gets all of it
                received = 0
                while received < LARGE:
                    received += len(connection.recv(1 << 20))

    def test_end_when_nothing_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "large"
        path.write_bytes(bytes(LARGE))
        with running(self.application(path), threads=1, idle_timeout=1) as server, connected(server) as connection:
            ask(connection, "large")
            assert connection.recv(15) == b"HTTP/1.1 200 OK"
            (listener,) = server.listeners
            while listener.active_channels:
                check_quick(server)
            received = 0
            try:
                while data := connection.recv(1 << 20):
                    received += len(data)
            except ConnectionResetError:
                pass
            assert received < LARGE


class _NoTrigger:
    """Stands for Waitress's way to be woken, which is a pipe here and a socket on Windows; ours is another."""

    def __init__(self, _: object) -> None: ...

    def close(self) -> None: ...


class TestManyConnections:
    def test_half_open_ones_shut_nobody_out(self) -> None:
        with running(Pages(), most_connections=40) as server, connected(server) as kept, ExitStack() as stack:
            ask(kept, "quick")
            assert answer(kept)[2] == b"quick"
            for _ in range(120):
                half = stack.enter_context(connected(server))
                half.sendall(b"POST /quick HTTP/1.1\r\nContent-Le")
            check_quick(server)
            ask(kept, "quick")
            assert answer(kept)[2] == b"quick", "a connection that has asked is kept rather than one that has not"
            (listener,) = server.listeners
            assert len(listener.active_channels) <= 40

    def test_no_more_than_the_system_waits_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Windows waits for 512 sockets at once, and fails with one more."""
        monkeypatch.setattr(poller, "_MOST_OF_SELECT", 30)
        monkeypatch.setattr(other_systems, "SOCKETS_OF_SELECT", 30)
        monkeypatch.setattr(selectors, "DefaultSelector", other_systems.WindowsSelector)
        monkeypatch.setattr(trigger, "trigger", _NoTrigger)
        with running(Pages()) as server, ExitStack() as stack:
            for _ in range(60):
                half = stack.enter_context(connected(server))
                half.sendall(b"POST /quick HTTP/1.1\r\nContent-Le")
            check_quick(server)
            (listener,) = server.listeners
            assert len(listener.active_channels) <= 28, "beside the listening socket and the poller's own"

    @pytest.mark.parametrize("kind", [selectors.SelectSelector, selectors.PollSelector])
    def test_a_socket_that_is_closed_when_it_is_waited_for(
        self, monkeypatch: pytest.MonkeyPatch, kind: type[selectors.BaseSelector]
    ) -> None:
        """A thread closes it between the leader's look at what is to be waited for and the system's."""
        failed: list[OSError] = []
        wait = kind.select

        def select(self: selectors.BaseSelector, timeout: float | None = None) -> Any:
            if len(failed) < 3:
                failed.append(OSError(errno.EBADF, "Bad file descriptor"))
                raise failed[-1]
            return wait(self, timeout)

        monkeypatch.setattr(kind, "select", select)
        monkeypatch.setattr(selectors, "DefaultSelector", kind)
        with running(Pages()) as server:
            check_quick(server)
            assert len(failed) == 3

    def test_idle_ones_cost_no_turn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Waitress asks each connection at each turn what it wants; so often is each asked here."""
        asked = [0]
        original = connections.Connection.readable

        def readable(self: connections.Connection) -> bool:
            asked[0] += 1
            return original(self)

        monkeypatch.setattr(connections.Connection, "readable", readable)
        with running(Pages()) as server, connected(server) as busy, ExitStack() as stack:

            def times() -> int:
                asked[0] = 0
                for _ in range(20):
                    ask(busy, "quick")
                    assert answer(busy)[2] == b"quick"
                return asked[0]

            alone = times()
            for _ in range(50):
                idle = stack.enter_context(connected(server))
                ask(idle, "quick")
                assert answer(idle)[2] == b"quick"
            assert times() < 2 * alone + 20, "and not 1,000 more"

    def test_a_header_that_does_not_end(self) -> None:
        with running(Pages(), idle_timeout=1) as server, connected(server) as slow, connected(server) as silent:
            slow.sendall(b"GET /quick HTTP/1.1\r\n")
            status, _, body = answer(slow)
            assert (status, body) == (408, b"The request did not arrive in time.\n")
            assert answer(silent)[0] == 0, "a connection on which nothing was asked is just closed"

    def test_pieces_of_a_header(self) -> None:
        with running(Pages()) as server, connected(server) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in b"GET /quick HTTP/1.1\r\nHost: h\r\n\r\n" * 2:
                connection.sendall(bytes([byte]))
            assert answer(connection)[2] == b"quick"
            assert answer(connection)[2] == b"quick"
            both = b"GET /quick HTTP/1.1\r\nHost: h\r\n\r\n" * 2
            connection.sendall(both[:40])
            connection.sendall(both[40:])
            assert (answer(connection)[2], answer(connection)[2]) == (b"quick", b"quick")


def upload(connection: socket.socket, length: int, sent: bytes) -> None:
    connection.sendall(b"POST /quick HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % length + sent)


class TestBodies:
    def test_two_lengths_are_refused(self) -> None:
        """Whoever stands between client and server might believe the other one."""
        application = Pages()
        with running(application) as server, connected(server) as connection:
            connection.sendall(
                b"POST /quick HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            )
            status, headers, body = answer(connection)
            assert (status, headers["Connection"], body) == (400, "close", b"The request is not well-formed HTTP.\n")
        assert application.asked == []

    def test_too_many_unfinished_ones(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The one that has stood still for longest makes room."""
        monkeypatch.setattr(server_module, "_MOST_BODIES", 300_000)
        with running(Pages()) as server, connected(server) as old, connected(server) as new:
            (listener,) = server.listeners
            upload(old, 1_000_000, bytes(200_000))
            while listener.receiving < 200_000:
                check_quick(server)
            upload(new, 200_000, bytes(150_000))
            status, headers, body = answer(old)
            assert (status, headers["Retry-After"]) == (503, "5")
            assert body == b"The server is receiving as much as it can hold. Please try again in a while.\n"
            new.sendall(bytes(50_000))
            assert answer(new)[2] == b"quick"
            assert listener.receiving == 0

    def test_no_room_for_temporary_files(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def full(*_: object, **__: object) -> object:
            raise OSError(errno.ENOSPC, "No space left on device")

        with running(Pages()) as server:
            with monkeypatch.context() as patched, connected(server) as connection:
                patched.setattr(tempfile, "TemporaryFile", full)
                upload(connection, 2_000_000, bytes(2_000_000))
                status, headers, _ = answer(connection)
                assert (status, headers["Retry-After"]) == (503, "5")
            check_quick(server)
        assert not any(record.exc_info for record in caplog.records)

    def test_what_is_unfinished_is_let_go(self) -> None:
        """A temporary file that nobody closes would be a warning, and so a failure here."""
        with running(Pages()) as server, connected(server) as connection:
            (listener,) = server.listeners
            upload(connection, 2_000_000, bytes(1_500_000))
            while listener.receiving < 1_500_000:
                check_quick(server)
            (channel,) = [c for c in listener.active_channels.values() if c.kept]
            kept = channel.request.body_rcv.buf.buf.file
        assert kept.closed
        assert listener.receiving == 0

    def test_a_dropped_connection_is_no_error(self, caplog: pytest.LogCaptureFixture) -> None:
        gate = Gate()
        with caplog.at_level(logging.INFO), running(Pages(gate=gate)) as server:
            with connected(server) as connection:
                ask(connection, "gate")
                assert gate.entered.acquire(timeout=PATIENCE)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close by a reset
            gate.open.set()
            with connected(server) as connection:
                upload(connection, 100, b"x")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            check_quick(server)
        assert not any(record.exc_info for record in caplog.records)


class TestTheEnd:
    def test_calls_under_way_and_calls_just_sent_are_answered(self) -> None:
        gate = Gate()
        server = create_server(Pages(gate=gate))
        thread = threading.Thread(target=server.run)
        thread.start()
        with connected(server) as busy, connected(server) as idle, connected(server) as silent:
            ask(idle, "quick")
            assert "Connection" not in answer(idle)[1]
            ask(busy, "gate")
            assert gate.entered.acquire(timeout=PATIENCE)
            server.stop()
            thread.join()
            draining = threading.Thread(target=server.drain, args=(PATIENCE,))
            draining.start()
            ask(idle, "quick")
            status, headers, body = answer(idle)
            assert (status, body) == (200, b"quick")
            gate.open.set()
            status, headers, body = answer(busy)
            assert (status, headers["Connection"], body) == (200, "close", b"late")
            assert answer(busy)[0] == 0
            assert answer(silent)[0] == 0
            draining.join()
        server.close()

    def test_who_waits_to_be_accepted_is_answered(self) -> None:
        """A connection that the system has taken already is not reset."""
        server = create_server(Pages())
        with connected(server) as waiting:
            ask(waiting, "quick")
            server.listeners[0].is_draining = True
            thread = threading.Thread(target=server.run)
            server._poller.call_soon(server.listeners[0].stop_accepting)
            thread.start()
            assert answer(waiting)[2] == b"quick"
            server.stop()
            thread.join()
            server.close()


class TestHeaders:
    """An ordinary answer's header is written by us, to the byte as Waitress writes it."""

    @staticmethod
    def header(connection: socket.socket, *lines: str) -> list[bytes]:
        connection.sendall("\r\n".join(["GET /quick HTTP/1.1", "Host: h", *lines, "", ""]).encode())
        return [line for line in connection.recv(4096).split(b"\r\n") if not line.startswith(b"Date: ")]

    @pytest.mark.parametrize("connection_header", ["", "keep-alive", "close"])
    @pytest.mark.parametrize(
        "given",
        [
            [("Content-Length", "5")],
            [("x-two", "b"), ("Content-Length", "5"), ("X-ONE", "a"), ("x-two", "a"), ("WWW-Authenticate", "Basic")],
            [("Content-Length", "5"), ("Server", "another")],
            [("Content-Length", "5"), ("Date", "Thu, 01 Jan 1970 00:00:00 GMT")],
        ],
    )
    def test_it_is_what_waitress_writes(
        self, given: list[tuple[str, str]], connection_header: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            start_response("200 OK", given)
            return [b"quick"]

        lines = [f"Connection: {connection_header}"] if connection_header else []
        with running(application) as server:
            with connected(server) as connection:
                ours = self.header(connection, *lines)
            monkeypatch.setattr(connections.Task, "_header_of_whole", lambda _: None)
            with connected(server) as connection:
                theirs = self.header(connection, *lines)
        assert ours == theirs
        assert ours[-1] == b"quick"
