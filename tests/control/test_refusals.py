"""Evidence: ours. What holds for every call of the control API: who may call, what is refused, and in which order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy

from smartertrack_emu.control.api.declaring import Route
from smartertrack_emu.control.api.reading import MOST_JSON
from smartertrack_emu.control.api.sections import SECTIONS
from smartertrack_emu.store.engine import create_engine
from tests.control.client import Control
from tests.services.api import Api, RunningServer

ADVANCE = "/clock/advance"


def test_who_may_call(api: Api, control: Control) -> None:
    assert control.get("/clock")["frozen"] is False
    for username, password, status in [
        ("admin", "wrong", 401),
        ("nobody", "wrong", 401),
        ("alice", "alice-pw", 403),
        ("customer", "customer-pw", 403),
    ]:
        with Control(api.url, username, password) as other:
            problem = other.refused("GET", "/clock", status=status)
            assert other.refused("GET", "/nothing", status=status) == problem
            assert other.refused("PATCH", "/clock", status=status) == problem


def test_an_unknown_name_and_a_wrong_password_are_refused_alike(api: Api) -> None:
    answers = []
    for username in ("admin", "nobody"):
        with Control(api.url, username, "wrong") as other:
            answer = other.call("GET", "/clock")
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="SmarterTrack", charset="UTF-8"'
            answers.append(answer.text)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Basic YWRtaW4=", "Bearer abc", "Basic /w=="])
def test_credentials_that_cannot_be_read(api: Api, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = requests.get(f"{api.url}/_emu/api/clock", headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_too_many_wrong_passwords(api: Api) -> None:
    with Control(api.url, "admin", "wrong") as guesser:
        for _ in range(10):
            guesser.refused("GET", "/clock", status=401)
    with Control(api.url) as right:
        assert "too many wrong passwords" in right.refused("GET", "/clock", status=401)["detail"]


def test_the_order_of_refusals(api: Api, control: Control) -> None:
    text = {"Content-Type": "text/plain"}
    with Control(api.url, "alice", "alice-pw") as other:
        other.refused("PUT", "/nothing", status=403, data=b"{", headers=text)
    control.refused("PUT", "/nothing", status=404, data=b"{", headers=text)
    control.refused("PUT", ADVANCE, status=405, data=b"{", headers=text)
    control.refused("POST", ADVANCE, status=415, data=b" " * (MOST_JSON + 1), headers=text)
    json_type = {"Content-Type": "application/json"}
    control.refused("POST", ADVANCE, status=413, data=b" " * (MOST_JSON + 1), headers=json_type)
    control.refused("POST", f"{ADVANCE}?x=1", status=400, data=b"{", headers=json_type)
    assert control.wrong("POST", f"{ADVANCE}?x=1", {"seconds": -1, "y": 1}) == ["query.x", "body.seconds", "body.y"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_of_other_sites_change_nothing(control: Control, site: str) -> None:
    """A browser that knows the login sends it along with a form of any page."""
    headers = {"Sec-Fetch-Site": site}
    control.refused("POST", "/articles/1/flag", status=403, data=b"", headers=headers)
    assert control.get("/articles/1")["flagged_for_review"] is False
    assert control.call("GET", "/articles/1", headers=headers).status_code == 200
    assert control.call("POST", "/articles/1/flag", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_other_methods(control: Control) -> None:
    answer = control.call("PATCH", "/clock")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, PUT"
    assert control.call("OPTIONS", "/clock").status_code == 405


def test_head_is_answered_as_get(control: Control) -> None:
    head, got = control.call("HEAD", "/faults"), control.call("GET", "/faults")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"] == str(len(got.content))
    assert control.call("HEAD", "/faults/7").status_code == 404


@pytest.mark.parametrize(
    "path", ["", "/", "/clock/", "//clock", "/Clock", "/faults/0", "/faults/x", "/faults/9999999999"]
)
def test_paths_that_are_none(control: Control, path: str) -> None:
    control.refused("GET", path, status=404)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b'{"seconds": 1, "seconds": 2}', '"seconds" is given twice'),
        (b'{"seconds": NaN}', "NaN"),
        (b'{"seconds": -Infinity}', "-Infinity"),
        (b'{"seconds": 1e999}', "too large"),
        (b'{"seconds": ' + b"9" * 5000 + b"}", "too many digits"),
        (b"[" * 200_000, "too deeply"),
    ],
)
def test_json_that_cannot_be_read(control: Control, body: bytes, said: str) -> None:
    before = control.get("/clock")["offset_seconds"]
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert said in control.refused("POST", ADVANCE, status=400, data=body, headers=headers)["detail"]
    assert control.get("/clock")["offset_seconds"] == before


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, ["body.seconds"]),
        ({"seconds": "1"}, ["body.seconds"]),
        ({"seconds": True}, ["body.seconds"]),
        ({"seconds": None}, ["body.seconds"]),
        ([], ["body"]),
        ("text", ["body"]),
        ({"seconds": 1, "Seconds": 1, "x": {"y": 1}}, ["body.Seconds", "body.x"]),
        ({"seconds": 1, "x": "\x00"}, ["body.x"]),
        ({"seconds": 1, "x": ["\ud800"]}, ["body.x.0"]),
    ],
)
def test_wrong_values(control: Control, body: Any, where: list[str]) -> None:
    headers = {"Content-Type": "application/json"}
    assert control.wrong("POST", ADVANCE, data=json.dumps(body), headers=headers) == where


def test_a_body_that_is_missing(control: Control) -> None:
    assert control.wrong("POST", ADVANCE, data=b"") == ["body.seconds"]
    assert control.done("PUT", "/clock")["frozen"] is False


def test_what_is_wrong_is_said_in_our_words(control: Control) -> None:
    problem = control.refused("POST", ADVANCE, [], status=422)
    assert problem["errors"] == [{"where": "body", "what": "must be an object."}]
    problem = control.refused("POST", "/chats/1/messages", {"from": "customer", "text": ""}, status=422)
    assert problem["errors"] == [{"where": "body.text", "what": "must have at least 1 character."}]
    assert control.wrong("GET", "/events?type=502000&type=x") == ["query.type"]
    assert control.wrong("PUT", "/snapshots/.name") == ["path.name"]


MAKING = {"take_snapshot", "import_snapshot"}
ON_ITEMS = [route for section in SECTIONS for route in section.all if route.parameters and route.name not in MAKING]


@pytest.mark.parametrize("route", ON_ITEMS, ids=lambda route: route.name)
def test_an_item_that_is_missing_comes_before_what_is_wrong(control: Control, route: Route) -> None:
    path = route.path.format(**{name: 999_999 if kind is int else "no-such" for name, kind in route.parameters.items()})
    control.refused(route.method, f"{path}?colour=red", status=404)
    if route.takes_body:
        control.refused(route.method, path, status=404, data="x", headers={"Content-Type": "text/x"})


def test_a_compressed_body(control: Control) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    control.refused("POST", ADVANCE, status=415, data=b"{}", headers=headers)


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("limit=0", ["query.limit"]),
        ("limit=1001", ["query.limit"]),
        ("limit=ten", ["query.limit"]),
        ("limit=", ["query.limit"]),
        ("offset=-1", ["query.offset"]),
        ("limit=1&limit=2", ["query.limit"]),
        ("colour=red&limit=x", ["query.limit", "query.colour"]),
    ],
)
def test_wrong_keys_of_the_address(control: Control, query: str, where: list[str]) -> None:
    assert control.wrong("GET", f"/faults?{query}") == where


def test_a_call_without_keys_refuses_them(control: Control) -> None:
    assert control.wrong("GET", "/clock?x=1") == ["query.x"]
    assert control.wrong("DELETE", "/faults?state=all") == ["query.state"]


def test_switched_off(seeded_engine: sqlalchemy.Engine, tmp_path: Path) -> None:
    server = RunningServer(seeded_engine, tmp_path, control=False)
    try:
        for path in ("/_emu", "/_emu/", "/_emu/api", "/_emu/api/clock", "/_emu/api/docs", "/_emu/x"):
            answer = requests.get(server.url + path, auth=("admin", "admin"), timeout=10)
            assert answer.status_code == 404, path
            assert answer.headers["Cache-Control"] == "no-store"
        assert requests.get(f"{server.url}/healthz", timeout=10).status_code == 200
    finally:
        server.stop()


def test_a_database_that_is_away(tmp_path: Path) -> None:
    engine = create_engine("postgresql://nobody:secret-word@127.0.0.1:1/nothing")
    server = RunningServer(engine, tmp_path)
    try:
        with Control(server.url) as control:
            problem = control.refused("GET", "/clock", status=503)
            assert "secret-word" not in json.dumps(problem)
            assert control.call("GET", "/clock").headers["Retry-After"] == "5"
    finally:
        server.stop()
        engine.dispose()
