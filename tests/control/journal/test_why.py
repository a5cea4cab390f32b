"""Evidence: ours. Why calls ended as they did: each mistake over HTTP, with what its explanation must say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from smartertrack_emu.compose import declared
from smartertrack_emu.control.journal.declared import Known
from smartertrack_emu.control.journal.store import Entry
from smartertrack_emu.control.journal.why import why
from smartertrack_emu.store.engine import create_engine
from tests.conftest import run_key
from tests.control.client import Control
from tests.control.journal.conftest import Journaled
from tests.control.journal.whys import CASES, FORM, PATH, TICKETS, Case, action, call, envelope
from tests.services.api import RunningServer

ON_SQLITE = pytest.mark.parametrize("seeded_url", ["sqlite"], indirect=True)
KNOWN = Known(declared(), lambda right: ["Agents"])  # noqa: ARG005 - the same for every right


def explained(journaled: Journaled, case: Case) -> str:
    """Send what a case sends, and return why it ended as it did."""
    body = case.body.encode() if isinstance(case.body, str) else case.body
    headers = case.headers if case.method == "GET" else {"Content-Type": "text/xml; charset=utf-8", **case.headers}
    data = None if case.method == "GET" else body
    journaled.http.request(case.method, journaled.url + case.path, data=data, headers=headers, timeout=30)
    return why(journaled.last(), KNOWN)


@ON_SQLITE
def test_each_mistake_is_explained(journaled: Journaled) -> None:
    said = {name: explained(journaled, case) for name, case in CASES.items()}
    lacking = {
        name: [word for word in case.words if word not in said[name]]
        for name, case in CASES.items()
        if not all(word in said[name] for word in case.words)
    }
    assert lacking == {}
    assert max(map(len, said.values())) < 500
    assert not [text for text in said.values() if "alice-pw" in text or "wrong-one" in text]


@pytest.fixture
def guarded(journaled: Journaled) -> Iterator[Control]:
    with Control(journaled.url) as control:
        yield control


@ON_SQLITE
def test_of_what_succeeded_only_what_was_ignored_is_said(journaled: Journaled) -> None:
    assert explained(journaled, Case([], envelope(call("GetTicketsBySearch", "")))) == ""
    assert explained(journaled, Case([], envelope(call("GetTicketsBySearch", "<xyzzy>1</xyzzy>")))) == ""
    for inner, words in (
        ("<searchCriterias/>", ('"searchCriterias"', "nearest that is read is searchCriteria")),
        ("<searchCriteria><String>IsOpen=1</String></searchCriteria>", ('"String"', "elements string")),
    ):
        said = explained(journaled, Case([], envelope(call("GetTicketsBySearch", inner))))
        assert journaled.last().outcome == "ok"
        assert all(word in said for word in words), said
    said = explained(journaled, Case([], envelope(call("GetTicketsBySearch", "")), {"Soap-Action": "x", "Xyzzy": "1"}))
    assert "Soap-Action" in said
    assert "SOAPAction" in said


@ON_SQLITE
def test_too_many_wrong_passwords(journaled: Journaled) -> None:
    for _ in range(10):
        journaled.post(PATH, envelope(call(password="wrong-one")))
    said = explained(journaled, Case([], envelope(call())))
    assert "too many wrong passwords for 'alice' from 127.0.0.1" in said
    assert "the right one is refused too" in said


@ON_SQLITE
def test_too_large(journaled: Journaled) -> None:
    journaled.raw(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n".encode())
    said = why(journaled.last(), KNOWN)
    assert "99999999999 bytes" in said
    assert "67108864" in said
    long = "a=" + "x" * (17 << 20)
    said = explained(journaled, Case([], long, FORM, path=f"{PATH}/GetTicketInfo"))
    assert "too many" in said
    assert str(16 << 20) in said


@ON_SQLITE
@pytest.mark.parametrize("kind", ["soap-fault", "result", "http", "drop", "truncate", "garbage"])
def test_injected_faults(journaled: Journaled, guarded: Control, kind: str) -> None:
    fault = guarded.done("POST", "/faults", {"effect": {"kind": kind, "code": -77}}, status=201)
    try:
        journaled.post(PATH, envelope(call(inner="<ticketId>1</ticketId>")))
    except OSError:
        assert kind in ("drop", "truncate")
    entry = journaled.last()
    assert f"Fault {fault['id']} was injected: {kind}." in why(entry, KNOWN)
    expected = {
        "soap-fault": ("fault", None),
        "result": ("refused", -77),
        "http": ("http", 503),
        "drop": ("http", None),
        "truncate": ("http", 200),
        "garbage": ("http", 200),
    }
    assert (entry.outcome, entry.code) == expected[kind]


@ON_SQLITE
def test_a_busy_database(seeded_url: str, tmp_path: Path) -> None:
    engine = create_engine(seeded_url, synchronous="OFF", key=run_key(), busy_timeout_ms=50)
    server = RunningServer(engine, tmp_path, journal_calls=1000)
    journaled = Journaled(server)
    holder = engine.raw_connection()
    holder.cursor().execute("BEGIN EXCLUSIVE")
    said = explained(journaled, Case([], envelope(call("CloseTicket", "<ticketNumber>1</ticketNumber>"))))
    holder.cursor().execute("ROLLBACK")
    holder.close()
    journaled.http.close()
    server.stop()
    assert "database" in said
    assert "locked" in said


def test_an_entry_that_cannot_be_explained_harms_nothing() -> None:
    entry = Entry(
        at_us=0, milliseconds=1.0, statements=0, client="", protocol="soap11", service="svcTickets",
        operation="GetTicketInfo", user=None, outcome="refused", code=-4, message="There is none.", hint="",
        request_bytes=0, response_bytes=0, method="POST", path=PATH, request_headers="Content-Type: text/xml",
        request_body=b"<a" * 30_000, status=200, response_headers="", response_body=b"",
    )  # fmt: skip
    assert "There is none." in why(entry, KNOWN)


def test_very_long_names_are_cut() -> None:
    body = envelope(call("Get" + "x" * 60_000)).encode()
    entry = Entry(
        at_us=0, milliseconds=1.0, statements=0, client="", protocol="soap11", service="svcTickets",
        operation=None, user=None, outcome="fault", code=None,
        message="Server did not recognize the value of HTTP Header SOAPAction: x.", hint="",
        request_bytes=len(body), response_bytes=0, method="POST", path=PATH,
        request_headers=f"Content-Type: text/xml\nSOAPAction: \"{TICKETS}/{'y' * 5_000}\"", request_body=body,
        status=500, response_headers="", response_body=b"",
    )  # fmt: skip
    assert 20 < len(why(entry, KNOWN)) < 500
    assert action("x")["SOAPAction"].endswith('/x"')
