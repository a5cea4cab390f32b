"""What of a request nobody read: elements, items, keys and headers that are nearly those that are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml.etree import _Element as Element

from .declared import Input, Operation, Service
from .nearest import nearest
from .request import Request, children, local, namespace
from .words import named, shown

_READ_HEADERS = ("SOAPAction", "Content-Type", "Content-Length", "Authorization", "Content-Encoding")
_ORDINARY_HEADERS = re.compile(
    r"accept.*|host|user-agent|connection|origin|referer|cache-control|pragma|via|te|dnt|date|from|cookie|expect"
    r"|x-.*|sec-.*|if-.*|content-.*|proxy-.*|keep-alive|transfer-encoding|vsdebugger.*|traceparent|tracestate",
    re.IGNORECASE,
)
_SURE = 0.8
_MOST_NAMES = 6


def ignored(request: Request, service: Service | None, operation: Operation | None) -> Iterator[str]:
    """Give a sentence for each thing that was ignored and is nearly one that is read."""
    yield from _headers(request)
    if service is None or operation is None:
        return
    if request.entry.protocol in ("get", "post"):
        yield from _fields(request, operation)
        return
    for element in children(request.soap_body):
        if local(element) == operation.name and namespace(element) == service.namespace:
            yield from elements(request, element, operation.inputs, service.namespace)


def _headers(request: Request) -> Iterator[str]:
    for name, _ in request.entry.headers[0]:
        if not name or _ORDINARY_HEADERS.fullmatch(name):
            continue
        meant = nearest(name, _READ_HEADERS, alike=_SURE)
        if meant is not None and meant.lower() not in request.headers:
            yield f"The header {shown(name)} is not read; the nearest that is read is {meant}."


def _fields(request: Request, operation: Operation) -> Iterator[str]:
    given = {name.lower() for name, _ in request.fields}
    names = [one.name for one in operation.inputs if one.name.lower() not in given]
    read = {one.name.lower() for one in operation.inputs}
    for name, _ in request.fields:
        if name.lower() not in read and (meant := nearest(name, names)):
            yield f"The parameter {shown(name)} is not read; the nearest that is read is {meant}."


def not_given(request: Request, operation: Operation) -> Iterator[str]:
    """Say which inputs did not come where others did that are not read, or where none came at all."""
    inputs = [one.name for one in operation.inputs[len(operation.credentials) :]]
    read = {one.name for one in operation.inputs}
    for element in children(request.soap_body):
        came = {local(one): None for one in children(element)}
        missing = [name for name in inputs if name not in came]
        unknown = [shown(name) for name in came if name not in read]
        if missing and unknown:
            yield (
                f"{operation.name} reads {_listed(missing)}, which did not come; what came and is not read: "
                f"{_listed(unknown)}."
            )
        elif missing and missing == inputs:
            yield f"{operation.name} reads {_listed(missing)}; nothing came but the credentials."


def _listed(names: Sequence[str]) -> str:
    further = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {further} more" if further > 0 else "")


def elements(request: Request, parent: Element, inputs: Sequence[Input], wanted: str) -> Iterator[str]:
    """Give a sentence for each element in `parent` that was ignored and is nearly one of the inputs."""
    read = {one.name: one for one in inputs}
    given = {local(one) for one in children(parent) if namespace(one) == wanted}
    missing = [name for name in read if name not in given]
    for element in children(parent):
        name = local(element)
        one = read.get(name)
        if one is not None and namespace(element) != wanted:
            if name not in given:
                yield (
                    f"The element {named(element)} is not read: it is in {shown_namespace(namespace(element))}, and "
                    f"{name} is read in the namespace {wanted}."
                )
        elif one is None:
            meant = nearest(name, missing)
            if meant is not None:
                came = f"{shown(name)}{_place(request, element)}"
                yield f"The element {came} is not read; the nearest that is read is {meant}."
        elif one.kind == "list":
            yield from _items(request, element, one, wanted)
        elif one.kind == "structure":
            yield from elements(request, element, one.members, wanted)


def _items(request: Request, array: Element, one: Input, wanted: str) -> Iterator[str]:
    (item,) = one.members
    words = [word for word in one.words if word]
    for child in children(array):
        name = local(child)
        if name != item.name:
            yield f"{one.name} holds {shown(name)}, which is not read; its items are elements {item.name}."
            return
        if namespace(child) != wanted:
            yield (
                f"The items {item.name} of {one.name} are not read: they are in {shown_namespace(namespace(child))}, "
                f"and must be in {wanted}."
            )
            return
        if item.kind == "structure":
            yield from elements(request, child, item.members, wanted)
        elif words:
            yield from _key(child.text or "", words, one.name)
    if not len(array) and (array.text or "").strip():
        yield f"{one.name} holds a text, which is not read; its items are elements {item.name}."


def _key(text: str, words: Sequence[str], where: str) -> Iterator[str]:
    key = text.partition("=")[0].strip()
    if not key or key.isdigit() or key.lower() in {word.lower() for word in words}:
        return
    meant = nearest(key, words)
    if meant is not None:
        yield f"The key {shown(key)} in {where} is not known; the nearest that is known is {meant}."


def shown_namespace(uri: str) -> str:
    """Return a namespace in words."""
    return f"the namespace {shown(uri)}" if uri else "no namespace"


def _place(request: Request, element: Element) -> str:
    place = request.place_of(element)
    return f" (line {place[0]}, column {place[1]})" if place else ""
