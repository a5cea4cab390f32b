"""Why a request was never carried out: SOAP faults about it, and statuses other than 200."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from .declared import Known, Operation, Service
from .ignored import shown_namespace
from .nearest import nearest
from .request import MEDIA_11, MEDIA_12, SOAP11, SOAP12, Request, children, local, namespace, place_in
from .values import form_of, form_of_net, unreadable
from .words import named, shown

_UNREADABLE = re.compile(r"Server was unable to read request\..*?\((\d+), (\d+)\)\. ---> (.*)", re.DOTALL)
_UNCONVERTIBLE = re.compile(r"Cannot convert (.*) to (System\.\w+)\.", re.DOTALL)
_QUOTED = re.compile(r"'(.*?)' is not a valid", re.DOTALL)
_NOT_UNDERSTOOD = re.compile(r"SOAP header (\S+) was not understood")
_MISSING = re.compile(r"Missing parameter: (\w+)")
_NO_METHOD = re.compile(r"(\S+) Web Service method name is not valid")
_VERSIONS = {SOAP11: ("SOAP 1.1", MEDIA_11), SOAP12: ("SOAP 1.2", MEDIA_12)}
_JSON = ("application/json", "text/json")


def envelope_and_type(request: Request) -> str:
    """Say that the envelope is of one version of SOAP and the Content-Type the other's, "" where it is not so."""
    version = _VERSIONS.get(request.envelope)
    if version is None or request.media_type == version[1]:
        return ""
    other = next((name for name, media in _VERSIONS.values() if media == request.media_type), "no version of SOAP")
    came = shown(request.content_type) if request.content_type else "(none)"
    return (
        f"The envelope is {version[0]}'s ({request.envelope}), and its Content-Type {came} is {other}'s; send it as "
        f"{version[1]}."
    )


def of_fault(  # noqa: PLR0911 - one a case
    request: Request, service: Service | None, operation: Operation | None, known: Known
) -> str:
    """Explain a SOAP fault."""
    message = request.entry.message
    if (unread := _UNREADABLE.match(message)) is not None:
        return _of_value(request, service, operation, unread)
    if (header := _NOT_UNDERSTOOD.match(message)) is not None:
        return (
            f"The SOAP header {header[1]} says mustUnderstand, and no SOAP header is understood here. Leave it out, or "
            "leave mustUnderstand out of it; user name and password are elements in the Body."
        )
    if message.startswith("Possible SOAP version mismatch"):
        root = request.root
        if root is None or local(root) != "Envelope":
            came = "no Envelope" if root is None else named(root)
            return f"The root element is {came}; it must be Envelope, in the namespace {SOAP11} or {SOAP12}."
        return (
            f"The root element Envelope is in {shown_namespace(request.envelope)}; it must be in {SOAP11} (SOAP 1.1, "
            f"{MEDIA_11}) or {SOAP12} (SOAP 1.2, {MEDIA_12})."
        )
    if message.startswith("Missing required soap:Body"):
        names = ", ".join(shown(local(one)) for one in list(children(request.root))[:5]) or "nothing"
        return f"The Envelope holds {names}, and no Body in its own namespace {request.envelope}."
    if service is None:
        return f"It was answered with a fault: {message}"
    if "SOAPAction" in message:
        return _of_action(request.soap_action or "", "SOAPAction", request, service, known)
    if "valid action parameter" in message or "was not recognized" in message:
        return _of_element(request, service, known)
    return f"The operation broke off: {message} The server's log says more."


def _of_value(request: Request, service: Service | None, operation: Operation | None, unread: re.Match[str]) -> str:
    place, reason = f"line {unread[1]}, column {unread[2]}", unread[3]
    quoted = _QUOTED.search(reason)
    for parent in children(request.soap_body):
        if service is None or operation is None or local(parent) != operation.name:
            continue
        for element, one in unreadable(parent, operation.inputs, service.namespace):
            text = element.text or ""
            if quoted is None or quoted[1].strip() == text.strip()[:1000]:
                came = shown(text) if text else "nothing"
                return f"The element {local(element)} ({place}) holds {came}; it must hold {form_of(one)}."
    return f"A value cannot be read: {reason} The reader stood at {place}."


def _of_action(action: str, where: str, request: Request, service: Service, known: Known) -> str:
    """Explain an action that no operation of the service has."""
    first = request.first
    meant = service.operations.get(local(first)) if first is not None else None
    if not action:
        name = meant.name if meant is not None else "NAME"
        return f'{where} is empty; it names the operation: "{service.action(name)}". Without it the Body decides.'
    space, _, name = action.rpartition("/")
    for one in known.services:
        if one is not service and one.action(name) == action and name in one.operations:
            return f"{where} {shown(action)} is {one.name}'s, and this is {service.name}; send it to {one.path}."
    if name in service.operations:
        return f"{where} names the namespace {shown(space)}; for {name} it must be {shown(service.action(name))}."
    near = nearest(name, service.operations)
    if near is not None:
        return f"{service.name} has no operation {shown(name)}; the nearest is {near}: {shown(service.action(near))}."
    other = _elsewhere(name, service, known)
    if other:
        return other
    body = f" The Body asks for {meant.name}: {shown(service.action(meant.name))}." if meant is not None else ""
    return f"No operation of {service.name} has the action {shown(action)}.{body}"


def _of_element(request: Request, service: Service, known: Known) -> str:
    first = request.first
    if first is None:
        return f"The Body is empty; it must hold the operation's element, in the namespace {service.namespace}."
    name, space = local(first), namespace(first)
    if name in service.operations:
        return (
            f"The element {named(first)} is in {shown_namespace(space)}; {service.name} reads {name} in the namespace "
            f"{service.namespace}."
        )
    near = nearest(name, service.operations, alike=0.8)
    if near is not None:
        return (
            f"{service.name} has no operation {shown(name)}; the nearest is {near}, in the namespace "
            f"{service.namespace}."
        )
    return _elsewhere(name, service, known) or (
        f"{service.name} has no operation {shown(name)}{_perhaps(nearest(name, service.operations))}."
    )


def _elsewhere(name: str, service: Service, known: Known) -> str:
    for one in known.services:
        if name in one.operations and one is not service:
            return (
                f"{name} is an operation of {one.name}, and this is {service.name}; send it to {one.path}, in the "
                f"namespace {one.namespace}."
            )
    return ""


def _perhaps(near: str | None) -> str:
    return f"; the nearest is {near}" if near else ""


# Other statuses


def of_status(  # noqa: PLR0911 - one a case
    request: Request, service: Service | None, operation: Operation | None, known: Known
) -> str:
    """Explain an answer with another status than 200, or none."""
    entry = request.entry
    status = entry.status
    if status == 400:
        return _of_bad_request(request, service, operation)
    if status == 404:
        return _of_path(request, known)
    if status == 405:
        return f"{entry.method} came; services answer POST for SOAP and forms, GET for pages and HTTP GET's calls."
    if status == 413:
        return f"The request has {entry.request_bytes} bytes, which is too many. {entry.message}"
    if status == 415:
        return _of_media_type(request)
    if status == 429:
        return "Too many calls were waiting for a lock, a password's turn or another server; nothing was done."
    if status == 500 and service is not None and entry.protocol in ("get", "post"):
        return _of_form(request, service, operation, known)
    if status == 500 and request.media_type in _JSON:
        return f"JSON came ({shown(request.content_type)}); these services read SOAP in XML, or forms, and no JSON."
    if status == 200:
        return "The answer on the wire was spoilt by a fault that was injected."
    return f"It was answered with {status}: {entry.message}"


def _of_bad_request(  # noqa: PLR0911 - one a case
    request: Request, service: Service | None, operation: Operation | None
) -> str:
    entry = request.entry
    if entry.message:  # a limit of ours, or HTTP's own
        return f"{entry.message}"
    body = request.body
    if not body.strip():
        return "The body is empty; a SOAP call needs an Envelope with a Body in it."
    reason = entry.hint
    if "document type" in reason or b"<!DOCTYPE" in body[:2000]:
        return "The request has a DOCTYPE; no document type is read here, leave it out."
    if body.lstrip()[:1] in (b"{", b"["):
        return f"The body is JSON, sent as {shown(request.content_type)}; these services read SOAP in XML and no JSON."
    if "encoding" in reason or reason.startswith("The body is not "):
        reason = reason.partition(" (<string>")[0].rstrip(".")
        return f"The charset is not right: {reason}. Content-Type is {shown(request.content_type)}; send UTF-8."
    root, wrong = request.parsed
    if root is None:
        place = place_in(reason) or place_in(wrong)
        what = (reason or wrong).partition(", line ")[0]
        return f"The body is not well-formed XML{f' at {place}' if place else ''}: {what}."
    if local(root) != "Envelope":
        return f"The root element is {named(root)}; it must be Envelope, in the namespace {SOAP11} or {SOAP12}."
    first = next((local(one) for one in children(root)), "")
    if request.soap_body is not None and first not in ("Header", "Body"):
        return f"In the Envelope stands {shown(first)} before the Body; only a Header may."
    return _of_content(request, service, operation) or reason or "The XML cannot be read as a SOAP message."


def _of_content(request: Request, service: Service | None, operation: Operation | None) -> str:
    if service is None or operation is None:
        return ""
    for parent in children(request.soap_body):
        for element, one in unreadable(parent, operation.inputs, service.namespace):
            place = request.place_of(element)
            at = f" (line {place[0]}, column {place[1]})" if place else ""
            if len(element):
                return f"The element {local(element)}{at} holds other elements; it must hold {form_of(one)}."
            if one.kind == "base64":
                return (
                    f"The element {local(element)}{at} holds {shown(element.text or '')}, which is no {form_of(one)}."
                )
        for odd in parent.iter(etree.Comment, etree.ProcessingInstruction):
            holder = odd.getparent()
            if holder is not None and not list(children(holder)):
                return f"In {local(holder)} stands a comment or an instruction, which no value may hold."
    return ""


def _of_path(request: Request, known: Known) -> str:
    name, _ = request.asked
    service = known.service(name)
    if service is not None:
        return f"The path is {shown(request.entry.path.partition('?')[0])}; {service.name} is at {service.path}."
    near = nearest(name, [one.name for one in known.services], alike=0.6) if name else None
    listed = f"; the nearest is {near}: /Services2/{near}.asmx" if near else "; /Services2 lists the services"
    return f"There is no service {shown(name)}{listed}."


def _of_media_type(request: Request) -> str:
    encoding = request.headers.get("content-encoding", "")
    if encoding.lower() not in ("", "identity"):
        return f"The body came compressed (Content-Encoding: {encoding}); compressed bodies are not read here."
    came = shown(request.content_type) if request.content_type else "missing"
    return envelope_and_type(request) or (
        f"Content-Type is {came}; it must be {MEDIA_11} for SOAP 1.1 or {MEDIA_12} for SOAP 1.2, with charset=utf-8."
    )


def _of_form(  # noqa: PLR0911 - one a case
    request: Request, service: Service, operation: Operation | None, known: Known
) -> str:
    entry = request.entry
    message = entry.message
    if not known.takes_forms:
        return "HTTP GET and POST of forms are switched off on this server; SOAP is answered."
    if request.media_type in _JSON:
        return f"JSON came ({shown(request.content_type)}); these services read SOAP in XML, or forms, and no JSON."
    if message.startswith("Request format is invalid"):
        return f"Content-Type is {shown(request.content_type)}; a form must be application/x-www-form-urlencoded."
    if _NO_METHOD.search(message) is not None:
        return _of_method(request.asked[1], service, known)
    if operation is None:
        return f"It was answered with {entry.status}: {message}"
    if (missing := _MISSING.search(message)) is not None:
        return _of_missing(request, operation, missing[1])
    if (bad := _UNCONVERTIBLE.search(message)) is not None:
        kind, form = form_of_net(bad[2])
        names = [one.name for one in operation.inputs if one.kind == kind or any(i.kind == kind for i in one.members)]
        lower = {name.lower() for name in names}
        given = next((name for name, value in request.fields if value == bad[1] and name.lower() in lower), "")
        where = f"The parameter {given or ' or '.join(names[:3])} holds {shown(bad[1])}"
        return f"{where}; it must hold {form}."
    return f"It was answered with {entry.status}: {message}"


def _of_method(name: str, service: Service, known: Known) -> str:
    if name in service.operations:
        return f"{name} has inputs that no form can carry; call it by SOAP."
    near = nearest(name, service.operations)
    if near is not None:
        return f"{service.name} has no operation {shown(name)}; the nearest is {near}. Letter case matters."
    return (
        _elsewhere(name, service, known) or f"{service.name} has no operation {shown(name)}; {service.path} lists them."
    )


def _of_missing(request: Request, operation: Operation, name: str) -> str:
    read = {one.name.lower() for one in operation.inputs}
    others: Sequence[str] = [given for given, _ in request.fields if given.lower() not in read]
    near = nearest(name, others, alike=0.6)
    names = _list([given for given, _ in request.fields])
    came = f"{shown(near)} came, which is not read" if near else f"what came is {names}"
    return f"The parameter {name} is missing; {came}. By HTTP GET and POST every parameter must be there."


def _list(names: Sequence[str]) -> str:
    return ", ".join(shown(name) for name in names[:6]) or "nothing"
