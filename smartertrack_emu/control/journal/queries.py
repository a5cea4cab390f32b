"""Reading the journal: lists by filters, one call with all that is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func

from smartertrack_emu.domain.text import fold

from .charsets import text_of
from .store import Entry, Journal, journal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls are meant; None: any.

    Names compare without letter case. `text`: in the request, the answer or the message as kept, without letter case.
    `after`: calls with greater ids.
    """

    service: str | None = None
    operation: str | None = None
    user: str | None = None
    outcome: str | None = None
    code: int | None = None
    text: str | None = None
    after: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what the database is asked."""
        columns = journal.c
        names = ((columns.service, self.service), (columns.operation, self.operation))
        found = [func.lower(column) == name.lower() for column, name in names if name is not None]
        if self.user is not None:
            # SQLite's lower() knows ASCII alone.
            given = func.lower(columns.user) == self.user.lower() if self.user.isascii() else columns.user == self.user
            found.append(given)
        if self.outcome is not None:
            found.append(columns.outcome == self.outcome)
        if self.code is not None:
            found.append(columns.code == self.code)
        if self.after is not None:
            found.append(columns.id > self.after)
        return found

    def finds(self, entry: Entry) -> bool:
        """Say whether the text is in a call."""
        if not self.text:
            return True
        wanted = fold(self.text)
        parts = (
            entry.message,
            entry.path,
            entry.request_headers,
            entry.response_headers,
            text_of(entry.request_body, content_type(entry.headers[0])),
            text_of(entry.response_body, content_type(entry.headers[1])),
        )
        return any(wanted in fold(part) for part in parts)


def content_type(headers: list[tuple[str, str]]) -> str:
    """Return the Content-Type among headers, "" for none."""
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def page(book: Journal, wanted: Filter, *, limit: int, offset: int) -> tuple[Iterator[Entry], int]:
    """Return calls, newest first, a few of them in memory at a time, and how many there are without the limits."""
    conditions = wanted.conditions()
    if not book.calls:
        return iter(()), 0
    if not wanted.text:
        return book.entries(*conditions, limit=limit, offset=offset), book.count(*conditions)
    ids = [entry.id for entry in book.entries(*conditions) if wanted.finds(entry)]
    return book.entries(journal.c.id.in_(ids[offset : offset + limit])), len(ids)


def count(book: Journal, wanted: Filter) -> int:
    """Return how many calls there are."""
    return page(book, wanted, limit=1, offset=0)[1]


def newer(book: Journal, wanted: Filter, after: int, *, most: int) -> Iterator[Entry]:
    """Give calls with greater ids than `after`, oldest first."""
    return book.entries(*wanted.conditions(), journal.c.id > after, limit=most, ascending=True)


def at_of(entry: Entry) -> datetime:
    """Return when a call began, by the emulated clock."""
    return _EPOCH + timedelta(microseconds=entry.at_us)


def sides_of(entry: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the request and the answer as they went over the wire, passwords masked, bodies as text."""
    sent, given = entry.headers
    request = {
        "method": entry.method,
        "path": entry.path,
        "headers": [list(one) for one in sent],
        "body": text_of(entry.request_body, content_type(sent)),
        "truncated": entry.request_cut,
    }
    response = {
        "status": entry.status,
        "headers": [list(one) for one in given],
        "body": text_of(entry.response_body, content_type(given)),
        "truncated": entry.response_cut,
    }
    return request, response
