"""Which calls take a thread and which give theirs up: waits, endless answers, downloads. Evidence: ours."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smartertrack_emu.asmx import pool

from .listening import PATIENCE, Gate, Pages, answer, ask, check_quick, connected, running

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGE = 32 * 1024 * 1024


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
