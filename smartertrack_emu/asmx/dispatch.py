"""One .asmx endpoint: which operation a request means, and the request's whole way through it.

SOAP 1.1, SOAP 1.2 and HTTP GET and POST share one URL. Routing follows the real server: a SOAPAction decides in SOAP
1.1; without one, or in SOAP 1.2 with an unknown action, the Body's first element does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote_plus

from lxml.etree import _Element as Element

from .declare import Operation, Service
from .faults import (
    VERSION_11,
    VERSION_12,
    VERSIONS,
    BusyError,
    HeaderFault,
    ServiceError,
    SoapFault,
    SoapVersion,
    VersionMismatch,
)
from .limits import LimitExceededError, MalformedRequestError, RefusedRequestError
from .memory import give_back, let_go
from .parsing import BodyParser, place_after, root_namespace
from .reader import MalformedContentError, MessageReader, UnreadableValueError
from .writer import member_writer

logger = logging.getLogger(__name__)

UNEXPECTED = "An unexpected error occurred. It has been logged."
_UNREADABLE = "Server was unable to read request. ---> "
_UNPROCESSED = "Server was unable to process request. ---> "
_ORDINARY_HEADER = 300
_MUCH = 256 * 1024
"""Bytes from which memory is given back to the system: milliseconds, where reading took many."""

_NO_BODY = "Missing required soap:Body element"
_NO_ACTION = "Unable to handle request without a valid action parameter. Please supply a valid soap action."


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: HTTP status, content type, body, and the operation it came from for the log."""

    status: int
    content_type: str
    body: bytes
    operation: str = ""


class Content:
    """What a request carries, let go as soon as it has been read: the operation may need the memory."""

    __slots__ = ("data", "length")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.length = len(data)

    def let_go(self) -> None:
        """Forget the data, and where it was much give the memory back that it and what was made of it took."""
        self.data = b""
        if self.length > _MUCH:
            give_back()


@dataclass(frozen=True, slots=True)
class ContentType:
    """The parts of a Content-Type header that matter here."""

    media_type: str
    charset: str | None
    action: str | None


def parse_content_type(header: str) -> ContentType:
    """Split a Content-Type as leniently as .NET does."""
    # Only headers of an ordinary length are kept: the others are an attack on memory.
    return _parse_known(header) if len(header) <= _ORDINARY_HEADER else _parse(header)


@lru_cache(maxsize=256)
def _parse_known(header: str) -> ContentType:
    return _parse(header)


def _parse(header: str) -> ContentType:
    media_type, *parameters = header.split(";")
    values: dict[str, str] = {}
    for parameter in parameters:
        name, separator, value = parameter.strip().partition("=")
        if separator:
            values.setdefault(name.strip().lower(), value.strip(" '\"\t"))
    return ContentType(media_type.strip().lower(), values.get("charset") or None, values.get("action") or None)


class OperationEndpoint:
    """An operation with its reading and writing functions."""

    def __init__(self, service: Service, operation: Operation, descriptor: Any) -> None:
        self.name = operation.name
        self.operation = operation
        self._service = service
        self.namespace = namespace = service.namespace
        self._reader = MessageReader(operation, descriptor.in_message, namespace)
        response = f"{operation.name}Response"
        self._empty = f'<{response} xmlns="{namespace}" />'
        self._opening, self._closing = f'<{response} xmlns="{namespace}">', f"</{response}>"
        members = list(descriptor.out_message._type_info.items())  # noqa: SLF001 - Spyne's name for a model's members
        self.result_model = members[0][1] if members and operation.returns is not None else None
        self._write: Callable[[Any], str] | None = (
            member_writer(f"{operation.name}Result", self.result_model) if self.result_model is not None else None
        )

    def read(self, body: Element) -> list[Any]:
        """Read the parameters' values from a Body."""
        return self._reader.read(body)

    def invoke(self, arguments: list[Any], environ: dict[str, Any]) -> object:
        """Run the operation; SoapFault for whatever it raises."""
        try:
            return self._service.invoke(self.operation, arguments, environ)
        except (SoapFault, BusyError):
            raise
        except ServiceError as error:
            let_go(error)
            raise SoapFault(_UNPROCESSED + str(error)) from None
        except Exception as error:
            logger.exception("%s.%s failed", self._service.name, self.name)
            let_go(error)
            raise SoapFault(_UNPROCESSED + UNEXPECTED) from None

    def write(self, result: object) -> str:
        """Write the response element; a null result leaves it empty."""
        if self._write is None:
            return self._empty
        written = self._write(result)
        return self._opening + written + self._closing if written else self._empty


@cache
def _operations_of(service: Service) -> Mapping[str, OperationEndpoint]:
    """Return a service's operations with their functions: compiled once a process, however many applications it has."""
    methods = service.application.interface.service_method_map
    return MappingProxyType(
        {
            name: OperationEndpoint(service, operation, methods[f"{{{service.namespace}}}{name}"][0])
            for name, operation in service.operations.items()
        }
    )


class Endpoint:
    """One service at one URL; `takes_forms`: whether it may be called by HTTP GET and POST too."""

    def __init__(self, service: Service, parser: BodyParser, *, takes_forms: bool = True) -> None:
        self.service = service
        self.takes_forms = takes_forms
        self._parser = parser
        self.operations = _operations_of(service)
        namespace = service.namespace
        self._by_element = {f"{{{namespace}}}{name}": one for name, one in self.operations.items()}
        self._by_action = {f"{namespace.rstrip('/')}/{name}": one for name, one in self.operations.items()}

    def soap(self, content: Content, content_type: str, soap_action: str | None, environ: dict[str, Any]) -> Reply:
        """Answer a SOAP request, whatever is wrong with it."""
        sent = parse_content_type(content_type)
        version = VERSION_12 if soap_action is None or sent.media_type == VERSION_12.media_type else VERSION_11
        call = _SoapCall(self, content, sent, version)
        try:
            return self._soap(call, soap_action, environ)
        finally:
            environ["asmx.protocol"] = call.protocol

    def _soap(self, call: _SoapCall, soap_action: str | None, environ: dict[str, Any]) -> Reply:
        try:
            return call.answer(soap_action, environ)
        except SoapFault as fault:
            if isinstance(fault, VersionMismatch):
                call.version = VERSION_11
            return Reply(500, call.version.content_type, call.version.fault(fault), call.operation)
        except LimitExceededError as error:
            return Reply(400, "text/plain; charset=utf-8", f"{error}\n".encode(), call.operation)
        except (MalformedRequestError, MalformedContentError) as error:
            logger.info("%s: request refused: %s", self.service.name, error)
            environ["asmx.reason"] = str(error)
            return Reply(400, call.version.content_type, b"", call.operation)
        except _UnsupportedMediaTypeError:
            return Reply(415, call.version.content_type, b"", call.operation)

    def by_action(self, action: str) -> OperationEndpoint | None:
        """Find the operation of a SOAP action."""
        return self._by_action.get(action)

    def by_element(self, tag: str | None) -> OperationEndpoint | None:
        """Find the operation of a Body's first element."""
        return None if tag is None else self._by_element.get(tag)

    def parse(self, body: bytes, charset: str | None) -> Element:
        """Parse a request's body within the limits."""
        return self._parser.parse(body, charset)


class _UnsupportedMediaTypeError(Exception):
    """The request's Content-Type is not one of SOAP's, or not its envelope's."""


class _SoapCall:
    """The way of one SOAP request; `version` and `operation` are as far as it is known yet."""

    def __init__(self, endpoint: Endpoint, content: Content, sent: ContentType, version: SoapVersion) -> None:
        self._endpoint = endpoint
        self._content = content
        self._sent = sent
        self.version = version
        self.protocol = "soap12" if sent.media_type == VERSION_12.media_type else "soap11"
        self.operation = ""

    def answer(self, soap_action: str | None, environ: dict[str, Any]) -> Reply:
        target = self._route_by_soap_action(soap_action) if self.version is VERSION_11 else None
        if target is not None:
            self.operation = target.name
        if self._sent.media_type not in (VERSION_11.media_type, VERSION_12.media_type):
            self.version = VERSION_11
            raise _UnsupportedMediaTypeError
        header, body = self._open_envelope()
        if target is None:
            target = self._route_by_element(body)
        self.operation = target.name
        arguments = self._read(target, body)
        if header is not None:
            _refuse_unknown_headers(header, self.version)
        del header, body
        self._content.let_go()
        result = target.invoke(arguments, environ)
        return Reply(200, self.version.content_type, self.version.envelope(target.write(result)), target.name)

    def _route_by_soap_action(self, soap_action: str | None) -> OperationEndpoint:
        action = soap_action or ""
        if len(action) > 1 and action.startswith('"') and action.endswith('"'):
            action = action[1:-1]
        if "%" in action or "+" in action:
            action = unquote_plus(action)
        target = self._endpoint.by_action(action)
        if target is None:
            message = f"Server did not recognize the value of HTTP Header SOAPAction: {action}."
            raise SoapFault(message, code="Client")
        return target

    def _route_by_element(self, body: Element) -> OperationEndpoint:
        action = self._sent.action
        if action is not None:
            target = self._endpoint.by_action(unquote_plus(action))
            if target is not None:
                return target
        first = next(iter(body.iterchildren("*")), None)
        target = self._endpoint.by_element(None if first is None else str(first.tag))
        if target is None:
            message = (
                _NO_ACTION if action is None else f"Unable to handle request. The action '{action}' was not recognized."
            )
            raise SoapFault(message, code="Client")
        return target

    def _open_envelope(self) -> tuple[Element | None, Element]:
        """Return the header, if there is one, and the Body; the envelope's namespace decides the version."""
        try:
            root = self._endpoint.parse(self._content.data, self._sent.charset)
        except RefusedRequestError:
            raise
        except MalformedRequestError:
            # The real server looks at the root before it reads the rest.
            namespace = root_namespace(self._content.data, self._sent.charset)
            if namespace is not None and namespace not in VERSIONS:
                raise VersionMismatch(namespace) from None
            raise
        tag = str(root.tag)
        namespace = tag[1:].partition("}")[0] if tag[0] == "{" else ""
        if namespace not in VERSIONS:
            raise VersionMismatch(namespace)
        self.version = VERSIONS[namespace]
        self.protocol = "soap11" if self.version is VERSION_11 else "soap12"
        if self.version is VERSION_11 and self._sent.media_type != VERSION_11.media_type:
            raise _UnsupportedMediaTypeError
        if tag != f"{{{namespace}}}Envelope":
            message = "The root element is not an Envelope."
            raise MalformedRequestError(message)
        return _parts_of(root, namespace)

    def _read(self, target: OperationEndpoint, body: Element) -> list[Any]:
        try:
            return target.read(body)
        except UnreadableValueError as error:
            line, column = place_after(self._content.data, self._sent.charset, error.element, at_start=error.at_start)
            message = f"{_UNREADABLE}There is an error in XML document ({line}, {column}). ---> {error.message}"
            raise SoapFault(message, code="Client") from None


def _parts_of(envelope: Element, namespace: str) -> tuple[Element | None, Element]:
    """Return the header, if there is one, and the Body, as .NET reads them: what stands behind the Body is passed over.

    SoapFault for an envelope without Body, MalformedRequestError for one with something else before it.
    """
    children = envelope.iterchildren("*")
    first = next(children, None)
    header = first if first is not None and first.tag == f"{{{namespace}}}Header" else None
    body = next(children, None) if header is not None else first
    if body is not None and body.tag == f"{{{namespace}}}Body":
        return header, body
    if envelope.find(f"{{{namespace}}}Body") is None:
        raise SoapFault(_NO_BODY, code="Client")
    raise MalformedRequestError("Something else stands before the Body.")


def _refuse_unknown_headers(header: Element, version: SoapVersion) -> None:
    """No header is understood here: refuse those that must be, after reading and before running anything."""
    for block in header.iterchildren("*"):
        if (block.get(f"{{{version.namespace}}}mustUnderstand") or "").strip() in ("1", "true"):
            name = str(block.tag).rpartition("}")[2]
            message = f"SOAP header {name} was not understood."
            raise HeaderFault(message, code="MustUnderstand")
