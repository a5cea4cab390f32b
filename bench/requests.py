"""The requests that are measured, and a client that costs little itself."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence

NAMESPACE = "http://www.smartertools.com/SmarterTrack/Services2/svcTickets.asmx"
PATH = "/Services2/svcTickets.asmx"
USERNAME, PASSWORD = "alice", "alice-pw"

_PARAMETERS = {
    "GetTicketInfo": "<ticketId>1</ticketId>",
    "GetTicketsBySearch": (
        "<searchCriteria><string>DepartmentId=1</string><string>MaxResults=100</string></searchCriteria>"
    ),
    "CreateTicket": (
        "<departmentID>1</departmentID><groupId>1</groupId><userIdOfAgent>0</userIdOfAgent>"
        "<toAddress>customer@example.com</toAddress><subject>Grüße aus Köln</subject>"
        "<body>I cannot log in since Monday.</body><isHtml>false</isHtml><setWaiting>false</setWaiting>"
        "<sendEmail>true</sendEmail>"
    ),
}
OPERATIONS = tuple(_PARAMETERS)


def request(operation: str) -> bytes:
    """Return the whole HTTP request for an operation, SOAP 1.1, keeping the connection."""
    body = (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<soap:Body><{operation} xmlns="{NAMESPACE}"><authUserName>{USERNAME}</authUserName>'
        f"<authPassword>{PASSWORD}</authPassword>{_PARAMETERS[operation]}</{operation}></soap:Body></soap:Envelope>"
    ).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml; charset=utf-8\r\n"
        f'SOAPAction: "{NAMESPACE}/{operation}"\r\nContent-Length: {len(body)}\r\n\r\n'
    )
    return head.encode() + body


class Connection:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        """Send a request."""
        self.socket.sendall(data)

    def receive(self) -> bytes:
        """Return the body of the next answer; AssertionError where it is not a 200."""
        return self.receive_all().partition(b"\r\n\r\n")[2]

    def receive_all(self) -> bytes:
        """Return the next answer, header and body; AssertionError where it is not a 200."""
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        assert head.startswith(b"http/1.1 200"), received[:500]
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(received) < end + 4 + length:
            received += self._more()
        return received

    def _more(self) -> bytes:
        data = self.socket.recv(262144)
        assert data, "the server closed the connection"
        return data

    def close(self) -> None:
        """Close it."""
        self.socket.close()


def run(port: int, data: bytes, *, seconds: float, connections: int) -> tuple[float, Sequence[float]]:
    """Ask again and again over several connections; return requests a second and each request's seconds."""
    kept = [Connection(port) for _ in range(connections)]
    times: list[float] = []
    started: list[float] = []
    for connection in kept:
        started.append(time.perf_counter())
        connection.send(data)
    begin = time.perf_counter()
    end = begin + seconds
    while (now := time.perf_counter()) < end:
        for index, connection in enumerate(kept):
            connection.receive()
            now = time.perf_counter()
            times.append(now - started[index])
            started[index] = now
            connection.send(data)
    elapsed = now - begin
    for connection in kept:
        connection.receive()
        connection.close()
    return len(times) / elapsed, times


def ask(port: int, operation: str) -> bytes:
    """Ask once and return the answer's body."""
    connection = Connection(port)
    connection.send(request(operation))
    body = connection.receive()
    connection.close()
    return body
