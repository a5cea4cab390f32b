"""A POP3 server for tests: a mailbox in memory, and whatever can go wrong with one on demand."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

PASSWORD = "swordfish"


@dataclass
class Box:
    """A mailbox and how its server behaves.

    `mails` by their UIDs, in order; `same_uid`: what UIDL says of all of them. `refuses`: commands answered with -ERR;
    `drops_at`: the connection ends instead of the answer to the n-th RETR of a session; `hangs_at`: the same, but it
    says nothing; `is_tls`: from the first byte on; `lies`: the size that LIST tells; `greeting` before everything.
    """

    mails: dict[str, bytes] = field(default_factory=dict)
    password: str = PASSWORD
    has_uidl: bool = True
    same_uid: str = ""
    refuses: set[str] = field(default_factory=set)
    drops_at: int = 0
    hangs_at: int = 0
    lies: int | None = None
    greeting: bytes = b"+OK ready\r\n"
    retrieved: list[str] = field(default_factory=list)
    sessions: int = 0
    tls: ssl.SSLContext | None = None
    is_tls: bool = False
    let_go: threading.Event = field(default_factory=threading.Event)


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.box = self.server.box
        self.box.sessions += 1
        self.listed = list(self.box.mails)
        self.deleted: set[str] = set()
        self.retrieved = 0
        self.wfile.write(self.box.greeting)
        self._answer()

    def _answer(self) -> None:
        """Answer commands until one ends the session."""
        for line in self.rfile:
            command, _, argument = line.decode("utf-8").strip().partition(" ")
            if {command, f"{command} {argument}"} & self.box.refuses:
                self._say(f"-ERR no {command} {PASSWORD}".encode())
                continue
            answer = getattr(self, f"do_{command.lower()}", None)
            if answer is None:
                self._say(b"-ERR what?")
            elif answer(argument) is False:
                return

    def do_user(self, _: str) -> None:
        self._say(b"+OK")

    def do_pass(self, argument: str) -> None:
        self._say(b"+OK" if argument == self.box.password else b"-ERR wrong password")

    def do_list(self, _: str) -> None:
        sizes = [len(self.box.mails[uid]) if self.box.lies is None else self.box.lies for uid in self.listed]
        self._list([f"{n} {size}" for n, size in enumerate(sizes, 1)])

    def do_uidl(self, _: str) -> None:
        if self.box.has_uidl:
            self._list([f"{n} {self.box.same_uid or uid}" for n, uid in enumerate(self.listed, 1)])
        else:
            self._say(b"-ERR what?")

    def do_retr(self, argument: str) -> bool:
        raw = self.box.mails[self.listed[int(argument) - 1]]
        self.retrieved += 1
        if self.retrieved == self.box.drops_at:
            self.wfile.write(b"+OK\r\n" + raw[:10])
            return False
        if self.retrieved == self.box.hangs_at:
            self.box.let_go.wait(30)
            return False
        self.box.retrieved.append(self.listed[int(argument) - 1])
        self._mail(raw)
        return True

    def do_top(self, argument: str) -> None:
        raw = self.box.mails[self.listed[int(argument.split(maxsplit=1)[0]) - 1]]
        self._mail(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")

    def do_dele(self, argument: str) -> None:
        self.deleted.add(self.listed[int(argument) - 1])
        self._say(b"+OK")

    def do_quit(self, _: str) -> bool:
        for uid in self.deleted:
            self.box.mails.pop(uid, None)
        self._say(b"+OK bye")
        return False

    def do_capa(self, _: str) -> None:
        self._list(["UIDL", "TOP", *(["STLS"] if self.box.tls else [])])

    def do_stls(self, _: str) -> bool:
        if self.box.tls is None:
            self._say(b"-ERR what?")
            return True
        self._say(b"+OK")
        with self.box.tls.wrap_socket(self.request, server_side=True) as encrypted:
            self.rfile, self.wfile = encrypted.makefile("rb"), encrypted.makefile("wb")
            self._answer()
        return False

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")
        self.wfile.flush()

    def _list(self, lines: list[str]) -> None:
        self.wfile.write(b"+OK\r\n" + "".join(f"{line}\r\n" for line in lines).encode() + b".\r\n")
        self.wfile.flush()

    def _mail(self, raw: bytes) -> None:
        stuffed = b"\n".join(b"." + line if line.startswith(b".") else line for line in raw.split(b"\n"))
        end = b"" if raw.endswith(b"\n") else b"\r\n"
        self.wfile.write(b"+OK\r\n" + stuffed + end + b".\r\n")
        self.wfile.flush()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    box: Box

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.box.is_tls and self.box.tls is not None:
            connection = self.box.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that go away are what is tested."""


@contextmanager
def pop_server(box: Box) -> Iterator[int]:
    """Serve a mailbox on this machine; gives the port."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.box = box
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            box.let_go.set()
            server.shutdown()
            thread.join()
