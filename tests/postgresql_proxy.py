"""A PostgreSQL server that is cut off in the moment of a COMMIT: a socket between a client and the run's server."""

from __future__ import annotations

import select
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path

from sqlalchemy.engine import URL, make_url

_SOCKET = ".s.PGSQL.5432"
_COMMIT = b"COMMIT\x00"


class Cut(Enum):
    """Where the connection breaks."""

    NEVER = auto()
    BEFORE_COMMIT = auto()
    """The server never gets the COMMIT."""
    BEFORE_ANSWER = auto()
    """The server carries the COMMIT out, its answer is lost."""
    AFTER_ANSWER = auto()
    """The client has the answer, and nothing after it."""


class Proxy:
    """Passes everything on; `cut` says where the next COMMIT breaks its connection, once."""

    def __init__(self, server: Path, folder: Path) -> None:
        self.cut = Cut.NEVER
        self._server = server
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / _SOCKET))
        self._listener.listen()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._pass_on, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._server))
            cut = Cut.NEVER
            while True:
                ready, _, _ = select.select([client, server], [], [])
                if client in ready:
                    data = client.recv(65536)
                    if _COMMIT in data:
                        cut, self.cut = self.cut, Cut.NEVER
                    if not data or cut is Cut.BEFORE_COMMIT:
                        return
                    server.sendall(data)
                if server in ready:
                    data = server.recv(65536)
                    if not data or cut is Cut.BEFORE_ANSWER:
                        return
                    client.sendall(data)
                    if cut is Cut.AFTER_ANSWER:
                        return


@contextmanager
def proxy(url: str) -> Iterator[tuple[Proxy, str]]:
    """Give a proxy for a database's server and the database's URL through it; no connection is left at the end."""
    parsed = make_url(url)
    host = parsed.query["host"]
    assert isinstance(host, str)
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path has to be short
    running = Proxy(Path(host) / _SOCKET, folder)
    through: URL = parsed.update_query_dict({"host": str(folder)})
    try:
        yield running, through.render_as_string(hide_password=False)
    finally:
        running.stop()
        shutil.rmtree(folder)
