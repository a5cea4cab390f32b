"""The journal: the calls of late, why each ended as it did, and how to send it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, ClassVar, Literal
from wsgiref.util import application_uri

from flask import Response, request
from pydantic import Field

from smartertrack_emu.control.journal import queries
from smartertrack_emu.control.journal.curl import curl_of
from smartertrack_emu.control.journal.declared import Known
from smartertrack_emu.control.journal.queries import Filter
from smartertrack_emu.control.journal.store import Entry
from smartertrack_emu.control.journal.stream import Stream
from smartertrack_emu.control.journal.why import why
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.people import permissions
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.waiting import CrowdedError

from .declaring import Call, Media, Routes
from .models import MOST_ID, Deleted, Listing, Model, Moment, Paging, Query
from .problems import Mistake, Problem, of_mistakes

routes = Routes("Journal")

_LONGEST = 1_000
_EXAMPLE: Mapping[str, Any] = {
    "id": 17,
    "at": "2025-06-01T08:00:12.500000Z",
    "milliseconds": 3.2,
    "statements": 2,
    "client": "127.0.0.1",
    "protocol": "soap11",
    "service": "svcTickets",
    "operation": "GetTicketInfo",
    "user": "alice",
    "outcome": "refused",
    "code": -4,
    "message": "There is no ticket 7.",
    "why": 'The element "ticketID" (line 1, column 402) is not read; the nearest that is read is ticketId.',
    "request_bytes": 612,
    "response_bytes": 701,
}

Outcome = Literal["ok", "refused", "fault", "http"]
Protocol = Literal["soap11", "soap12", "get", "post", "jtel"]


class JournalQuery(Query):
    """Which calls are meant. Names are compared without letter case."""

    service: str | None = Field(default=None, max_length=_LONGEST)
    operation: str | None = Field(default=None, max_length=_LONGEST)
    user: str | None = Field(default=None, max_length=_LONGEST)
    outcome: Outcome | None = None
    code: int | None = Field(default=None, ge=-(2**31), le=2**31 - 1, description="A result code or an HTTP status.")
    text: str | None = Field(
        default=None, max_length=_LONGEST, description="In the request, the answer or the message, in any letter case."
    )
    after: int | None = Field(default=None, ge=0, le=MOST_ID, description="Calls with greater ids.")


class JournalPage(JournalQuery, Paging):
    """Which calls are meant, and which part of the list."""


class JournalCall(Model):
    """A call of late. `at` is by the emulated clock, `milliseconds` by the machine's.

    `code`: of the result, or the HTTP status where `outcome` is `http`. `why`: empty where there is nothing to say.
    """

    example: ClassVar[Mapping[str, Any]] = _EXAMPLE

    id: int
    at: Moment
    milliseconds: float
    statements: int
    client: str
    protocol: Protocol | None
    service: str | None
    operation: str | None
    user: str | None
    outcome: Outcome
    code: int | None
    message: str
    why: str
    request_bytes: int
    response_bytes: int


class Sent(Model):
    """A request as it went over the wire, passwords masked; `truncated`: not all of its body is kept."""

    method: str
    path: str
    headers: list[list[str]]
    body: str
    truncated: bool


class Answered(Model):
    """An answer as it went over the wire; the status of a dropped connection is 0."""

    status: int
    headers: list[list[str]]
    body: str
    truncated: bool


class JournalDetail(JournalCall):
    """A call with what went over the wire."""

    example: ClassVar[Mapping[str, Any]] = {
        **_EXAMPLE,
        "request": {
            "method": "POST",
            "path": "/Services2/svcTickets.asmx",
            "headers": [["Content-Type", "text/xml; charset=utf-8"]],
            "body": "<soap:Envelope>…</soap:Envelope>",
            "truncated": False,
        },
        "response": {
            "status": 200,
            "headers": [["Content-Type", "text/xml; charset=utf-8"]],
            "body": "<soap:Envelope>…</soap:Envelope>",
            "truncated": False,
        },
    }

    request: Sent
    response: Answered


class JournalCount(Model):
    """How many calls there are."""

    example: ClassVar[Mapping[str, Any]] = {"count": 3}

    count: int


def _find(call: Call, call_id: int) -> None:
    _entry(call, call_id)


@routes.get("/journal")
def list_calls(call: Call, query: JournalPage) -> Listing[JournalCall]:
    """List the calls of late, newest first."""
    entries, total = queries.page(call.emulator.journal, _filter(query), limit=query.limit, offset=query.offset)
    known = known_by(call)
    return Listing[JournalCall](items=[_shown(entry, known) for entry in entries], total=total)


@routes.delete("/journal")
def delete_calls(call: Call) -> Deleted:
    """Forget all calls; ids go on."""
    return Deleted(deleted=call.emulator.journal.clear())


@routes.get("/journal/count")
def count_calls(call: Call, query: JournalQuery) -> JournalCount:
    """Count the calls of late."""
    return JournalCount(count=queries.count(call.emulator.journal, _filter(query)))


_STREAM = 'id: 17\ndata: {"id": 17, "service": "svcTickets", "operation": "GetTicketInfo", "outcome": "ok"}\n\n'


@routes.get("/journal/stream", errors={503: "There are as many streams as may be."})
def follow_calls(call: Call, query: JournalQuery) -> Annotated[Response, Media("text/event-stream", _STREAM)]:
    """Send each call as a server-sent event as it comes.

    The header Last-Event-ID, or `after`, says after which call to begin; without them it is from now on.
    """
    wanted, known = _filter(query), known_by(call)
    is_over: Callable[[], bool] = request.environ.get("asmx.is_draining", lambda: False)
    after = _last_event_id() if "Last-Event-ID" in request.headers else query.after
    try:
        stream = Stream(
            call.emulator.journal,
            wanted,
            lambda entry: _shown(entry, known).model_dump_json(),
            is_over,
            after=after,
        )
    except CrowdedError:
        raise Problem(503, "There are as many streams as may be.") from None
    return Response(stream, content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@routes.get("/journal/{call_id}", finds=_find)
def get_call(call: Call, call_id: int) -> JournalDetail:
    """Return a call with what went over the wire."""
    entry = _entry(call, call_id)
    sent, answered = queries.sides_of(entry)
    return JournalDetail(
        **_shown(entry, known_by(call)).model_dump(), request=Sent(**sent), response=Answered(**answered)
    )


@routes.get("/journal/{call_id}/curl", errors={409: "Not all of the request's body was kept."}, finds=_find)
def get_curl(
    call: Call, call_id: int
) -> Annotated[Response, Media("text/plain", "curl -sS -g --path-as-is http://localhost:9996/Services2/…")]:
    """Return a command for a POSIX shell that sends a call again; `${PASSWORD}` stands for the password."""
    entry = _entry(call, call_id)
    if entry.request_cut:
        raise Problem(409, f"Not all of the body of call {call_id} was kept, so it cannot be sent again.")
    command = curl_of(entry, application_uri(request.environ))
    return Response(f"{command}\n", content_type="text/plain; charset=utf-8")


def known_by(call: Call) -> Known:
    """Return what calls are explained from."""

    @cache
    def roles_with(right: str) -> Sequence[str]:
        return call.read(lambda session, actor: permissions.roles_with(session, Right(right)))  # noqa: ARG005 - all work gets one

    return Known(call.emulator.declared(), roles_with, takes_forms=call.emulator.settings.http_get_and_post)


def _entry(call: Call, call_id: int) -> Entry:
    journal = call.emulator.journal
    entry = journal.entry(call_id) if journal.calls else None
    if entry is None:
        raise NotFound(f"There is no call {call_id} in the journal.")
    return entry


def _filter(query: JournalQuery) -> Filter:
    return Filter(query.service, query.operation, query.user, query.outcome, query.code, query.text, query.after)


def _last_event_id() -> int:
    text = request.headers["Last-Event-ID"].strip()
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise of_mistakes([Mistake("header.Last-Event-ID", "must be the id of a call.")])
    return int(text)


def _shown(entry: Entry, known: Known) -> JournalCall:
    return JournalCall.model_construct(
        id=entry.id,
        at=queries.at_of(entry),
        milliseconds=entry.milliseconds,
        statements=entry.statements,
        client=entry.client,
        protocol=entry.protocol,
        service=entry.service,
        operation=entry.operation,
        user=entry.user,
        outcome=entry.outcome,
        code=entry.code,
        message=entry.message,
        why=why(entry, known),
        request_bytes=entry.request_bytes,
        response_bytes=entry.response_bytes,
    )
