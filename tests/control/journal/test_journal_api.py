"""Evidence: ours. The journal over the control API: lists, filters, one call, its command, deleting."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy

from smartertrack_emu.store import beside
from tests.control.client import Control
from tests.control.journal.conftest import Journaled
from tests.control.journal.whys import PATH, action, call, envelope
from tests.outages import nothing_beside
from tests.services.api import RunningServer

ON_SQLITE = pytest.mark.parametrize("seeded_url", ["sqlite"], indirect=True)
MEMBERS = {
    "id", "at", "milliseconds", "statements", "client", "protocol", "service", "operation", "user", "outcome", "code",
    "message", "why", "request_bytes", "response_bytes",
}  # fmt: skip


@pytest.fixture
def control(journaled: Journaled) -> Iterator[Control]:
    with Control(journaled.url) as control:
        yield control


def noted(journaled: Journaled, control: Control, **query: Any) -> list[dict[str, Any]]:
    """Return the list when all calls up to now are in it."""
    journaled.entries()
    answer = control.get("/journal", **query)
    assert answer["total"] >= len(answer["items"])
    items: list[dict[str, Any]] = answer["items"]
    return items


def test_lists_and_their_filters(journaled: Journaled, control: Control) -> None:
    journaled.post(PATH, envelope(call("GetTicketsBySearch", "")), **action("GetTicketsBySearch"))
    journaled.post(PATH, envelope(call(inner="<ticketId>999999</ticketId>", user="Alice")))
    journaled.post(PATH, "<a>")
    journaled.post("/Services2/svcTicketz.asmx", "Ünsinn & mehr")
    newest = noted(journaled, control)
    assert [one["outcome"] for one in newest] == ["http", "http", "refused", "ok"]
    assert [one["code"] for one in newest] == [404, 400, -4, 0]
    assert all(set(one) == MEMBERS for one in newest)
    ids = [one["id"] for one in newest]
    assert ids == sorted(ids, reverse=True)
    assert newest[2]["why"].startswith("GetTicketInfo refused it: There is no ticket 999999.")

    def found(**query: Any) -> list[int]:
        items = [one["id"] for one in noted(journaled, control, **query)]
        assert control.get("/journal/count", **query) == {"count": len(items)}
        return items

    assert found(service="svctickets") == ids[1:]
    assert found(operation="GetTicketInfo") == [ids[2]]
    assert found(user="ALICE") == ids[2:]
    assert found(outcome="http") == ids[:2]
    assert found(code=-4) == [ids[2]]
    assert found(code=400) == [ids[1]]
    assert found(after=ids[2]) == ids[:2]
    assert found(text="THERE IS NO TICKET") == [ids[2]]
    assert found(text="ünSINN & m") == [ids[0]]
    assert found(text="soapaction: ") == [ids[3]]
    assert found(text="svcTicketz") == [ids[0]]
    assert found(text="alice-pw") == []
    assert found(text="<auth", outcome="ok") == [ids[3]]
    page = control.get("/journal", limit=1, offset=1)
    assert ([one["id"] for one in page["items"]], page["total"]) == ([ids[1]], 4)
    page = control.get("/journal", limit=1, offset=1, text="<a")
    assert ([one["id"] for one in page["items"]], page["total"]) == ([ids[2]], 3)


@ON_SQLITE
def test_wrong_questions(control: Control) -> None:
    assert control.wrong("GET", "/journal", params={"outcome": "bad"}) == ["query.outcome"]
    assert control.wrong("GET", "/journal", params={"code": "x"}) == ["query.code"]
    assert control.wrong("GET", "/journal/count", params={"limit": "1"}) == ["query.limit"]
    assert control.wrong("GET", "/journal/stream", headers={"Last-Event-ID": "x"}) == ["header.Last-Event-ID"]
    control.refused("GET", "/journal/7", status=404)
    control.refused("GET", "/journal/7/curl", status=404)


def test_a_database_that_fails_when_the_journal_is_read(journaled: Journaled, control: Control) -> None:
    journaled.post(PATH, "<a>")
    (one,) = noted(journaled, control)
    paths = ("/journal", "/journal/count", f"/journal/{one['id']}", f"/journal/{one['id']}/curl", "/journal/stream")
    with nothing_beside(journaled.server.engine):
        for method, path in [*(("GET", path) for path in paths), ("DELETE", "/journal"), ("GET", "/faults")]:
            problem = control.refused(method, path, status=503)
            assert problem["detail"].startswith("The database is not available at the moment."), path
    assert noted(journaled, control) == [one]


def test_one_call_with_all_that_went_over_the_wire(journaled: Journaled, control: Control) -> None:
    body = envelope(call(inner="<ticketId>999999</ticketId><x>ü</x>"))
    headers = {"Content-Type": "text/xml; charset=utf-16", "Cookie": "a=geheim"}
    answer = requests.post(journaled.url + PATH, data=body.encode("utf-16"), headers=headers, timeout=30)
    (listed,) = noted(journaled, control)
    one = control.get(f"/journal/{listed['id']}")
    assert {name: value for name, value in one.items() if name in listed} == listed
    assert one["request"]["method"] == "POST"
    assert one["request"]["path"] == PATH
    assert one["request"]["body"] == body.replace("alice-pw", "****")
    assert one["request"]["truncated"] is False
    assert ["Cookie", "****"] in one["request"]["headers"]
    assert one["response"]["status"] == 200
    assert one["response"]["body"] == answer.text
    assert sorted(one["response"]["headers"]) == sorted(
        list(pair) for pair in answer.headers.items() if pair[0] not in ("Date", "Connection")
    )
    assert listed["request_bytes"] == len(body.encode("utf-16"))
    assert listed["response_bytes"] == len(answer.content)


@ON_SQLITE
def test_the_command_sends_a_call_again(journaled: Journaled, control: Control) -> None:
    journaled.post(PATH, envelope(call("GetTicketsBySearch", "")), **action("GetTicketsBySearch"))
    (first,) = noted(journaled, control)
    answer = control.call("GET", f"/journal/{first['id']}/curl")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "alice-pw" not in answer.text
    environ = {"PATH": os.environ["PATH"], "PASSWORD": "alice-pw"}
    done = subprocess.run(
        ["sh", "-c", answer.text.rstrip("\n")], env=environ, capture_output=True, check=True, timeout=30
    )
    assert b"<Result>true</Result>" in done.stdout
    again, _ = noted(journaled, control)
    assert (again["outcome"], again["operation"]) == ("ok", "GetTicketsBySearch")
    journaled.post(PATH, envelope(call("GetTicketsBySearch", f"<x>{'y' * 70_000}</x>")))
    cut = noted(journaled, control)[0]
    control.refused("GET", f"/journal/{cut['id']}/curl", status=409)
    one = control.get(f"/journal/{cut['id']}")
    assert one["request"]["truncated"]
    assert len(one["request"]["body"]) <= 65536 + 4


def test_deleting(journaled: Journaled, control: Control) -> None:
    journaled.post(PATH, "<a>")
    (first,) = noted(journaled, control)
    assert control.done("DELETE", "/journal") == {"deleted": 1}
    assert noted(journaled, control) == []
    journaled.post(PATH, "<a>")
    assert noted(journaled, control)[0]["id"] > first["id"]


@ON_SQLITE
def test_switched_off_there_is_nothing(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> None:
    server = RunningServer(seeded_engine, tmp_path, journal_calls=0)
    with Control(server.url) as control:
        requests.post(server.url + PATH, data="<a>", timeout=30)
        assert control.get("/journal") == {"items": [], "total": 0}
        assert control.get("/journal/count") == {"count": 0}
        assert control.done("DELETE", "/journal") == {"deleted": 0}
    server.application._recorder.flush()  # it still counts calls, and keeps nothing of them
    assert server.application.journal.count() == 0
    server.stop()


def test_no_password_stands_on_the_disk(journaled: Journaled, control: Control, tmp_path: Path) -> None:
    passwords = ["alice-pw", "falsches-wort", "Anna&Bert<1>"]
    for password in passwords:
        spelt = password.replace("&", "&amp;").replace("<", "&lt;")
        journaled.post(PATH, envelope(call(password=spelt)))
        journaled.post(PATH, envelope(call(password=spelt)).encode("utf-16"), Content_Type="text/xml; charset=utf-16")
        journaled.post(PATH, envelope(call(password=spelt)), SOAPAction=f'"{password}"'.encode().decode("latin-1"))
        form = {"authUserName": "alice", "authPassword": password, "ticketId": password}
        journaled.http.get(f"{journaled.url}{PATH}/GetTicketInfo", params=form)
        journaled.http.post(f"{journaled.url}{PATH}/GetTicketInfo", data=form, auth=("alice", password))
        journaled.http.post(f"{journaled.url}{PATH}/{password}", data=form)
        journaled.post(PATH, json.dumps(form), Content_Type="application/json")
    assert len(journaled.entries()) == 7 * len(passwords)
    items = json.dumps([control.get(f"/journal/{one['id']}") for one in noted(journaled, control)])
    assert not [password for password in passwords if password in items]
    if journaled.server.engine.dialect.name == "sqlite":
        path = beside.path_of(journaled.server.engine)
        stored = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
        spellings = [spelt for password in passwords for spelt in (password, password.replace("&", "&amp;"))]
        assert not [one for one in spellings if one.encode() in stored or one.encode("utf-16-le") in stored]
