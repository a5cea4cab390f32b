"""Sample messages of an operation, with the placeholders that ASMX's own help page writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from .declare import Operation, Service
from .faults import VERSION_11, VERSION_12, SoapVersion
from .forms import is_array
from .spyne_compat import Array, ComplexModelBase, EnumBase
from .writer import DECLARATIONS
from .wsdl import members_of

_REPEATED = 2
"""Items a sample shows of an array."""


def messages_of(service: Service, operation: Operation) -> tuple[list[tuple[str, Any]], Any | None]:
    """Return an operation's inputs (name and Spyne type, in wire order) and its result's type, if there is one."""
    methods = service.application.interface.service_method_map
    descriptor = methods[f"{{{service.namespace}}}{operation.name}"][0]
    results = members_of(descriptor.out_message) if operation.returns is not None else []
    return members_of(descriptor.in_message), results[0][1] if results else None


def type_words(model: Any) -> str:
    """Return a Spyne type in words: int, string, ArrayOfString, "Red or Green"."""
    if issubclass(model, EnumBase):
        return " or ".join(member.value for member in model.python_class)
    return str(model.get_type_name())


def soap_request(service: Service, operation: Operation, address: str, version: SoapVersion) -> str:
    """Return a whole sample request in SOAP 1.1 or SOAP 1.2."""
    inputs, _ = messages_of(service, operation)
    content = [line for name, model in inputs for line in _element(name, model, 3)]
    action = [f'SOAPAction: "{service.namespace}/{operation.name}"'] if version is VERSION_11 else []
    head = [*_request_line(address), f"Content-Type: {version.content_type}", "Content-Length: length", *action]
    return "\n".join([*head, "", *_envelope(service, version, operation.name, content)])


def soap_response(service: Service, operation: Operation, version: SoapVersion) -> str:
    """Return a whole sample response in SOAP 1.1 or SOAP 1.2."""
    _, result = messages_of(service, operation)
    content = [] if result is None else list(_element(f"{operation.name}Result", result, 3))
    head = ["HTTP/1.1 200 OK", f"Content-Type: {version.content_type}", "Content-Length: length"]
    return "\n".join([*head, "", *_envelope(service, version, f"{operation.name}Response", content)])


def form_request(operation: Operation, address: str) -> str:
    """Return a whole sample request by HTTP POST of a form."""
    head = [*_request_line(f"{address}/{operation.name}"), "Content-Type: application/x-www-form-urlencoded"]
    return "\n".join([*head, "Content-Length: length", "", _fields(operation)])


def query_request(operation: Operation, address: str) -> str:
    """Return a whole sample request by HTTP GET."""
    where = urlsplit(f"{address}/{operation.name}")
    return f"GET {where.path}?{_fields(operation)} HTTP/1.1\nHost: {where.netloc}"


def _fields(operation: Operation) -> str:
    return "&".join(
        f"{parameter.name}=string"
        for parameter in operation.parameters
        for _ in range(_REPEATED if is_array(parameter.annotation) else 1)
    )


def form_response(service: Service, operation: Operation) -> str:
    """Return a whole sample response to HTTP POST of a form."""
    _, result = messages_of(service, operation)
    if result is None:
        return "HTTP/1.1 200 OK"
    head = ["HTTP/1.1 200 OK", "Content-Type: text/xml; charset=utf-8", "Content-Length: length", ""]
    lines = list(_element(result.get_type_name(), result, 0))
    namespace = f" xmlns={quoteattr(service.namespace)}"
    lines[0] = lines[0].replace(">", f"{namespace}>", 1)
    return "\n".join([*head, '<?xml version="1.0" encoding="utf-8"?>', *lines])


def _request_line(address: str) -> tuple[str, str]:
    where = urlsplit(address)
    return f"POST {where.path} HTTP/1.1", f"Host: {where.netloc}"


def _envelope(service: Service, version: SoapVersion, name: str, content: list[str]) -> Iterator[str]:
    prefix = "soap" if version is not VERSION_12 else "soap12"
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f'<{prefix}:Envelope {DECLARATIONS} xmlns:{prefix}="{version.namespace}">'
    yield f"  <{prefix}:Body>"
    if content:
        yield f"    <{name} xmlns={quoteattr(service.namespace)}>"
        yield from content
        yield f"    </{name}>"
    else:
        yield f"    <{name} xmlns={quoteattr(service.namespace)} />"
    yield f"  </{prefix}:Body>"
    yield f"</{prefix}:Envelope>"


def _element(name: str, model: Any, level: int, within: tuple[Any, ...] = ()) -> Iterator[str]:
    margin = "  " * level
    if not issubclass(model, ComplexModelBase):
        yield f"{margin}<{name}>{escape(type_words(model))}</{name}>"
    elif model.get_type_name() in within:  # a type that holds itself
        yield f"{margin}<{name} />"
    else:
        yield f"{margin}<{name}>"
        for member, kind in members_of(model):
            for _ in range(_REPEATED if issubclass(model, Array) else 1):
                yield from _element(member, kind, level + 1, (*within, model.get_type_name()))
        yield f"{margin}</{name}>"
