"""Evidence: ours. Channels by the control API; the rights are documented."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete

from smartertrack_emu.domain.models import RoleRight
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.unit_of_work import writing
from tests.control.client import Control
from tests.services.api import Api


@pytest.fixture
def channel(control: Control) -> dict[str, Any]:
    """A short-lived channel with nobody in it."""
    return dict(control.done("POST", "/channels", {"name": "Night", "short_lived": True}, status=201))


def test_a_whole_life(control: Control, channel: dict[str, Any]) -> None:
    assert channel == {
        "id": channel["id"],
        "name": "Night",
        "short_lived": True,
        "agents": [],
        "created_at": channel["created_at"],
    }
    path = f"/channels/{channel['id']}"
    assert control.done("POST", f"{path}/join", {"agent": "Alice"})["agents"] == ["alice"]
    assert control.done("POST", f"{path}/invite", {"from": "alice", "to": "bob"})["agents"] == ["alice"]
    assert control.done("POST", f"{path}/join", {"agent": "bob"})["agents"] == ["alice", "bob"]
    said = control.done("POST", f"{path}/messages", {"agent": "bob", "text": "Hello."}, status=201)
    (line,) = control.get(f"{path}/messages")["items"]
    assert line == {"id": said["id"], "by": line["by"], "text": "Hello.", "at": line["at"]}
    assert control.get("/channels") == {"items": [channel | {"agents": ["alice", "bob"]}], "total": 1}
    control.done("POST", f"{path}/leave", {"agent": "alice"})
    assert control.done("POST", f"{path}/leave", {"agent": "bob"}) == channel  # with the last of them it ends
    control.refused("GET", path, status=404)
    events = control.get("/events", type=[505000, 505001, 505002])["items"]
    assert [(one["type"], one["by"]) for one in events] == [
        (505000, "alice"),
        (505002, "alice"),
        (505000, "bob"),
        (505001, "alice"),
        (505001, "bob"),
    ]


def test_refusals(api: Api, control: Control, channel: dict[str, Any]) -> None:
    path = f"/channels/{channel['id']}"
    control.refused("POST", "/channels", {"name": "night"}, status=409)
    assert control.wrong("POST", "/channels", {"name": ""}) == ["body.name"]
    assert control.wrong("POST", f"{path}/join", {"agent": "customer"}) == ["body.agent"]
    assert control.wrong("POST", f"{path}/join", {"agent": "nobody"}) == ["body.agent"]
    control.refused("POST", f"{path}/leave", {"agent": "alice"}, status=409)
    control.refused("POST", f"{path}/messages", {"agent": "alice", "text": "Hm."}, status=409)
    control.refused("POST", f"{path}/invite", {"from": "alice", "to": "bob"}, status=409)
    control.done("POST", f"{path}/join", {"agent": "alice"})
    assert control.wrong("POST", f"{path}/messages", {"agent": "alice", "text": " "}) == ["body.text"]
    assert control.wrong("POST", f"{path}/invite", {"from": "alice", "to": "customer"}) == ["body.to"]
    assert control.wrong("POST", f"{path}/invite", {"from": "nobody", "to": "bob"}) == ["body.from"]
    with writing(api.engine) as session:
        session.execute(delete(RoleRight).where(RoleRight.right == Right.LIVE_CHAT_CHAT_ROOMS))
    control.refused("POST", f"{path}/join", {"agent": "bob"}, status=403)
    control.done("DELETE", path, status=204)
    for method, rest in (("GET", ""), ("DELETE", ""), ("GET", "/messages")):
        control.refused(method, path + rest, status=404)
    for rest in ("join", "leave", "invite", "messages"):
        control.refused("POST", f"{path}/{rest}", {"agent": 5}, status=404)
