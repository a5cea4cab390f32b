"""What connections may cost: many of them, slow ones, unfinished bodies, and the end of the server. Evidence: ours."""

from __future__ import annotations

import errno
import logging
import selectors
import socket
import tempfile
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from waitress import trigger

from smartertrack_emu.asmx import connections, poller
from smartertrack_emu.asmx import server as server_module
from smartertrack_emu.asmx.server import create_server
from tests import other_systems

from .listening import PATIENCE, Gate, Pages, answer, ask, check_quick, connected, running

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


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
