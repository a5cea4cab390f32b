"""Evidence: ours. The command that sends a call again, run by a shell with curl: the same bytes come again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from smartertrack_emu.control.journal.curl import curl_of
from smartertrack_emu.control.journal.store import Entry
from tests.control.journal.test_masking import captured

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
NASTY = "$HOME `id` $(id) \\ \"double\" 'single' !! %s %d\n@file\t{a,b} [1-3] ü€😀 ; & | < > * ? # ~ \\n"


class Listener:
    """Takes one request whole and keeps its bytes."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.head = b""
        self.body = b""
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        connection, _ = self._socket.accept()
        connection.settimeout(20)
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        self.head, _, self.body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in self.head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(self.body) < length:
            self.body += connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        connection.close()

    def close(self) -> None:
        self._thread.join(20)
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    one = Listener()
    yield one
    one.close()


def run(command: str) -> None:
    """Run a command as somebody would: `PASSWORD=… sh -c "$(…)"`."""
    environ = {"PATH": os.environ["PATH"], "PASSWORD": "geh$eim '\"nis", "HOME": "/nowhere"}
    done = subprocess.run(["sh", "-c", command], env=environ, capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b"ok"


def kept(body: bytes, content_type: str = "text/xml; charset=utf-8", **environ: Any) -> Entry:
    return captured(body, content_type=content_type, **environ)


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/xml; charset=utf-8", "utf-8"),
        ("text/xml; charset=utf-16", "utf-16"),
        ("text/xml; charset=iso-8859-15", "iso8859-15"),
    ],
)
def test_the_same_body_comes_again(listener: Listener, content_type: str, charset: str) -> None:
    nasty = NASTY if charset.startswith("utf") else NASTY.encode(charset, "ignore").decode(charset)
    body = f"<a><authPassword>secret</authPassword><b>{nasty}</b></a>"
    command = curl_of(kept(body.encode(charset), content_type), listener.url)
    assert "secret" not in command
    run(command)
    listener.close()
    assert listener.body.decode(charset) == body.replace("secret", "geh$eim '\"nis")


BODIES = [bytes(range(256)), b"@/etc/passwd", b"%s\\n%d", b"\r\nx\r\n", b"'" * 5_000, b'"' * 5_000, b"-"]


@pytest.mark.parametrize("body", BODIES)
def test_any_bytes_come_again(listener: Listener, body: bytes) -> None:
    run(curl_of(kept(body, "application/octet-stream"), listener.url))
    listener.close()
    assert listener.body == body


def test_headers_and_path(listener: Listener) -> None:
    entry = kept(
        b"a",
        HTTP_SOAPACTION='"urn:$(id)\'x"',
        HTTP_X_EMPTY="",
        HTTP_X_AT="@/etc/passwd",
        HTTP_AUTHORIZATION="Basic eA==",
        HTTP_X_PASSWORD="secret",
        HTTP_HOST="elsewhere",
        REQUEST_URI="/a/../b/[1-3]/{x}/$(id)'?authPassword=secret&x=%20",
        QUERY_STRING="authPassword=secret&x=%20",
    )
    command = curl_of(entry, listener.url)
    assert "\n" not in command
    environ = command.replace("${PASSWORD}", "PW")  # a password that an address can hold
    run(environ)
    listener.close()
    lines = listener.head.split(b"\r\n")
    assert lines[0] == b"POST /a/../b/[1-3]/{x}/$(id)'?authPassword=PW&x=%20 HTTP/1.1"
    assert b'SOAPAction: "urn:$(id)\'x"' in lines
    assert b"X-At: @/etc/passwd" in lines
    assert b"X-Password: PW" in lines
    assert [line for line in lines if line.lower().startswith(b"x-empty:")]
    assert not [line for line in lines if line.lower().startswith(b"authorization")]
    assert b"Content-Type: text/xml; charset=utf-8" in lines


def test_a_call_by_get(listener: Listener) -> None:
    run(curl_of(kept(b"", "", REQUEST_METHOD="GET", REQUEST_URI="/a"), listener.url))
    listener.close()
    assert listener.head.startswith(b"GET /a HTTP/1.1\r\n")
