"""Ways to speak to the probe service: in process through WSGI, over HTTP, and over a bare socket."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from io import BytesIO
from typing import Any

from smartertrack_emu.asmx.faults import SOAP11, SOAP12
from smartertrack_emu.asmx.server import create_server
from smartertrack_emu.asmx.wsgi import AsmxApplication

from .probe_service import probe

PATH = "/Services2/svcProbe.asmx"
NAMESPACE = probe.namespace
XML = "text/xml; charset=utf-8"
SOAP_XML = "application/soap+xml; charset=utf-8"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def dump(self) -> dict[str, str]:
        """What Args says it read."""
        assert self.status == 200, self.text
        content = re.search("<Dump>(.*)</Dump>", self.text, re.DOTALL)
        assert content is not None, self.text
        pairs = re.findall(r"(?:^| )(s|i|b|d|n|nd|a|data|x|l|h|c|inner)=(.*?)(?= \w+=|$)", content[1], re.DOTALL)
        return dict(pairs)

    @property
    def fault(self) -> str:
        """The sentence of a fault, of either version."""
        assert self.status == 500, self.text
        words = re.search("<faultstring>(.*)</faultstring>|<soap:Text [^>]*>(.*)</soap:Text>", self.text, re.DOTALL)
        assert words is not None, self.text
        return words[1] or words[2]


def envelope(content: str, *, namespace: str = SOAP11, header: str = "", declaration: str = "") -> str:
    """Wrap the content of a Body."""
    return (
        f'{declaration}<e:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:e="{namespace}">{header}<e:Body>{content}</e:Body>'
        "</e:Envelope>"
    )


def args(content: str, **options: str) -> str:
    """Wrap inputs of Args in an envelope."""
    return envelope(f'<Args xmlns="{NAMESPACE}">{content}</Args>', **options)


def args12(content: str) -> str:
    """Wrap inputs of Args in an envelope of SOAP 1.2."""
    return args(content, namespace=SOAP12)


def environ_of(
    method: str, path: str, *, query: str = "", body: bytes = b"", headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Make the WSGI environment of a request."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
    }
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in (headers or {}).items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ


APPLICATION = AsmxApplication([probe])


def run(environ: dict[str, Any], application: Callable[..., Iterable[bytes]] = APPLICATION) -> Answer:
    """Answer a request in this thread."""
    began: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Any:
        began.append((status, headers))

    body = b"".join(application(environ, start_response))
    ((status, headers),) = began
    return Answer(int(status.split()[0]), dict(headers), body)


def post(
    body: str | bytes,
    *,
    action: str | None = f'"{NAMESPACE}/Args"',
    content_type: str | None = XML,
    path: str = PATH,
    query: str = "",
    **headers: str,
) -> Answer:
    """POST to the probe service in process."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if action is not None:
        given["SOAPAction"] = action
    if content_type is not None:
        given["Content-Type"] = content_type
    content = body.encode() if isinstance(body, str) else body
    return run(environ_of("POST", path, query=query, body=content, headers=given))


def get(path: str, query: str = "", method: str = "GET") -> Answer:
    """GET in process."""
    return run(environ_of(method, path, query=query))


@contextmanager
def serving(application: Any = APPLICATION, **options: Any) -> Iterator[int]:
    """Serve from a thread and give the port."""
    server = create_server(application, host="127.0.0.1", port=0, threads=2, **options)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.stop()
        thread.join()
        server.close()


def http(
    port: int, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """Ask over HTTP on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def raw(port: int, *pieces: bytes, half_close: bool = False) -> bytes:
    """Send bytes as they are and return all that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        answer = bytearray()
        while data := connection.recv(65536):
            answer += data
    return bytes(answer)
