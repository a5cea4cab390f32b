"""Evidence: ours. Visitors by the control API, from their first page to their chat; event rules that invite them."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.control.client import Control
from tests.services.api import Api

GIF = "/WhosOn/track.gif"


def hit(api: Api, key: str = "abc", page: str = "/prices") -> None:
    answer = requests.get(api.url + GIF, params={"v": key, "page": page}, timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/gif")


@pytest.fixture
def visitor(api: Api, control: Control) -> dict[str, Any]:
    """Somebody who has opened a page."""
    hit(api)
    (found,) = control.get("/visitors")["items"]
    return dict(found)


def events(control: Control, visitor: dict[str, Any]) -> list[tuple[int, str]]:
    found = control.get("/events", about=f"visitor:{visitor['id']}")["items"]
    return [(one["type"], one["by"]) for one in found]


def test_who_is_on(api: Api, control: Control, visitor: dict[str, Any]) -> None:
    assert visitor == {
        "id": visitor["id"],
        "state": "active",
        "hits": 1,
        "page": "/prices",
        "ip": "127.0.0.1",
        "country": "",
        "host_name": "",
        "started_at": visitor["started_at"],
        "last_seen_at": visitor["started_at"],
        "invitation": None,
    }
    path = f"/visitors/{visitor['id']}"
    changed = control.done("PATCH", path, {"country": "Germany", "host_name": "host.example.net"})
    assert changed == visitor | {"country": "Germany", "host_name": "host.example.net"}
    hit(api, page="/contact")
    assert (control.get(path)["hits"], control.get(path)["page"]) == (2, "/contact")
    control.done("DELETE", path, status=204)
    assert control.get(path)["state"] == "removed"
    control.refused("DELETE", path, status=409)
    assert events(control, visitor) == [(503007, "system"), (503007, "system"), (503005, "admin")]
    for method in ("GET", "PATCH", "DELETE"):
        control.refused(method, "/visitors/99", status=404)
    assert control.wrong("PATCH", path, {"country": "a\nb"}) == ["body.country"]
    assert control.wrong("PATCH", path, {"ip": "192.0.2.1"}) == ["body.ip"]


def test_invited_and_accepted(control: Control, visitor: dict[str, Any]) -> None:
    path = f"/visitors/{visitor['id']}"
    control.refused("POST", f"{path}/accept", status=409)
    control.refused("POST", f"{path}/reject", status=409)
    invited = control.done("POST", f"{path}/invite", {"agent": "ALICE", "group": "Level 1", "message": "May I?"})
    assert invited["invitation"] == "open"
    control.refused("POST", f"{path}/invite", {"agent": "alice"}, status=409)
    assert control.done("POST", f"{path}/reject")["invitation"] == "rejected"
    control.done("POST", f"{path}/invite", {"agent": "alice"})
    chat = control.done("POST", f"{path}/accept", status=201)
    assert (chat["state"], chat["agent"], chat["department"], chat["group"]) == (
        "active",
        "alice",
        "Support",
        "Level 1",
    )
    assert control.get(path)["invitation"] == "accepted"
    assert events(control, visitor)[1:] == [
        (503002, "alice"),
        (503003, "system"),
        (503002, "alice"),
        (503001, "system"),
    ]
    assert [one["type"] for one in control.get("/events", about=f"chat:{chat['id']}")["items"]] == [511000]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.agent"),
        ({"agent": "nobody"}, "body.agent"),
        ({"agent": "customer"}, "body.agent"),
        ({"agent": "alice", "group": "Nowhere"}, "body.group"),
        ({"agent": "alice", "group": 99}, "body.group"),
        ({"agent": "carol", "group": "Level 1"}, "body.agent"),
        ({"agent": "alice", "message": "x" * 2_001}, "body.message"),
    ],
)
def test_invitations_that_are_refused(
    control: Control, visitor: dict[str, Any], body: dict[str, Any], where: str
) -> None:
    assert control.wrong("POST", f"/visitors/{visitor['id']}/invite", body) == [where]
    control.refused("POST", "/visitors/99/invite", body, status=404)
    assert control.get(f"/visitors/{visitor['id']}")["invitation"] is None


def test_a_rule_invites(api: Api, control: Control) -> None:
    rule = {
        "name": "Whoever looks at prices",
        "type": 503007,
        "conditions": {"page": {"contains": "prices"}},
        "actions": [{"kind": "invite", "message": "May I help you, #CUSTOMER_NAME#?"}],
    }
    control.done("POST", "/event-rules", rule, status=201)
    hit(api, "first")
    hit(api, "second", "/contact")
    hit(api, "first")
    control.done("POST", "/jobs/event-processing/run")
    found = {one["page"]: one for one in control.get("/visitors")["items"]}
    assert {page: one["invitation"] for page, one in found.items()} == {"/prices": "open", "/contact": None}
    number = found["/prices"]["id"]
    (invited,) = control.get("/events", type=503002)["items"]
    assert (invited["by"], invited["about"]) == ("system", f"visitor:{number}")
    assert invited["arguments"]["message"] == f"May I help you, Visitor {number}?"
    states = [(one["state"], one["reason"]) for one in control.get("/event-actions")["items"]]
    assert sorted(state for state, _ in states) == ["done", "failed"]  # the second time they were invited already
    assert any("invited already" in reason for _, reason in states)
    # The script of the visitor's next question carries it.
    script = requests.get(f"{api.url}/WhosOn/track.js?v=first", timeout=10)
    assert f"May I help you, Visitor {number}?" in script.text


def test_event_processing_ends_visits_and_invitations(control: Control, visitor: dict[str, Any]) -> None:
    path = f"/visitors/{visitor['id']}"
    control.done("POST", f"{path}/invite", {"agent": "alice"})
    control.done("POST", "/clock/advance", {"seconds": 130})
    assert control.get(path)["invitation"] == "ignored"
    control.done("POST", "/clock/advance", {"seconds": 900})
    assert control.get(path)["state"] == "removed"
    control.done("POST", "/clock/advance", {"seconds": 3_601})
    control.refused("GET", path, status=404)
    assert [one for one, _ in events(control, visitor)] == [503007, 503002, 503004, 503005, 503006]
