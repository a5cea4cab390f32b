"""Web pages are called: what they are told, when again, and what becomes of others meanwhile. All of it is ours."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from smartertrack_emu.control.api.events import Event as ShownEvent
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, ProviderRefused
from smartertrack_emu.domain.events import outbox
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.ports import PageCall
from smartertrack_emu.providers.networks import Networks
from smartertrack_emu.providers.pages import Pages

from .conftest import STATUS, TICKET, Helpdesk

GOOD, BAD = "http://good.example/", "http://bad.example/"


def webhook(url: str, **more: Any) -> dict[str, Any]:
    return {"kind": "webhook", "url": url, **more}


def change(helpdesk: Helpdesk, ticket_id: int = TICKET) -> None:
    """Let the ticket's status change."""
    is_open = helpdesk.ticket(ticket_id).status is TicketStatus.OPEN
    helpdesk.set_status(TicketStatus.WAITING if is_open else TicketStatus.OPEN, ticket_id)


def test_a_page_is_told_the_event_as_it_is_shown(helpdesk: Helpdesk) -> None:
    rule = helpdesk.rule(STATUS, {"kind": "log", "text": "x"}, webhook(GOOD))
    change(helpdesk)
    helpdesk.run()
    (call,), (event,) = helpdesk.pages.calls, helpdesk.events(STATUS)
    assert call.key == f"{event.id}-{rule}-1"
    assert json.loads(call.content) == ShownEvent(**event._asdict()).model_dump(mode="json")
    assert helpdesk.states() == [("done", ""), ("done", "")]


def test_nothing_is_open_while_a_page_is_called(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, webhook(GOOD))
    change(helpdesk)
    helpdesk.pages.during = lambda: done.append(helpdesk.opened())
    done: list[int] = []
    helpdesk.run()
    assert len(done) == 1


def test_a_page_that_fails_is_called_again_and_again_and_then_no_more(helpdesk: Helpdesk) -> None:
    helpdesk.pages.answers[BAD] = "The web page answered HTTP 500."
    helpdesk.rule(STATUS, webhook(BAD))
    change(helpdesk)
    passed = timedelta()
    for times, seconds in enumerate((60, 300, 900, 3600, 3600, 3600), start=1):
        with clock.shifted(passed):
            helpdesk.run()
            (action,) = helpdesk.actions()
            assert (action.state, action.attempts) == ("waiting", times)
            assert action.next_attempt_at == clock.now() + timedelta(seconds=seconds)
            helpdesk.run()
            assert len(helpdesk.pages.calls) == times
        passed += timedelta(seconds=seconds)
    with clock.shifted(passed):
        helpdesk.run()
        (action,) = helpdesk.actions()
        assert (action.state, action.attempts, action.reason) == ("failed", 7, helpdesk.pages.answers[BAD])
        assert len({call.key for call in helpdesk.pages.calls}) == 1
        helpdesk.pages.answers.clear()
        helpdesk.desk.write(lambda session: outbox.retry(session, action.id))
        helpdesk.run()
    assert helpdesk.states() == [("done", "")]


def test_a_failing_page_holds_back_its_rule_and_item_alone(helpdesk: Helpdesk) -> None:
    helpdesk.pages.answers[BAD] = "No."
    bad, good = helpdesk.rule(STATUS, webhook(BAD)), helpdesk.rule(STATUS, webhook(GOOD))
    other = helpdesk.opened()
    change(helpdesk)
    change(helpdesk)
    change(helpdesk, other)
    helpdesk.run()
    assert [(one.item_id, one.attempts) for one in helpdesk.actions(rule=bad)] == [(1, 1), (1, 0), (other, 1)]
    assert helpdesk.states(rule=good) == [("done", "")] * 3
    helpdesk.pages.answers.clear()
    with clock.shifted(timedelta(seconds=60)):
        helpdesk.run()
    assert helpdesk.states(rule=bad) == [("done", "")] * 3
    first, second, others = (event.id for event in helpdesk.events(STATUS))
    told = [json.loads(call.content)["id"] for call in helpdesk.pages.calls if call.url == BAD]
    assert [one for one in told if one != others] == [first, first, second]


def test_a_call_that_is_limited_in_time(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, webhook(GOOD, at_most_every_seconds=60))
    other = helpdesk.opened()
    change(helpdesk)
    change(helpdesk, other)
    helpdesk.run()
    assert [state for state, _ in helpdesk.states()] == ["done", "skipped"]


def test_many_calls(helpdesk: Helpdesk) -> None:
    helpdesk.rule(STATUS, webhook(GOOD))
    tickets = [helpdesk.opened() for _ in range(10)]
    for ticket in tickets:
        change(helpdesk, ticket)
    helpdesk.run()
    assert len(helpdesk.pages.calls) == 10


# The pages themselves


class Page(BaseHTTPRequestHandler):
    """Answers as its path says, and notes what came."""

    def do_POST(self) -> None:
        """Answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        seen: list[Any] = self.server.seen  # type: ignore[attr-defined]  # the test's own
        seen.append((self.path, body, dict(self.headers)))
        if self.path == "/drip":
            for letter in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000:
                try:
                    self.wfile.write(bytes([letter]))
                except OSError:
                    return
        self.send_response(int(self.path[1:]))
        self.send_header("Location", "/200")
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def page() -> Iterator[tuple[str, list[Any]]]:
    """The address of a server of pages, and what it has seen."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.seen = []  # type: ignore[attr-defined]  # the test's own
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", server.seen  # type: ignore[attr-defined]  # the same
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_answers_that_it_has_heard(page: tuple[str, list[Any]]) -> None:
    url, seen = page
    Pages("any").call(PageCall(f"{url}/204", b"{}", "1-2-0"))
    ((path, body, headers),) = seen
    assert (path, body, headers["Content-Type"], headers["Idempotency-Key"]) == (
        "/204",
        b"{}",
        "application/json",
        "1-2-0",
    )


@pytest.mark.parametrize("status", [302, 307, 404, 500])
def test_a_page_answers_otherwise_and_no_redirect_is_followed(page: tuple[str, list[Any]], status: int) -> None:
    url, seen = page
    with pytest.raises(ProviderRefused, match=f"The web page answered HTTP {status}."):
        Pages("any").call(PageCall(f"{url}/{status}", b"{}", "k"))
    assert len(seen) == 1


def test_a_page_that_is_not_there() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        with pytest.raises(ProviderRefused, match="cannot be reached"):
            Pages("any").call(PageCall(url, b"{}", "k"))


def test_a_page_that_does_not_answer_in_time(page: tuple[str, list[Any]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(ProviderRefused, match=r"within 0\.2 seconds"):
            Pages("any", seconds=0.2).call(PageCall(url, b"{}", "k"))


def test_addresses_that_are_not_called(page: tuple[str, list[Any]]) -> None:
    url, seen = page
    with pytest.raises(ProviderRefused, match="address is not allowed"):
        Pages("public").call(PageCall(f"{url}/200", b"{}", "k"))
    with pytest.raises(ProviderRefused, match="address is not allowed"):
        Pages("10.0.0.0/8").call(PageCall(f"{url.replace('127.0.0.1', 'localhost')}/200", b"{}", "k"))
    assert seen == []
    for refused in ("http://169.254.169.254/latest", "http://[fe80::1]/", "http://[::ffff:169.254.1.1]/"):
        with pytest.raises(BadValue):
            Pages("any").check(refused)
    Pages("any").check("http://metadata.example/")
    Pages("any").check(url)


@pytest.mark.parametrize(
    ("allowed", "address", "may"),
    [
        ("any", "127.0.0.1", True),
        ("any", "10.1.2.3", True),
        ("any", "::1", True),
        ("any", "0.0.0.0", False),  # noqa: S104 - nothing listens
        ("any", "0.1.2.3", False),
        ("any", "169.254.169.254", False),
        ("any", "224.0.0.1", False),
        ("any", "255.255.255.255", False),
        ("any", "::", False),
        ("any", "fe80::1%eth0", False),
        ("any", "ff02::1", False),
        ("any", "::ffff:169.254.169.254", False),
        ("any", "::169.254.169.254", False),
        ("any", "64:ff9b::a9fe:a9fe", False),
        ("any", "2002:a9fe:a9fe::1", False),
        ("any", "nonsense", False),
        ("public", "127.0.0.1", False),
        ("public", "192.168.1.1", False),
        ("public", "93.184.216.34", True),
        ("public", "::ffff:10.0.0.1", False),
        ("10.0.0.0/8, fd00::/8", "10.9.9.9", True),
        ("10.0.0.0/8, fd00::/8", "fd00::1", True),
        ("10.0.0.0/8, fd00::/8", "127.0.0.1", False),
        ("169.254.0.0/16", "169.254.169.254", False),
    ],
)
def test_which_addresses_may_be_called(allowed: str, address: str, may: bool) -> None:
    assert Networks(allowed).may_call(address) is may
