"""Evidence: ours. Calls of the dialect in the journal, under faults and in the metrics, as those of the services."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy

from smartertrack_emu.control.journal.curl import curl_of
from smartertrack_emu.control.journal.store import Entry
from smartertrack_emu.domain import clock
from tests.control.client import Control
from tests.control.watching.test_metrics import counted
from tests.rest.jtel.client import TOKEN, Jtel
from tests.services.api import Api, RunningServer

NEW = {"AcdEventTypesID": 3, "AcdGroupsID": 1, "Sender": "4989777", "Subject": "Fire ☎"}


@pytest.fixture
def journaled(helpdesk: sqlalchemy.Engine, tmp_path: Path) -> Iterator[Jtel]:
    server = RunningServer(helpdesk, tmp_path, journal_calls=1000)
    api = Api(server)
    yield Jtel(api)
    api.http.close()
    server.stop()
    clock.follow(clock.Setting())


def entries(jtel: Jtel) -> list[Entry]:
    application = jtel.api.server.application
    application.flush()
    return list(application.journal.entries(ascending=True))


def test_the_journal(journaled: Jtel) -> None:
    jtel = journaled
    with Control(jtel.api.url) as control:
        jtel.done("GET", "acd/groups")
        jtel.one("POST", "acd/events/create", NEW | {"Body": f"My token is {TOKEN}", "password": "secret-pw"})
        jtel.error("GET", "dialler/campaigns/99", status=404)
        jtel.call("GET", "acd/event")
        jtel.call("PUT", "acd/events")
        Jtel(jtel.api, 2).call("POST", "acd/events/create", json=NEW)
        jtel.api.server.application.flush()  # entries are there within a second, and this does not wait for it
        found = control.get("/journal", service="jtel")["items"][::-1]
        seen = [(one["operation"], one["outcome"], one["code"], one["message"]) for one in found]
        assert seen == [
            ("ListAcdGroups", "ok", 200, ""),
            ("CreateAcdEvent", "ok", 200, ""),
            ("GetDiallerCampaign", "http", 404, "Dialler campaign not found"),
            (None, "http", 404, ""),
            (None, "http", 405, "PUT is not answered here"),
            (None, "http", 401, "Unauthorized"),
        ]
        assert {(one["protocol"], one["user"]) for one in found} == {("jtel", None)}
        assert found[0]["why"] == ""
        assert found[2]["why"] == "There is no dialler campaign 99."
        assert found[3]["why"] == "There is no endpoint acd/event; the nearest is acd/events."
        assert found[5]["why"] == "The token is one of client 1, and the address names another."
        whole = control.get(f"/journal/{found[1]['id']}")
        headers = dict(whole["request"]["headers"])
        assert headers["Authorization"] == "Bearer ****"
        assert json.loads(whole["request"]["body"])["Subject"] == NEW["Subject"]
        told = json.dumps(whole)
        assert TOKEN not in told
        assert "secret-pw" not in told
        assert control.get("/journal/count", service="jtel")["count"] == 6
        curl = control.call("GET", f"/journal/{found[1]['id']}/curl").text
        assert "Authorization: Bearer " in curl
        assert "${TOKEN}" in curl
    if shutil.which("curl") is not None:
        command = curl_of(entries(jtel)[0], jtel.api.url)
        done = subprocess.run(
            ["sh", "-c", command], env={**os.environ, "TOKEN": TOKEN}, capture_output=True, check=True
        )
        assert json.loads(done.stdout)["count"] == 3


def test_metrics(jtel: Jtel) -> None:
    jtel.done("GET", "acd/groups")
    jtel.error("GET", "acd/groups/group/99", status=404)
    jtel.call("GET", "nowhere")
    counts = {
        tuple(value for _, value in labels): number
        for (name, labels), number in counted(jtel.api.server).items()
        if name == "smartertrack_emu_calls_total"
    }
    assert counts == {("ListAcdGroups", "ok", "jtel"): 1, ("GetAcdGroup", "http", "jtel"): 1, ("", "http", "jtel"): 1}


def inject(control: Control, effect: dict[str, Any], **further: Any) -> None:
    match = {"service": "jtel", "operation": "CreateAcdEvent", "argument": {"Subject": "~fire"}}
    control.done("POST", "/faults", {"match": match, "effect": effect, **further}, status=201)


@pytest.mark.parametrize("when", ["before", "after"])
def test_faults(jtel: Jtel, control: Control, when: str) -> None:
    def strike(effect: dict[str, Any]) -> requests.Response:
        inject(control, effect, when=when, times=1)
        return jtel.call("POST", "acd/events/create", json=NEW)

    result = strike({"kind": "result", "status": 409, "message": "Not today"})
    assert (result.status_code, result.json()) == (409, {"status": 409, "error": "Not today"})
    http = strike({"kind": "http", "status": 503, "message": "Down"})
    assert (http.status_code, http.text) == (503, "Down")
    garbage = strike({"kind": "garbage", "bytes": 30})
    assert (garbage.headers["Content-Type"], len(garbage.content)) == ("application/json; charset=utf-8", 30)
    with pytest.raises(requests.ConnectionError):
        strike({"kind": "drop"})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        strike({"kind": "truncate", "bytes": 5})
    assert strike({"kind": "latency", "milliseconds": 1}).status_code == 200
    assert len(jtel.records("acd/events", filter="Subject~fire")) == (6 if when == "after" else 1)
    control.done("DELETE", "/faults")


def test_which_faults(jtel: Jtel, control: Control) -> None:
    soap = {"effect": {"kind": "soap-fault"}}
    assert control.wrong("POST", "/faults", {"match": {"service": "jtel"}, **soap}) == ["body.effect.kind"]
    control.done("POST", "/faults", {"match": {}, **soap}, status=201)
    assert jtel.call("GET", "acd/groups").status_code == 200  # a SOAP fault passes by
    control.done("DELETE", "/faults")
    for match in (
        {"service": "jtel", "operation": "Nobody"},
        {"service": "jtel", "operation": "GetAcdEvent", "argument": {"x": "1"}},
    ):
        assert control.wrong("POST", "/faults", {"match": match, "effect": {"kind": "drop"}})
    control.done(
        "POST", "/faults", {"match": {"argument": {}}, "effect": {"kind": "result", "status": 500}}, status=201
    )
    assert jtel.call("GET", "acd/groups").json() == {"status": 500, "error": "A fault was injected."}
    assert jtel.call("GET", "acd/groups", headers={"Authorization": "Bearer no"}).status_code == 500
    control.done("DELETE", "/faults")
