"""The WSGI application that serves a set of services, at the paths and with the HTTP manners of ASP.NET."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from importlib import resources
from typing import TYPE_CHECKING
from wsgiref.util import application_uri

from . import forms, urlencoded
from .declare import Service
from .dispatch import Content, Endpoint, Reply, parse_content_type
from .faults import BusyError
from .limits import XmlLimits
from .parsing import BodyParser
from .wsdl import write_disco, write_wsdl

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

_PATH = re.compile(r"/services2?/(?P<service>\w+)\.asmx(?:/(?P<operation>[^/]*))?/?\Z", re.IGNORECASE)
_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    411: "Length Required",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
_XML = "text/xml; charset=utf-8"
_PLAIN = "text/plain; charset=utf-8"
_FORM = "application/x-www-form-urlencoded"
_HEADERS = [
    # ASMX's own words, and that nobody may keep what may hold a customer's.
    ("Cache-Control", "private, max-age=0, no-store"),
    ("X-Content-Type-Options", "nosniff"),
]
_PAGE_HEADERS = [
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
]

DEFAULT_MAX_BODY = 64 * 1024 * 1024
"""Bytes of a request's body, unless told otherwise."""


class AsmxApplication:
    """Serves services under /Services2/NAME.asmx and /Services/NAME.asmx in any letter case.

    What is none of its paths goes to `otherwise`, or is answered with 404. So does a GET for a page about a service
    (its own path, an `?op=`); without `otherwise` a sentence says where its WSDL is. `takes_forms`: whether operations
    may be called by HTTP GET and HTTP POST too, not by SOAP alone. For those around it, it notes in the environment
    what was called: `asmx.service`, `asmx.called` (an operation that there is), `asmx.protocol` (soap11, soap12, get,
    post), `asmx.reason` (what is wrong with a body that got an empty 400).
    """

    def __init__(
        self,
        services: Sequence[Service],
        *,
        max_body: int = DEFAULT_MAX_BODY,
        limits: XmlLimits | None = None,
        takes_forms: bool = True,
        otherwise: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]] | None = None,
    ) -> None:
        parser = BodyParser(limits or XmlLimits())
        self._endpoints = {
            service.name.lower(): Endpoint(service, parser, takes_forms=takes_forms) for service in services
        }
        self._max_body = max_body
        self._otherwise = otherwise

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        match = _PATH.match(environ.get("PATH_INFO", ""))
        endpoint = self._endpoints.get(match["service"].lower()) if match else None
        is_elsewhere = match is None or endpoint is None or _is_page(match["operation"], environ)
        if is_elsewhere and self._otherwise is not None:
            return self._otherwise(environ, start_response)
        if match is None or endpoint is None:
            reply = Reply(404, _PLAIN, b"There is no such page.\n")
        else:
            try:
                reply = self._answer(endpoint, match["operation"], environ)
            except BusyError as error:
                reply = Reply(429, _PLAIN, f"{error}\n".encode())
            except Exception:
                logger.exception("unexpected error while answering")
                reply = Reply(500, _PLAIN, b"The request could not be answered. The error has been logged.\n")
            environ["asmx.service"] = endpoint.service.name
            if reply.operation:
                environ["asmx.operation"] = f"{endpoint.service.name}.{reply.operation}"
                if reply.operation in endpoint.operations:
                    environ["asmx.called"] = reply.operation
        return _send(reply, environ, start_response)

    def _answer(self, endpoint: Endpoint, operation: str | None, environ: WSGIEnvironment) -> Reply:
        method = environ["REQUEST_METHOD"]
        if method in ("GET", "HEAD"):
            if operation:
                environ["asmx.protocol"] = "get"
                query = environ.get("QUERY_STRING", "")
                return forms.call(endpoint, operation, Content(query.encode("latin-1", "replace")), environ)
            return _document(endpoint, environ)
        if method != "POST":
            return Reply(405, _PLAIN, f"{method} is not answered here; GET and POST are.\n".encode())
        content = self._read_body(environ, is_form=bool(operation))
        if isinstance(content, Reply):
            return content
        reply = _post(endpoint, operation, content, environ)
        content.let_go()
        return reply

    def _read_body(self, environ: WSGIEnvironment, *, is_form: bool) -> Content | Reply:
        """Return the whole body, or what refuses it: too long, compressed, or shorter than it says."""
        if environ.get("HTTP_CONTENT_ENCODING", "identity").lower() not in ("", "identity"):
            return Reply(415, _PLAIN, b"Compressed request bodies are not read here.\n")
        try:
            length = int(environ.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = -1
        if length < 0:
            return Reply(400, _PLAIN, b"The Content-Length is not a number.\n")
        # What is read of a form may grow: it has a limit of its own.
        most = min(self._max_body, urlencoded.LONGEST) if is_form else self._max_body
        if length > most:
            return Reply(413, _PLAIN, f"The request is longer than {most} bytes.\n".encode())
        content = Content(environ["wsgi.input"].read(length) if length else b"")
        if "asmx.keep" in environ:  # somebody around us wants to see the beginning of what was sent
            environ["asmx.body"] = content.data[: environ["asmx.keep"]]
            environ["asmx.length"] = content.length
        if content.length < length:
            return Reply(400, _PLAIN, b"The body is shorter than its Content-Length.\n")
        return content


def _post(endpoint: Endpoint, operation: str | None, content: Content, environ: WSGIEnvironment) -> Reply:
    """Answer a POST of a form or an envelope."""
    content_type = environ.get("CONTENT_TYPE", "")
    media_type = parse_content_type(content_type).media_type
    if operation:
        environ["asmx.protocol"] = "post"
        if media_type != _FORM and endpoint.takes_forms:
            return Reply(500, _PLAIN, f"Request format is invalid: {content_type}.\n".encode())
        return forms.call(endpoint, operation, content, environ)
    if media_type == "application/json":
        return Reply(500, "text/html", _runtime_error_page())
    return endpoint.soap(content, content_type, environ.get("HTTP_SOAPACTION"), environ)


def _is_page(operation: str | None, environ: WSGIEnvironment) -> bool:
    """Say whether a request to a service is for a page about it."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or operation:
        return False
    return _word(environ) not in ("wsdl", "disco")


def _word(environ: WSGIEnvironment) -> str:
    """Return what the query begins with: WSDL, wsdl=1 and wsdl&x=y all ask for the WSDL."""
    word, _, _ = environ.get("QUERY_STRING", "").partition("&")[0].partition("=")
    return str(word.lower())


def _document(endpoint: Endpoint, environ: WSGIEnvironment) -> Reply:
    """Answer a GET without an operation: WSDL, disco or, where nobody makes pages, a sentence."""
    service = endpoint.service
    address = address_of(service, environ)
    word = _word(environ)
    if word == "wsdl":
        return Reply(200, _XML, write_wsdl(service, address).encode())
    if word == "disco":
        return Reply(200, _XML, write_disco(service, address).encode())
    return Reply(200, _PLAIN, f"The WSDL of {service.name} is at {address}?WSDL.\n".encode())


def address_of(service: Service, environ: WSGIEnvironment) -> str:
    """Return the URL at which the caller reached a service."""
    return f"{application_uri(environ).rstrip('/')}/Services2/{service.name}.asmx"


def _runtime_error_page() -> bytes:
    """Return the page ASP.NET answers where no protocol takes a request, as recorded."""
    return resources.files(__package__).joinpath("runtime_error.html").read_bytes()


def _send(reply: Reply, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    headers = [*_HEADERS, ("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body)))]
    if reply.content_type.startswith("text/html"):
        headers += _PAGE_HEADERS
    if reply.status == 405:
        headers.append(("Allow", "GET, HEAD, POST"))
    if reply.status == 429:
        headers.append(("Retry-After", "5"))
    if "asmx.headers" in environ:
        headers += environ["asmx.headers"]
    status, body = f"{reply.status} {_REASONS[reply.status]}", [reply.body]
    if "asmx.change" in environ:  # whoever tests clients has something else sent
        status, headers, body = environ["asmx.change"](status, headers, body, environ)
    environ["asmx.status"] = status
    start_response(status, headers)
    return [b""] if environ["REQUEST_METHOD"] == "HEAD" else body
