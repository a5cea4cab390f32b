"""Calling an operation of svcTickets over a bare connection, in each protocol, so that every byte is seen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Literal
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import escape

Protocol = Literal["soap11", "soap12", "get", "post"]
PROTOCOLS: tuple[Protocol, ...] = ("soap11", "soap12", "get", "post")

_PATH = "/Services2/svcTickets.asmx"
_NAMESPACE = "http://www.smartertools.com/SmarterTrack/Services2/svcTickets.asmx"
_ENVELOPES = {
    "soap11": ("http://schemas.xmlsoap.org/soap/envelope/", "text/xml; charset=utf-8"),
    "soap12": ("http://www.w3.org/2003/05/soap-envelope", "application/soap+xml; charset=utf-8"),
}
TICKET = {
    "departmentID": "1",
    "groupId": "1",
    "userIdOfAgent": "4",
    "toAddress": "customer@example.com",
    "subject": "Printer on fire",
    "body": "It burns.",
    "isHtml": "false",
    "setWaiting": "false",
    "sendEmail": "false",
}
DEFAULTS = {"CreateTicket": TICKET, "PingService": {"dataUsername": ""}}


@dataclass(frozen=True)
class Seen:
    """An answer as it came: `is_whole` says whether as many bytes came as its Content-Length says."""

    status: int
    content_type: str
    body: bytes
    length: int

    @property
    def is_whole(self) -> bool:
        return len(self.body) == self.length

    @property
    def text(self) -> str:
        return self.body.decode()

    def member(self, name: str) -> str:
        """Return the text of an element of the result."""
        found = re.search(rf"<{name}(?: [^>]*)?>([^<]*)</{name}>", self.text)
        return "" if found is None else found[1]


def call(
    url: str,
    protocol: Protocol = "soap11",
    operation: str = "CreateTicket",
    *,
    username: str = "alice",
    **given: str,
) -> Seen:
    """Call an operation as a user of the seed file; what http.client raises where no answer comes."""
    values = {**DEFAULTS.get(operation, {}), **given}
    name = "authUsername" if operation == "PingService" else "authUserName"
    credentials = {name: username, "authPassword": f"{username}-pw"}
    method, path, body, headers = _request(protocol, operation, credentials | values)
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        length = int(response.headers["Content-Length"])
        response.length = None  # read what comes, not what was said to come
        return Seen(response.status, response.headers["Content-Type"], response.read(), length)
    finally:
        connection.close()


def _request(protocol: Protocol, operation: str, values: dict[str, str]) -> tuple[str, str, str | None, dict[str, str]]:
    if protocol in _ENVELOPES:
        namespace, content_type = _ENVELOPES[protocol]
        inputs = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
        body = (
            f'<s:Envelope xmlns:s="{namespace}"><s:Body><{operation} xmlns="{_NAMESPACE}">{inputs}</{operation}>'
            "</s:Body></s:Envelope>"
        )
        headers = {"Content-Type": content_type, "Connection": "close"}
        if protocol == "soap11":
            headers["SOAPAction"] = f'"{_NAMESPACE}/{operation}"'
        return "POST", _PATH, body, headers
    form = urlencode(values)
    if protocol == "get":
        return "GET", f"{_PATH}/{operation}?{form}", None, {"Connection": "close"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    return "POST", f"{_PATH}/{operation}", form, headers
