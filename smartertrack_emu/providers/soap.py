"""Calling an ASMX service elsewhere: zeep over HTTP that never waits longer than it was told to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import zeep
import zeep.exceptions
from lxml import etree
from urllib3.exceptions import HTTPError

_LARGEST_ANSWER = 64 * 1024 * 1024
_AT_ONCE = 64 * 1024
_LONGEST_SENTENCE = 300


class NotAnsweredError(Exception):
    """A call that came to nothing; the message goes on from the other side's name: `cannot be reached`."""


class RefusedError(Exception):
    """The other side said no; the message is its own sentence."""


class SoapService:
    """One service of another installation, as a user of it; reads its description there first.

    `timeout_seconds`: how long each answer may take, from the first byte sent to the last one received.
    """

    def __init__(self, url: str, username: str, password: str, *, timeout_seconds: float) -> None:
        self._credentials = (username, password)
        with _Told(timeout_seconds):
            self._client = zeep.Client(f"{url}?WSDL", transport=_Transport(timeout_seconds))
        name = next((name for name in self._client.wsdl.bindings if name.endswith("Soap")), None)
        if name is None:
            raise NotAnsweredError("describes no SOAP 1.1 service")
        self._operations = self._client.wsdl.bindings[name].all()
        # The address registered here, not the one that the description was reached by or configured with.
        self._service = self._client.create_service(name, url)
        self._timeout = timeout_seconds

    def call(self, operation: str, /, **values: Any) -> Any:
        """Call an operation by its wire names; plain lists are wrapped. NotAnsweredError, RefusedError."""
        if operation not in self._operations:
            raise NotAnsweredError(f"has no operation {operation}")
        elements = dict(self._operations[operation].input.body.type.elements)
        sent = {name: _wrapped(elements[name], value) for name, value in values.items()}
        with _Told(self._timeout):
            answer = getattr(self._service, operation)(*self._credentials, **sent)
        if answer is None or not hasattr(answer, "Result"):
            raise NotAnsweredError(f"gave no result of {operation}")
        if not answer.Result:
            raise RefusedError(_short(answer.Message) or f"{operation} failed without a reason")
        return answer

    def items(self, operation: str, member: str, /, **values: Any) -> list[Any]:
        """Call an operation and return the items of a list in its result."""
        array = getattr(self.call(operation, **values), member)
        if array is None:
            return []
        (found,) = array.__values__.values()
        return list(found or [])


def _wrapped(element: Any, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    ((item, _),) = element.type.elements
    return {item: value}


class _Told:
    """Turns whatever zeep, requests and lxml can raise into one sentence."""

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout = timeout_seconds

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, (requests.Timeout, HTTPError)):
            raise NotAnsweredError(f"did not answer within {self._timeout:g} seconds") from error
        if isinstance(error, requests.RequestException):
            raise NotAnsweredError("cannot be reached") from error
        if isinstance(error, zeep.exceptions.Fault):
            raise NotAnsweredError(f"answered with an error: {_short(error.message)}") from error
        if isinstance(error, (zeep.exceptions.Error, etree.LxmlError, ValueError, LookupError, TypeError)):
            raise NotAnsweredError("answered something that is not understood") from error


def _short(sentence: str | None) -> str:
    return (sentence or "").strip()[:_LONGEST_SENTENCE]


@dataclass(frozen=True, slots=True)
class _Reply:
    """What zeep looks at of an HTTP response."""

    status_code: int
    headers: Any
    content: bytes
    encoding: str | None


class _Transport:
    """The part of zeep's transport that it uses, without its log lines, which would hold passwords.

    Every exchange has a connection of its own and a deadline: a side that answers a byte now and then is slow too.
    """

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout = timeout_seconds

    def load(self, url: str) -> bytes:
        """Fetch a description; only from the network, whatever a description refers to."""
        if urlsplit(url).scheme not in {"http", "https"}:
            raise requests.exceptions.InvalidSchema(url)
        reply = self._exchange("GET", url)
        if reply.status_code != requests.codes.ok:
            raise requests.HTTPError(f"status {reply.status_code}")
        return reply.content

    def post_xml(self, address: str, envelope: Any, headers: dict[str, str]) -> _Reply:
        """Send an envelope and return the reply, whatever its status."""
        body: bytes = etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
        return self._exchange("POST", address, data=body, headers=headers)

    def _exchange(self, method: str, url: str, **options: Any) -> _Reply:
        deadline = time.monotonic() + self._timeout
        with requests.request(
            method, url, timeout=self._timeout, stream=True, allow_redirects=False, **options
        ) as response:
            content = bytearray()
            while piece := response.raw.read1(_AT_ONCE, decode_content=True):
                content += piece
                if len(content) > _LARGEST_ANSWER:
                    raise ValueError("the answer is too long")
                if time.monotonic() > deadline:
                    raise requests.Timeout
            return _Reply(response.status_code, response.headers, bytes(content), response.encoding)
