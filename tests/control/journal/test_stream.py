"""Evidence: ours. The journal as a stream of server-sent events, which takes nobody's thread."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from smartertrack_emu.control.journal import stream
from smartertrack_emu.control.journal.queries import Filter
from smartertrack_emu.control.journal.stream import Stream
from tests.control.journal.conftest import Journaled
from tests.control.journal.whys import PATH, call, envelope

ON_SQLITE = pytest.mark.parametrize("seeded_url", ["sqlite"], indirect=True)


def wait_for_room() -> None:
    """Wait until the streams of tests before this one have ended: they see within a moment that their server has."""
    deadline = time.monotonic() + 10
    while stream._running._value < stream.MOST and time.monotonic() < deadline:
        time.sleep(0.01)


@contextmanager
def followed(journaled: Journaled, query: str = "", **headers: str) -> Iterator[Iterator[bytes]]:
    """Follow the journal over HTTP; give its lines."""
    url = f"{journaled.url}/_emu/api/journal/stream{query}"
    with requests.get(url, auth=("admin", "admin"), headers=headers, stream=True, timeout=20) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store"
        lines = answer.iter_lines(chunk_size=1)
        assert next(lines).startswith(b":")
        yield lines


def next_event(lines: Iterator[bytes]) -> dict[str, Any]:
    """Return the next event's call."""
    number = 0
    for line in lines:
        if line.startswith(b"id: "):
            number = int(line[4:])
        elif line.startswith(b"data: "):
            found: dict[str, Any] = json.loads(line[6:])
            assert found["id"] == number
            return found
    raise AssertionError("the stream ended")


def test_calls_come_as_they_are_made(journaled: Journaled) -> None:
    journaled.post(PATH, "<a>")
    first = journaled.last()
    with followed(journaled) as lines, followed(journaled, "?outcome=refused") as refusals:
        journaled.post(PATH, "<b>")
        journaled.post(PATH, envelope(call(inner="<ticketId>999999</ticketId>")))
        assert [next_event(lines)["code"] for _ in range(2)] == [400, -4]
        refused = next_event(refusals)
        assert (refused["code"], refused["operation"]) == (-4, "GetTicketInfo")
        assert "There is no ticket 999999." in refused["why"]
        listed = requests.get(f"{journaled.url}/_emu/api/journal?limit=1", auth=("admin", "admin"), timeout=20).json()
        assert listed["items"] == [refused]
    with followed(journaled, **{"Last-Event-ID": str(first.id)}) as lines:
        assert [next_event(lines)["code"] for _ in range(2)] == [400, -4]
    with followed(journaled, f"?after={first.id + 1}") as lines:
        assert next_event(lines)["code"] == -4


@ON_SQLITE
def test_streams_take_no_thread_that_answers_calls_and_are_bounded(journaled: Journaled) -> None:
    wait_for_room()
    url = f"{journaled.url}/_emu/api/journal/stream"
    answers = [requests.get(url, auth=("admin", "admin"), stream=True, timeout=20) for _ in range(stream.MOST)]
    assert {answer.status_code for answer in answers} == {200}
    refused = requests.get(url, auth=("admin", "admin"), timeout=20)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    for _ in range(8):  # twice as many as there are threads
        assert journaled.post(PATH, "<a>").status_code == 400
    for answer in answers:
        answer.close()


@ON_SQLITE
def test_a_comment_comes_where_nothing_else_does_and_the_end_with_the_servers(journaled: Journaled) -> None:
    slept: list[float] = []
    wait_for_room()
    book = journaled.server.application.journal
    events = Stream(book, Filter(), str, lambda: sum(slept) > 20, sleep=slept.append)
    sent = list(events)
    events.close()
    assert len(sent) == 4  # the first, and one after every five seconds
    assert all(one.startswith(b":") and one.endswith(b"\n\n") for one in sent)
