"""Evidence: ours. What a client gets through the proxy is what the installation has sent, byte for byte."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
import suds.client
import zeep

from tests.services.api import Api, RunningServer

from .conftest import answering, passing, talking

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/Services2/svcTickets.asmx"
ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soap:Body><GetTicketInfo xmlns="http://www.smartertools.com/SmarterTrack/Services2/svcTickets.asmx">'
    "<authUserName>alice</authUserName><authPassword>alice-pw</authPassword><ticketId>1</ticketId></GetTicketInfo>"
    "</soap:Body></soap:Envelope>"
)


def raw(url: str, data: bytes) -> bytes:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall(data)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


def lasting(answer: bytes) -> list[bytes]:
    """What an answer holds, without what no two answers have in common."""
    head, _, body = answer.partition(b"\r\n\r\n")
    changing = (b"date:", b"x-request-id:", b"connection:")
    return [*(line for line in head.split(b"\r\n") if not line.lower().startswith(changing)), body]


REQUESTS = {
    "SOAP": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\n"
    f"Content-Length: {len(ENVELOPE)}\r\nConnection: close\r\n\r\n{ENVELOPE}",
    "chunks": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml; charset=utf-8\r\n"
    f"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{len(ENVELOPE):x}\r\n{ENVELOPE}\r\n0\r\n\r\n",
    "no XML": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n"
    "Connection: close\r\n\r\nhello",
    "HTTP GET": f"GET {PATH}/PingService?authUserName=alice&authPassword=a%2bb%20c HTTP/1.1\r\nHost: x\r\n"
    "Connection: close\r\n\r\n",
    "nothing there": "GET /nowhere?a=%C3%A4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "HEAD": f"HEAD {PATH}/PingService HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "another method": f"PUT {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
    "bytes without escapes": f"GET {PATH}/PingService?authUserName=\u00e4&authPassword=x HTTP/1.1\r\nHost: x\r\n"
    "Connection: close\r\n\r\n",
    "HTTP/1.0": "GET /healthz HTTP/1.0\r\n\r\n",
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_bytes_are_unchanged(installation: RunningServer, kind: str) -> None:
    data = REQUESTS[kind].encode()
    with passing(installation.url) as url:
        through, direct = raw(url, data), raw(installation.url, data)
    assert lasting(through) == lasting(direct)
    assert through.startswith(b"HTTP/1.")


def test_headers_keep_their_spelling_and_order(tmp_path: Path) -> None:
    head = (
        b"HTTP/1.1 200 Everything fine\r\nserver: Microsoft-IIS/10.0\r\nX-aspNet-VERSION: 4.0\r\nA: 1\r\n"
        b"Content-Length: 2\r\nZ: 2\r\n\r\nok"
    )
    with talking(head) as there, passing(there) as url:
        answer = raw(url, b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert lasting(answer) == lasting(head)


def test_requests_keep_theirs() -> None:
    seen: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            seen.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    port = listener.getsockname()[1]
    sent = (
        'GET /a%20b?c=d HTTP/1.1\r\nSOAPaction: "x"\r\nhost: proxy\r\nX-one: 1\r\nKeep-Alive: 5\r\nX-hop: 3\r\n'
        "Connection: close, x-hop\r\nx-Two: 2\r\n\r\n"
    )
    with passing(f"http://127.0.0.1:{port}/prefix/") as url:
        assert raw(url, sent.encode()).startswith(b"HTTP/1.1 204 No Content\r\n")
    thread.join()
    listener.close()
    assert seen == [
        b'GET /prefix/a%20b?c=d HTTP/1.1\r\nSOAPaction: "x"\r\nhost: 127.0.0.1:'
        + str(port).encode()
        + b"\r\nX-one: 1\r\nx-Two: 2\r\n\r\n"
    ]


def test_a_connection_is_kept(installation: RunningServer) -> None:
    one = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {len(ENVELOPE)}\r\n"
    data = f"{one}\r\n{ENVELOPE}{one}Connection: close\r\n\r\n{ENVELOPE}"
    with passing(installation.url) as url:
        assert raw(url, data.encode()).count(b"HTTP/1.1 200 OK\r\n") == 2


def test_an_answer_without_a_length(installation: RunningServer) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    for said in (chunked, b"HTTP/1.0 200 OK\r\n\r\nabcde"):
        with talking(said) as there, passing(there) as url, requests.Session() as http:
            for _ in range(2):
                assert http.get(f"{url}/x", timeout=5).content == b"abcde"


def test_compressed_answers_stay_so() -> None:
    packed = gzip.compress(b"hello" * 100, mtime=0)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))])
        return [packed]

    with answering(answer) as there, passing(there) as url:
        assert packed in raw(url, b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")


def test_zeep_by_the_proxys_wsdl(installation: RunningServer) -> None:
    with passing(installation.url) as url:
        client = zeep.Client(f"{url}{PATH}?WSDL")
        assert client.service._binding_options["address"] == f"{url}{PATH}"
        assert client.service.GetTicketInfo("alice", "alice-pw", 1).Result is True
        api = Api(installation)
        direct = api.tickets("alice").GetTicketInfo(1)
        api.url = url
        assert str(api.tickets("alice").GetTicketInfo(1)) == str(direct)
        api.http.close()
        client.transport.session.close()


def test_suds_by_the_proxys_wsdl(installation: RunningServer) -> None:
    with passing(installation.url) as url:
        client = suds.client.Client(f"{url}{PATH}?WSDL", cache=None)
        assert client.service.GetTicketInfo("alice", "alice-pw", 1).Result is True


def test_long_requests_and_answers(installation: RunningServer) -> None:
    length = 6 * 1024 * 1024

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    passed: list[Any] = []
    body = bytes(range(256)) * (length // 256)
    with answering(answer) as there, passing(there, passed.append) as url:
        assert requests.post(f"{url}{PATH}", data=body, timeout=20).content == body
    assert passed == [None]  # too long to be kept


class TestWhatFails:
    def refused(self, to: str, **options: Any) -> requests.Response:
        with passing(to, **options) as url:
            return requests.post(f"{url}{PATH}", data=b"<x/>", timeout=10)

    def test_nothing_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        answer = self.refused(f"http://127.0.0.1:{port}")
        assert answer.status_code == 502
        assert answer.text == f"http://127.0.0.1:{port} cannot be reached: nothing takes connections there.\n"

    def test_no_such_host(self) -> None:
        answer = self.refused("http://no-such-host.invalid")
        assert (answer.status_code, answer.text) == (
            502,
            "There is no host of the name in http://no-such-host.invalid.\n",
        )

    def test_it_does_not_answer(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            answer = self.refused(f"http://127.0.0.1:{silent.getsockname()[1]}", answer_seconds=0.1)
        assert answer.status_code == 504
        assert answer.text.endswith("does not answer in time.\n")

    @pytest.mark.parametrize("said", [b"", b"no HTTP\r\n\r\n"])
    def test_it_speaks_no_http(self, said: bytes) -> None:
        with talking(said) as there:
            answer = self.refused(there)
        assert answer.status_code == 502
        assert answer.text.endswith("closed the connection before its answer was whole.\n")

    def test_it_stops_in_the_middle(self) -> None:
        with talking(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") as there, passing(there) as url:
            answer = raw(url, b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"Error" not in answer
        assert not answer or answer.endswith(b"\r\n\r\nhalf")


def test_tls(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        listener.settimeout(0.05)
        while not stop.is_set():
            try:
                plain, _ = listener.accept()
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            except OSError:
                continue

    thread = threading.Thread(target=serve)
    thread.start()
    there = f"https://localhost:{listener.getsockname()[1]}"
    ask: Callable[[str], requests.Response] = lambda url: requests.get(f"{url}/x", timeout=10)  # noqa: E731
    with passing(there) as url:
        answer = ask(url)
        assert answer.status_code == 502
        assert "--ca FILE" in answer.text
    with passing(there, ca_file=certificate[0]) as url:
        assert ask(url).text == "ok"
    with passing(there, verify=False) as url:
        assert ask(url).text == "ok"
    stop.set()
    thread.join()
    listener.close()
