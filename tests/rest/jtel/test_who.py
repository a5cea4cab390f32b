"""Evidence: seen (401 and its body's form) and ours. Who may call: a client with its own token alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from smartertrack_emu.compose import Application
from smartertrack_emu.domain.clients import clients
from smartertrack_emu.domain.errors import AlreadyExists, BadValue, NotFound, NotPossible
from smartertrack_emu.domain.models import Client, ClientToken
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.rest.jtel.client import SALES_TOKEN, TOKEN, Jtel
from tests.web.wsgi import ask

UNAUTHORIZED = {"status": 401, "error": "Unauthorized"}


def test_whoever_is_not_the_client_gets_one_answer(jtel: Jtel) -> None:
    url = jtel.api.url
    wrong: list[tuple[Any, dict[str, str]]] = [
        (1, {}),
        (1, {"Authorization": "Basic YWRtaW46YWRtaW4="}),
        (1, {"Authorization": "Bearer"}),
        (1, {"Authorization": "Bearer acme-rest-token-0003"}),
        (1, {"Authorization": f"Bearer {TOKEN.upper()}"}),
        (1, {"Authorization": f"Bearer {TOKEN} x"}),
        (1, {"Authorization": f"Bearer {SALES_TOKEN}"}),
        (2, {"Authorization": f"Bearer {TOKEN}"}),
        (3, {"Authorization": "Bearer gone-rest-token-00001"}),
        (9, {"Authorization": f"Bearer {TOKEN}"}),
        ("x", {"Authorization": f"Bearer {TOKEN}"}),
        ("-1", {"Authorization": f"Bearer {TOKEN}"}),
        ("1" * 400, {"Authorization": f"Bearer {TOKEN}"}),
        ("1%20OR%201=1", {"Authorization": f"Bearer {TOKEN}"}),
    ]
    for client, headers in wrong:
        for method, path in (("GET", "acd/events"), ("POST", "acd/events/create"), ("GET", "nowhere"), ("PUT", "x")):
            answer = jtel.api.http.request(
                method, f"{url}/rest/v1.0/{client}/{path}", headers=headers, data=b"x" if method == "POST" else None
            )
            assert (answer.status_code, answer.json()) == (401, UNAUTHORIZED), (client, headers)
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_any_token_of_the_client(jtel: Jtel) -> None:
    for header in (f"Bearer {TOKEN}", f"bearer {TOKEN}", "BEARER acme-rest-token-0002"):
        assert jtel.call("GET", "acd/events/types", headers={"Authorization": header}).status_code == 200


def test_a_client_that_is_switched_off_and_a_token_that_is_removed_are_out_at_once(jtel: Jtel) -> None:
    with writing(jtel.api.engine) as session:
        made = clients.add_token(session, 1)
    other = Jtel(jtel.api, 1, made)
    assert other.records("acd/events/types")
    with writing(jtel.api.engine) as session:
        clients.remove_token(session, 1, made[:6])
    assert other.call("GET", "acd/events/types").status_code == 401
    with writing(jtel.api.engine) as session:
        session.execute(update(Client).where(Client.id == 1).values(is_enabled=False))
    assert jtel.call("GET", "acd/events/types").status_code == 401


def test_tokens_are_hashes(jtel: Jtel) -> None:
    with reading(jtel.api.engine) as session:
        stored = session.execute(select(ClientToken.token_hash, ClientToken.hint).order_by(ClientToken.id)).all()
        assert [len(row.token_hash) for row in stored] == [64] * 4
        assert stored[0].hint == "acme-r"
    with writing(jtel.api.engine) as session:
        with pytest.raises(NotPossible):
            clients.remove_token(session, 1, "acme-r")
        with pytest.raises(NotFound):
            clients.remove_token(session, 1, "nobody")
        with pytest.raises(NotFound):
            clients.add_token(session, 99)
        with pytest.raises(AlreadyExists):
            clients.add_token(session, 2, TOKEN)
        for bad in ("short", "x" * 201, "with a blank in it, long", "ümläutümläutümläutümläut"):
            with pytest.raises(BadValue):
                clients.add_token(session, 1, bad)


def test_wrong_tokens_are_not_counted(jtel: Jtel) -> None:
    wrong = Jtel(jtel.api, 1, "acme-rest-token-9999")
    for _ in range(15):
        assert wrong.call("GET", "acd/events/types").status_code == 401
    assert jtel.records("acd/events/types")


def test_paths_and_methods(jtel: Jtel) -> None:
    for path in ("acd/event", "ACD/events", "acd/events/", "acd/events/event/", "", "acd//events", "acd/groups/7"):
        answer = jtel.call("GET", path)
        assert (answer.status_code, answer.content) == (404, b""), path
    for path in ("/rest/", "/rest/v2.0/1/acd/events", "/rest/v1.0/1"):
        answer = jtel.api.http.get(jtel.api.url + path, headers=jtel.headers)
        assert (answer.status_code, answer.content) == (404, b""), path
    for method, path, allowed in (
        ("GET", "dialler/campaigns/clone", "POST"),
        ("DELETE", "acd/events", "GET, HEAD"),
        ("PUT", "dialler/contacts/contact/1", "DELETE, GET, HEAD"),
        ("OPTIONS", "dialler/contacts", "GET, HEAD, POST"),
    ):
        answer = jtel.call(method, path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
        assert answer.json()["status"] == 405
    head = jtel.call("HEAD", "acd/events/types")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0


def test_ids_in_paths(jtel: Jtel) -> None:
    for path in ("acd/events/event/{}", "acd/groups/group/{}", "dialler/campaigns/{}", "dialler/contacts/{}"):
        for wrong in ("x", "1.5", "1e3", "%D9%A3", "1%20", "0x1", "--1", "1;DROP TABLE tickets"):
            sentence = jtel.error("GET", path.format(wrong), status=400)
            assert "must be an integer" in sentence
        for unknown in ("0", "-1", "99999", str(2**31), str(2**63), "9" * 5000):
            assert jtel.error("GET", path.format(unknown), status=404).endswith("not found")


def test_bodies(jtel: Jtel) -> None:
    path = "dialler/campaigns/clone"
    wanted = {"source": "Campaign 1000", "destination": "Copy"}

    def refused(status: int, data: bytes | str, content_type: str = "application/json") -> str:
        return jtel.error("POST", path, status=status, data=data, headers={"Content-Type": content_type})

    assert refused(415, "{}", "text/plain") == "The body must be JSON: Content-Type: application/json"
    assert refused(415, "source=x", "application/x-www-form-urlencoded")
    assert refused(413, b" " * (1024 * 1024 + 1), "text/plain")
    for wrong in (
        "",
        "[]",
        "null",
        "{",
        '{"source": NaN}',
        '{"source": "\\ud800"}',
        '{"a": 1, "a": 2}',
        b'{"x": "\xff"}',
    ):
        assert refused(400, wrong), wrong
    for wrong in ('{"source": "a\\u0000b", "destination": "x"}', '{"source": 7, "destination": "x"}'):
        assert refused(400, wrong).startswith("source")
    assert refused(400, '{"source": "", "destination": "x"}') == "source is required"
    assert refused(400, '{"source": null, "destination": "x"}') == "source is required"
    assert refused(400, "[" * 100_000)
    made = jtel.call(
        "POST", path, json=wanted | {"unknown": [1]}, headers={"Content-Type": "application/json;charset=UTF-8"}
    )
    assert made.status_code == 200


def test_switched_off(jtel: Jtel) -> None:
    whole = jtel.api.server.application
    application = Application(whole.settings.model_copy(update={"jtel": False}), jtel.api.engine)
    for path in ("/rest/", "/rest/v1.0/1/acd/events"):
        answer = ask(application, path, HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
        assert (answer.status, answer.body) == (404, b"")
    application.flush()
    assert application.journal.count() == 0
