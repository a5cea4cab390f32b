"""The daily log files of the diagnostics."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, BinaryIO, ClassVar

from flask import Response

from .declaring import Call, Media, Routes
from .models import Day, Listing, Model, Paging

routes = Routes("Server: logs")

_PIECE = 64 * 1024


class LogFile(Model):
    """A log file. `date`: its day by the helpdesk's clock, in UTC."""

    example: ClassVar[Mapping[str, Any]] = {
        "name": "2031.02.28-smtp.log",
        "kind": "smtp",
        "date": "2031-02-28",
        "bytes": 4711,
    }

    name: str
    kind: str
    date: Day
    bytes: int


def _find(call: Call, name: str) -> None:
    call.emulator.logs.path(name)


@routes.get("/logs")
def list_logs(call: Call, query: Paging) -> Listing[LogFile]:
    """List the log files, newest day first."""
    found = call.emulator.logs.all()
    items = found[query.offset : query.offset + query.limit]
    return Listing[LogFile](
        items=[LogFile(name=one.name, kind=one.kind, date=one.day, bytes=one.bytes) for one in items], total=len(found)
    )


@routes.get("/logs/{name}", finds=_find)
def get_log(call: Call, name: str) -> Annotated[Response, Media("text/plain", "08:00:00.000 [MainThread] …")]:
    """Return a log file as text."""
    path = call.emulator.logs.path(name)
    file = path.open("rb")
    length = os.fstat(file.fileno()).st_size  # what is written meanwhile is for the next one who asks
    response = Response(_pieces(file, length), content_type="text/plain; charset=utf-8", direct_passthrough=True)
    response.call_on_close(file.close)
    response.content_length = length
    return response


@routes.delete("/logs/{name}", finds=_find)
def delete_log(call: Call, name: str) -> None:
    """Remove a log file; one of today is emptied."""
    call.emulator.logs.delete(name)


def _pieces(file: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (piece := file.read(min(length, _PIECE))):
        length -= len(piece)
        yield piece
