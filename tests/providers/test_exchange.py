"""HTTP that is over by a deadline, whatever the other side does: ours."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from smartertrack_emu.providers import exchange as module
from smartertrack_emu.providers.exchange import Deadline, Reply, TooLongError, exchange, origin
from tests.providers.hostile import Behaviour, Visitor, listening, sending

PATIENCE = 30.0
IMPATIENCE = 0.3
"""Seconds: more than any answer takes here, and less than the slow ones take."""

LARGEST = 100_000


def get(url: str, seconds: float = PATIENCE, **options: Any) -> Reply:
    return exchange("GET", url, Deadline.after(seconds), largest=LARGEST, **options)


def silence(visitor: Visitor) -> None:
    visitor.stopping.wait()


def test_a_request_and_its_answer() -> None:
    with listening(lambda visitor: visitor.answer("<a/>", "X-Other: b")) as server:
        reply = exchange("POST", f"{server.url}/ü b?c=ß", Deadline.after(PATIENCE), largest=4, body=b"hello")
    assert (reply.status, reply.content, reply.headers["x-other"]) == (200, b"<a/>", "b")
    (asked,) = server.asked
    assert asked.body == b"hello"
    assert asked.head.splitlines() == [
        "POST /%C3%BC%20b?c=%C3%9F HTTP/1.1",
        f"Host: {server.url.removeprefix('http://')}",
        "Accept-Encoding: identity",
        "Content-Length: 5",
        "Connection: close",
    ]


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(silence, id="silence"),
        pytest.param(sending(slowly=b"H"), id="status line"),
        pytest.param(sending(b"HTTP/1.1 200 OK\r\n", slowly=b"A: b\r\n"), id="headers"),
        pytest.param(sending(slowly=b"HTTP/1.1 100 Continue\r\n\r\n"), id="never final"),
        pytest.param(sending(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", slowly=b"<"), id="body"),
        pytest.param(
            sending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", slowly=b"1\r\n<\r\n"), id="chunks"
        ),
        pytest.param(
            sending(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", slowly=b"A: b\r\n"), id="trailers"
        ),
    ],
)
def test_a_byte_now_and_then_keeps_nobody_waiting(behave: Behaviour) -> None:
    with listening(behave) as server, pytest.raises(TimeoutError):
        get(server.url, IMPATIENCE)
    assert server.asked[0].path == "/"


def test_a_side_that_does_not_read_what_it_is_sent() -> None:
    body = bytes(64 << 20)  # more than the buffers between both sides hold
    with listening(silence, reads=False) as server, pytest.raises(TimeoutError):
        exchange("POST", server.url, Deadline.after(IMPATIENCE), largest=LARGEST, body=body)


def test_a_deadline_that_is_over_begins_nothing() -> None:
    with listening(silence) as server, pytest.raises(TimeoutError):
        get(server.url, 0)
    assert server.asked == []


def endlessly(head: bytes, piece: bytes) -> Behaviour:
    def behave(visitor: Visitor) -> None:
        visitor.send(head)
        while not visitor.stopping.is_set():
            visitor.send(piece)

    return behave


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(endlessly(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096), id="until the end"),
        pytest.param(
            endlessly(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"9\r\nxxxxxxxxx\r\n"), id="chunks"
        ),
        pytest.param(sending(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", slowly=b"x"), id="announced"),
        pytest.param(sending(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * (LARGEST + 1)), id="one byte more"),
    ],
)
def test_no_more_is_read_than_was_allowed(behave: Behaviour) -> None:
    with listening(behave) as server, pytest.raises(TooLongError):
        get(server.url)


def test_as_much_as_was_allowed() -> None:
    with listening(sending(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * LARGEST)) as server:
        assert len(get(server.url).content) == LARGEST


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_whole_answer(sent: bytes) -> None:
    with listening(sending(sent)) as server, pytest.raises((HTTPException, OSError)):
        get(server.url)


def test_a_redirect_is_not_followed() -> None:
    with listening(lambda visitor: visitor.answer("<a/>")) as elsewhere:
        location = f"Location: {elsewhere.url}"
        with listening(lambda visitor: visitor.answer("", location, status="302 Found")) as server:
            assert get(server.url).status == 302
    assert elsewhere.asked == []


def test_neither_proxies_nor_netrc_are_heeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        listening(lambda visitor: visitor.answer("proxy")) as proxy,
        listening(lambda visitor: visitor.answer("server")) as server,
    ):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
        monkeypatch.setenv("NETRC", str(netrc))
        assert get(server.url).content == b"server"
    assert proxy.asked == []
    assert "authorization" not in server.asked[0].head.lower()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://", "//127.0.0.1", "", "http://x:y/"])
def test_what_is_no_address_of_http(url: str) -> None:
    with pytest.raises(ValueError):
        get(url)


@pytest.mark.parametrize("url", [f"http://{'a' * 64}.invalid/", "http://a..b/"])
def test_what_cannot_be_a_name(url: str) -> None:
    with pytest.raises(OSError):
        get(url)


def test_origins() -> None:
    assert origin("http://Example.ORG/a") == origin("http://example.org:80/b?c") == ("http", "example.org", 80)
    assert origin("https://[::1]/") == ("https", "::1", 443)
    assert origin("http://u:p@example.org:8080") == ("http", "example.org", 8080)


def test_the_next_address_is_tried_and_the_deadline_is_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = closed.getsockname()
    with listening(lambda visitor: visitor.answer("here")) as server:
        here = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address) for address in (nobody, here)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert get("http://two.example").content == b"here"
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found[:1])
        with pytest.raises(ConnectionRefusedError):
            get("http://one.example")
        with pytest.raises(TimeoutError):
            get("http://late.example", 0)


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that signed itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(autouse=True)
def _fresh_context() -> Iterator[None]:
    module._context.cache_clear()
    yield
    module._context.cache_clear()


@contextmanager
def speaking_tls(certificate: Path, then: Callable[[ssl.SSLSocket], None]) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def behave(visitor: Visitor) -> None:
        with suppress(ssl.SSLError), context.wrap_socket(visitor.connection, server_side=True) as connection:
            then(connection)

    with listening(behave, reads=False) as server:
        yield server.url.replace("http:", "https:")


def test_a_certificate_that_nobody_trusts(certificate: Path) -> None:
    heard = threading.Event()
    with speaking_tls(certificate, lambda _: heard.set()) as url, pytest.raises(ssl.SSLCertVerificationError):
        get(url)
    assert not heard.is_set()


def test_a_certificate_that_is_trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(connection: ssl.SSLSocket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with speaking_tls(certificate, answer) as url:
        assert get(url).content == b"hello"
        with pytest.raises(ssl.SSLCertVerificationError):
            get(url.replace("127.0.0.1", "localhost"))  # whose certificate it is not


def test_a_handshake_that_never_ends() -> None:
    with listening(silence, reads=False) as server, pytest.raises(TimeoutError):
        get(server.url.replace("http:", "https:"), IMPATIENCE)
