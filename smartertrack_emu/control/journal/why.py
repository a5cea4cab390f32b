"""Why a call ended as it did, in a sentence or two for whoever wrote its client: what came, and what should have come.

It is worked out when the journal is read, from what is kept of the call and from the hint of what only the call itself
knew. `why` says nothing of a call that succeeded, but where something of it was ignored that nearly is what is read.
"""

from __future__ import annotations

import logging
import re

from smartertrack_emu.desk.around import DIALECTS

from .declared import Known, Operation, Service
from .ignored import ignored, not_given, shown_namespace
from .nearest import nearest
from .request import Request, children, local, namespace
from .store import Entry
from .why_not_read import envelope_and_type, of_fault, of_status
from .words import named, shown, together

logger = logging.getLogger(__name__)

_INJECTED = re.compile(r"Fault \d+ was injected: [\w-]+\.")
_UNKNOWN_KEY = re.compile(r"The key (.+?) is not known\. Known keys: (.+)\.", re.DOTALL)
_RIGHT = re.compile(r"needs a permission that your roles do not have: (.+)\.\Z", re.DOTALL)
_NOT_KEY_VALUE = "is not in the form key=value"


def why(entry: Entry, known: Known) -> str:
    """Return the explanation of a call, fewer than 500 characters, "" where there is nothing to say."""
    try:
        return together(*_sentences(entry, known))
    except Exception:
        logger.exception("the call %d cannot be explained", entry.id)
        return entry.hint or entry.message


def _sentences(entry: Entry, known: Known) -> list[str]:
    request = Request(entry)
    service = known.service(entry.service)
    operation = service.operations.get(entry.operation or "") if service is not None else None
    if (injected := _INJECTED.match(entry.hint)) is not None:
        return [f"{injected[0]} {_of_injected(entry)}".strip()]
    if entry.protocol in DIALECTS:
        return [entry.hint or entry.message]
    if entry.outcome == "ok":
        return list(ignored(request, service, operation))[:2]
    if not entry.status:
        return ["The connection was dropped without an answer."]
    if entry.outcome == "refused":
        return _of_refusal(request, service, operation, known)
    explained = of_fault if entry.outcome == "fault" else of_status
    mixed = envelope_and_type(request) if service is not None and entry.protocol in ("soap11", "soap12") else ""
    first = explained(request, service, operation, known)
    odd = [] if "which is not read" in first else ignored(request, service, operation)
    return [first, "" if mixed == first else mixed, *odd]


def _of_injected(entry: Entry) -> str:
    return "GET /_emu/api/faults lists the faults that are set." if entry.outcome != "ok" else ""


def _of_refusal(  # noqa: PLR0911 - one a case
    request: Request, service: Service | None, operation: Operation | None, known: Known
) -> list[str]:
    entry = request.entry
    if service is None or operation is None:
        return [entry.hint, f"It was refused: {entry.message}"]
    unread = _of_unread(request, service, operation)
    if unread:
        return [unread]
    odd = list(ignored(request, service, operation))[:2]
    if entry.code == -2 or "password is wrong" in entry.message:
        return _of_login(request, service, operation)
    if (key := _UNKNOWN_KEY.search(entry.message)) is not None:
        return [_of_key(key), *[one for one in odd if "The key" not in one]]
    if _NOT_KEY_VALUE in entry.message:
        return [f"{entry.message} An item of the list is one text such as Subject=Printer on fire.", *odd]
    if entry.code == -3 or "permission" in entry.message:
        return [_of_permission(request, operation, known), *odd]
    if entry.code == -1:
        return [entry.hint, f"It was answered: {entry.message}"]
    general = f"{operation.name} refused it: {entry.message}"
    if entry.code == -4:
        general += " An item that the caller may not see is answered as one that does not exist."
    return [*(odd or not_given(request, operation)), entry.hint or general]


def _of_unread(request: Request, service: Service, operation: Operation) -> str:
    """Explain a call whose Body holds nothing that its operation reads."""
    if request.entry.protocol in ("get", "post") or request.root is None:
        return ""
    held = list(children(request.soap_body))
    if any(local(one) == operation.name and namespace(one) == service.namespace for one in held):
        return ""
    if not held:
        return f"The Body is empty; it must hold {operation.name}, in the namespace {service.namespace}."
    first = held[0]
    if local(first) != operation.name:
        return (
            f"SOAPAction names {operation.name}, and the Body holds {named(first)}: the action decides, so nothing of "
            "the Body was read, not even the credentials. Both must name the same operation."
        )
    return (
        f"The element {named(first)} is in {shown_namespace(namespace(first))}; it is read in the namespace "
        f"{service.namespace} only, so nothing of it was read, not even the credentials."
    )


def _of_login(request: Request, service: Service, operation: Operation) -> list[str]:
    entry = request.entry
    given = _values(request, service, operation)
    missing = [one.name for one in operation.credentials if not given.get(one.name)]
    if not missing:
        return [entry.hint or f"It was refused: {entry.message}", _of_other_credentials(request)]
    kind = "parameter" if entry.protocol in ("get", "post") else "element"
    names = " and ".join(missing)
    empty = all(name in given for name in missing)
    state = "empty" if empty else "missing"
    verb = "is" if len(missing) == 1 else "are"
    sentence = f"The {kind}{'s' if len(missing) > 1 else ''} {names} {verb} {state}; user name and password go there."
    return [_of_misplaced(request, service, operation, missing) or sentence, _of_other_credentials(request)]


def _of_misplaced(request: Request, service: Service, operation: Operation, missing: list[str]) -> str:
    """Say which element came in place of one of the credentials."""
    if request.entry.protocol in ("get", "post"):
        came = {name: None for name, _ in request.fields}
        read = {one.name.lower() for one in operation.inputs}
        others = [name for name in came if name.lower() not in read]
    else:
        read = {one.name for one in operation.inputs}
        held = [one for parent in children(request.soap_body) for one in children(parent)]
        for one in held:
            if local(one) in missing and namespace(one) != service.namespace:
                return (
                    f"The element {named(one)} is in {shown_namespace(namespace(one))}; {local(one)} is read in the "
                    f"namespace {service.namespace} only."
                )
        others = [local(one) for one in held if local(one) not in read]
    for name in missing:
        meant = nearest(name, others, alike=0.6)
        if meant is not None:
            return f"{name} is missing: {shown(meant)} came, which is not read. Letter case matters in XML."
    return ""


def _values(request: Request, service: Service, operation: Operation) -> dict[str, str]:
    """Return the texts of the credentials as they were read."""
    if request.entry.protocol in ("get", "post"):
        by_key = {one.name.lower(): one.name for one in operation.credentials}
        return {by_key[name.lower()]: value for name, value in request.fields if name.lower() in by_key}
    tags = {f"{{{service.namespace}}}{one.name}": one.name for one in operation.credentials}
    given: dict[str, str] = {}
    for parent in children(request.soap_body):
        for one in children(parent):
            if str(one.tag) in tags:
                given.setdefault(tags[str(one.tag)], one.text or "")
    return given


def _of_other_credentials(request: Request) -> str:
    scheme = request.headers.get("authorization", "").partition(" ")[0]
    if scheme and scheme != "****":
        return f"There are credentials in the header Authorization ({scheme}), which is not read."
    if any(local(one) == "Security" for one in children(request.soap_header)):
        return "There are credentials in a WS-Security header, which is not read."
    return ""


def _of_key(key: re.Match[str]) -> str:
    name = key[1].strip("'\"")
    meant = nearest(name, key[2].split(", "), alike=0.55)
    return f"The key {shown(name)} is not known{f'; the nearest is {meant}' if meant else ''}. Known are: {key[2]}."


def _of_permission(request: Request, operation: Operation, known: Known) -> str:
    entry = request.entry
    right = _RIGHT.search(entry.message)
    if right is not None:
        roles = known.roles_with(right[1])
        having = f" It is a right of {', '.join(roles)}." if roles else " No role has it but the administrators'."
        return f"{entry.hint or f'{entry.user} lacks the right: {right[1]}.'}{having}"
    if entry.hint:
        return entry.hint
    return f"{entry.message} {operation.name} may be called by {operation.access}."
