"""The OpenAPI document of the jtel dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smartertrack_emu.rest.declaring import Operation
from smartertrack_emu.rest.openapi import Described, describe, reference

from .application import MOST_BODY, OPERATIONS
from .records import ERROR, RECORDS

_INTEGER: Mapping[str, Any] = {"type": "integer"}
_ABOUT = (
    "ACD events over tickets and chats, ACD groups, and the dialler's campaigns and contacts. Every call needs a token "
    "of the client in its path. Times are in the installation's time zone, without saying which. A path that is not "
    "there is answered with 404 and no body."
)
_HEADERS = {"X-Total-Count": {"description": "How many records there are without limits.", "schema": _INTEGER}}


def _envelope(operation: Operation) -> dict[str, Any]:
    if operation.record is None:
        members: dict[str, Any] = {"status": _INTEGER}
    else:
        records = {"type": "array", "items": reference(operation.record)}
        members = {"records": records, "count": _INTEGER, "status": _INTEGER}
    if operation.envelope == "list":
        limits = {"filter": {"type": "string"}, "limitStart": _INTEGER, "limitPageSize": _INTEGER}
        order = {"orderBy": {"type": "string"}, "ascending": {"type": "boolean"}}
        members = {**limits, "records": members["records"], "count": _INTEGER, **order, "status": _INTEGER}
    return {"type": "object", "properties": members, "required": list(members)}


def _headers(operation: Operation) -> Mapping[str, Any]:
    return _HEADERS if operation.envelope == "list" else {}


def errors_of(operation: Operation) -> dict[int, str]:
    """Return why an operation may be refused, by status."""
    found = {
        401: "No token, a wrong one, or not this client's.",
        405: "Another method; Allow says which.",
        500: "An error of ours.",
        503: "The database is away.",
    }
    if operation.takes_body:
        found[413] = f"The body is longer than {MOST_BODY} bytes."
        found[415] = "The body is not JSON, as Content-Type says."
        found[400] = "The body is no JSON object."
    for status, why in operation.errors:
        known = found.get(status)
        found[status] = f"{why}." if known is None else f"{known} {why}."
    found.setdefault(400, "A parameter cannot be read.")
    return found


DOCUMENT = describe(
    Described(
        title="smartertrack-emu: the jtel dialect",
        about=_ABOUT,
        base="/rest/v1.0/{ClientsID}/",
        parameters=[{"name": "ClientsID", "in": "path", "required": True, "schema": _INTEGER}],
        security={"type": "http", "scheme": "bearer"},
        media_type="application/json",
        envelope=_envelope,
        headers=_headers,
        errors=errors_of,
        error=ERROR,
    ),
    OPERATIONS,
    RECORDS,
)
