"""A server that keeps a journal, on a database of its own for every test."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import sqlalchemy

from smartertrack_emu.control.journal.store import Entry
from tests.services.api import RunningServer
from tests.services.conftest import seeded_engine, seeded_postgresql, seeded_sqlite, seeded_url

__all__ = ["seeded_engine", "seeded_postgresql", "seeded_sqlite", "seeded_url"]


class Journaled:
    """A server with its journal."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.url = server.url
        self.http = requests.Session()

    def post(self, path: str, body: bytes | str, **headers: str) -> requests.Response:
        """Post a body; headers by their names with `_` for `-`."""
        data = body.encode() if isinstance(body, str) else body
        sent = {"Content-Type": "text/xml; charset=utf-8", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.http.post(f"{self.url}{path}", data=data, headers=sent, timeout=30)

    def raw(self, request: bytes) -> bytes:
        """Send bytes, and return what comes until the connection is closed."""
        host, port = self.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while data := connection.recv(65536):
                answer += data
        return answer

    def entries(self) -> list[Entry]:
        """Return what is in the journal, newest first."""
        recorder = self.server.application._recorder
        assert recorder is not None
        recorder.flush()  # calls are noted before their answers are sent
        return list(self.server.application.journal.entries())

    def last(self) -> Entry:
        """Return the newest call."""
        deadline = time.monotonic() + 5
        while not (found := self.entries()) and time.monotonic() < deadline:
            time.sleep(0.002)  # what the server itself refuses is noted when it has been answered
        return found[0]


@pytest.fixture
def journaled(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> Iterator[Journaled]:
    """The running server with its journal."""
    server = RunningServer(seeded_engine, tmp_path, journal_calls=1000)
    one = Journaled(server)
    yield one
    one.http.close()
    server.stop()
