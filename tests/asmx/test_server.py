"""HTTP as the server speaks it: nothing gets Waitress's own error page, and every client gets to read its refusal.

Ours.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

import pytest

from smartertrack_emu.asmx.server import create_server
from smartertrack_emu.asmx.wsgi import AsmxApplication

from .probe_service import probe
from .wire import APPLICATION, NAMESPACE, PATH, XML, args, http, raw, serving

SMALL = 100_000
BODY = args("<i>5</i>").encode()
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: h\r\nContent-Type: {XML}\r\nSOAPAction: {NAMESPACE}/Args\r\n".encode()


@pytest.fixture(scope="module")
def small_port() -> Iterator[int]:
    """A server that takes bodies of 100,000 bytes at the most."""
    with serving(AsmxApplication([probe], max_body=SMALL), max_body=SMALL) as port:
        yield port


def check_refusal(answer: bytes, status: int, sentence: str) -> None:
    """Check the last answer on a connection: ours, plain, one sentence, and the connection's last."""
    head, _, body = answer[answer.rindex(b"HTTP/1.") :].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert int(lines[0].split()[1]) == status
    assert "Content-Type: text/plain; charset=utf-8" in lines
    assert "X-Content-Type-Options: nosniff" in lines
    assert "Connection: close" in lines
    assert f"Content-Length: {len(body)}" in lines
    assert body.decode() == f"{sentence}\n"
    assert b"waitress" not in answer.lower()


NOT_HTTP = "The request is not well-formed HTTP."
TOO_LONG = f"The request is longer than {SMALL} bytes."


@pytest.mark.parametrize(
    ("request_", "status", "sentence"),
    [
        pytest.param(b"nonsense\r\n\r\n", 400, NOT_HTTP, id="bad request line"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400, NOT_HTTP, id="TLS"),
        pytest.param(b"get / HTTP/1.1\r\n\r\n", 400, NOT_HTTP, id="method in lower case"),
        pytest.param(b"GET http://[::1/ HTTP/1.1\r\n\r\n", 400, NOT_HTTP, id="brackets that do not close"),
        pytest.param(b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400, NOT_HTTP, id="bad header"),
        pytest.param(b"GET / HTTP/1.1\r\n folded: x\r\n\r\n", 400, NOT_HTTP, id="folded first header"),
        pytest.param(HEAD + b"Content-Length: -5\r\n\r\n", 400, NOT_HTTP, id="negative length"),
        pytest.param(HEAD + b"Content-Length: 5, 5\r\n\r\n12345", 400, NOT_HTTP, id="two lengths"),
        pytest.param(HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400, NOT_HTTP, id="5,000-digit length"),
        pytest.param(
            HEAD + b"Content-Length: " + b"9" * 18 + b"\r\n\r\n", 413, TOO_LONG, id="an exabyte, none of it sent"
        ),
        pytest.param(HEAD + b"Content-Length: 100001\r\n\r\n" + b"x" * 100_001, 413, TOO_LONG, id="a byte too long"),
        pytest.param(
            HEAD
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + b"10000\r\n"
            + b"x" * 65536
            + b"\r\n10000\r\n"
            + b"x" * 65536,
            413,
            TOO_LONG,
            id="chunks too long",
        ),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400, NOT_HTTP, id="bad chunk size"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", 400, NOT_HTTP, id="chunk too long"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;=\r\n", 400, NOT_HTTP, id="bad chunk extension"),
        pytest.param(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 90_000, 400, NOT_HTTP, id="endless chunk line"
        ),
        pytest.param(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 15_000,
            400,
            NOT_HTTP,
            id="endless trailer",
        ),
        pytest.param(
            HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
            501,
            "The transfer encoding of the request is not known here; chunked is.",
            id="unknown transfer encoding",
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\n" + b"X: " + b"x" * 300_000 + b"\r\n\r\n",
            431,
            "The header of the request is too long.",
            id="oversized header",
        ),
        pytest.param(
            b"GET /" + b"x" * 300_000 + b" HTTP/1.1\r\n\r\n",
            431,
            "The header of the request is too long.",
            id="oversized request line",
        ),
    ],
)
def test_refused_before_the_application(small_port: int, request_: bytes, status: int, sentence: str) -> None:
    check_refusal(raw(small_port, request_, half_close=True), status, sentence)
    check_refusal(raw(small_port, BODY_CALL, request_, half_close=True), status, sentence)
    assert b"i=5" in raw(small_port, BODY_CALL, half_close=True), "the next call is answered"


BODY_CALL = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY


@pytest.mark.parametrize("sent", [b"GET / HT", HEAD, BODY_CALL[:-10]], ids=["request line", "header", "body"])
def test_a_request_cut_short_is_answered(small_port: int, sent: bytes) -> None:
    check_refusal(raw(small_port, sent, half_close=True), 400, "The request ended before it was whole.")


def test_a_body_longer_than_its_length(small_port: int) -> None:
    """What follows is another request, and no good one."""
    head = HEAD + b"Content-Length: %d\r\n\r\n" % (len(BODY) - 20)
    answer = raw(small_port, head + BODY + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    check_refusal(answer, 400, NOT_HTTP)


def test_a_refused_client_may_finish_sending(small_port: int) -> None:
    """Most clients send all before they read: they must not find a broken connection instead of 413."""
    length = 30_000_000
    answer = raw(small_port, HEAD + b"Content-Length: %d\r\n\r\n" % length, *[b"x" * 1_000_000] * (length // 1_000_000))
    check_refusal(answer, 413, TOO_LONG)


def test_expect_100_continue(small_port: int) -> None:
    head = HEAD + b"Expect: 100-continue\r\n"
    with socket.create_connection(("127.0.0.1", small_port), timeout=10) as connection:
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(BODY))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        connection.shutdown(socket.SHUT_WR)
        assert b" i=5 " in connection.makefile("rb").read()
    assert b" i=5 " in raw(small_port, head + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY, half_close=True)
    for length, status in ((0, b"400"), (200_000, b"413")):
        answer = raw(small_port, head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % length)
        assert answer.startswith(b"HTTP/1.1 " + status)


def test_an_idle_request_times_out() -> None:
    with serving(idle_timeout=1) as port:
        check_refusal(raw(port, HEAD), 408, "The request did not arrive in time.")
        assert raw(port) == b"", "a connection on which nothing was asked is just closed"


def test_connection_close_is_echoed(small_port: int) -> None:
    for version in (b"1.1", b"1.0"):
        head = HEAD.replace(b"HTTP/1.1", b"HTTP/" + version)
        answer = raw(small_port, head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)
        assert b"\r\nConnection: close\r\n" in answer
    kept = http(small_port, "POST", PATH, body=BODY, headers={"Content-Type": XML})
    assert "Connection" not in kept.headers
    assert "Server" not in kept.headers


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", PATH, {"Content-Type": XML, "SOAPAction": f"{NAMESPACE}/Args"}, 200),
        ("POST", PATH, {"Content-Type": XML, "SOAPAction": "nothing"}, 500),
        ("POST", PATH, {"Content-Type": "application/json"}, 500),
        ("POST", PATH, {"Content-Type": "text/plain"}, 415),
        ("GET", f"{PATH}/Nowhere", {}, 500),
        ("GET", f"{PATH}?WSDL", {}, 200),
        ("GET", PATH, {}, 200),
        ("GET", "/nowhere", {}, 404),
        ("PUT", PATH, {}, 405),
    ],
)
def test_nobody_keeps_or_guesses_at_an_answer(
    small_port: int, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = http(small_port, method, path, body=BODY if method == "POST" else None, headers=headers)
    assert answer.status == status
    # The first two words are what ASP.NET sends.
    assert answer.headers["Cache-Control"] == "private, max-age=0, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_proxy_headers_change_nothing(small_port: int) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Host": "desk.example"}
    assert b'location="http://desk.example/' in http(small_port, "GET", f"{PATH}?WSDL", headers=headers).body


def test_an_error_of_the_application_is_one_sentence(caplog: pytest.LogCaptureFixture) -> None:
    def broken(environ: object, start_response: object) -> list[bytes]:
        message = "secret"
        raise LookupError(message)

    with caplog.at_level(logging.CRITICAL), serving(broken) as port:
        answer = raw(port, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    check_refusal(answer, 500, "The request could not be answered. The error has been logged.")


def test_sockets_may_be_given() -> None:
    listening = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    server = create_server(APPLICATION, sockets=listening, threads=1)
    assert len(server.listeners) == 2
    server.close()
