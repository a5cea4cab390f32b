"""Evidence: ours. Chats by the control API, as customers start them, and what the services see of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from smartertrack_emu.domain.models import Chat
from smartertrack_emu.store.unit_of_work import reading
from tests.control.client import Control
from tests.services.api import Api, items

ALICES, QUEUED, OVER = 1, 2, 3


def transcript(api: Api, chat_id: int) -> list[tuple[str, str]]:
    lines = items(api.chats("admin").GetChatConversation(chat_id).ConversationListing)
    return [(line.MessageType, line.MessageText) for line in lines]


def history(control: Control, chat_id: int) -> list[str]:
    return [event["title"] for event in control.get("/events", about=f"chat:{chat_id}")["items"]]


def test_a_customer_starts_a_chat(api: Api, control: Control) -> None:
    chat = control.done(
        "POST",
        "/chats",
        {
            "department": "SUPPORT",
            "name": "Newcomer",
            "email": "new@example.com",
            "question": "Is it me?",
            "custom_fields": {"Account": "New [7]"},
        },
        status=201,
    )
    assert chat | {"id": 0, "number": ""} == {
        "id": 0,
        "number": "",
        "state": "active",
        "agent": chat["agent"],
        "department": "Support",
        "group": "Level 1",
    }
    assert chat["agent"] in ("alice", "bob")
    assert transcript(api, chat["id"]) == [("user", "Is it me?")]
    with reading(api.engine) as session:
        row = session.scalars(select(Chat).where(Chat.id == chat["id"])).one()
    assert (row.number, row.customer_name, row.customer_email) == (chat["number"], "Newcomer", "new@example.com")
    assert history(control, chat["id"]) == ["Live Chat Started", "Live Chat Incoming Message"]


def test_nobody_receives_so_it_is_queued(api: Api, control: Control) -> None:
    for user in (4, 5):
        control.done("PATCH", f"/groups/1/members/{user}", {"receives_chats": False})
    chat = control.done("POST", "/chats", {"department": "Support", "name": "Casey"}, status=201)
    assert (chat["state"], chat["agent"]) == ("queued", None)
    answer = control.refused("POST", f"/chats/{chat['id']}/messages", {"from": "agent", "text": "Hi"}, status=409)
    assert "queue" in answer["detail"]


def test_by_who_is_logged_in(api: Api, control: Control) -> None:
    chat = control.done("POST", "/chats", {"department": "Sales", "username": "Customer"}, status=201)
    with reading(api.engine) as session:
        row = session.scalars(select(Chat).where(Chat.id == chat["id"])).one()
    assert (row.customer_id, row.customer_name, row.customer_email) == (8, "Casey Customer", "customer@example.com")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"department": "Nowhere"}, "body.department"),
        ({"department": 1}, "body.department"),
        ({"name": ""}, "body.name"),
        ({"name": "a\nb"}, "body.name"),
        ({"email": "nobody"}, "body.email"),
        ({"username": "nobody"}, "body.username"),
        ({"custom_fields": {"Nope": "x"}}, "body.custom_fields"),
        ({"custom_fields": {"Account": 1}}, "body.custom_fields.Account"),
        ({"question": "x" * 100_001}, "body.question"),
    ],
)
def test_chats_that_are_refused(control: Control, change: dict[str, Any], where: str) -> None:
    before = control.get("/server")["counts"]["chats"]
    assert control.wrong("POST", "/chats", {"department": "Support", "name": "Casey", **change}) == [where]
    assert control.get("/server")["counts"]["chats"] == before


def test_both_speak(api: Api, control: Control) -> None:
    before = transcript(api, ALICES)
    ids = [
        control.done("POST", f"/chats/{ALICES}/messages", {"from": sender, "text": text}, status=201)["id"]
        for sender, text in (("customer", "Still there?"), ("agent", "Yes."))
    ]
    assert ids == sorted(ids)
    assert transcript(api, ALICES) == [*before, ("user", "Still there?"), ("agent", "Yes.")]


def test_leaving(api: Api, control: Control) -> None:
    assert control.done("POST", f"/chats/{ALICES}/leave")["state"] == "ended"
    assert history(control, ALICES)[-1] == "Live Chat Ended"
    control.refused("POST", f"/chats/{ALICES}/leave", status=409)
    control.refused("POST", f"/chats/{ALICES}/messages", {"from": "customer", "text": "Hm"}, status=409)


def test_a_file(api: Api, control: Control) -> None:
    made = control.call("POST", f"/chats/{ALICES}/attachments?name=fire.txt", data=b"It burns.")
    assert made.status_code == 201, made.text
    files = items(api.chats("alice").GetChatAttachments(ALICES).Files)
    assert [(file.fileId, file.fileNameOriginal, file.fileSizeInBytes, file.sender) for file in files] == [
        (made.json()["id"], "fire.txt", 9, "Casey Customer")
    ]
    assert api.http.get(files[0].downloadUrl, timeout=10).content == b"It burns."
    assert control.wrong("POST", f"/chats/{ALICES}/attachments", data=b"x") == ["query.name"]
    assert control.wrong("POST", f"/chats/{ALICES}/attachments?name=..", data=b"x") == ["query.name"]
    control.refused("POST", f"/chats/{OVER}/attachments?name=a.txt", status=409, data=b"x")
    control.refused("POST", "/chats/99/attachments", status=404, data=b"x")


def test_deleting(api: Api, control: Control) -> None:
    control.done("DELETE", f"/chats/{QUEUED}", status=204)
    assert history(control, QUEUED)[-1] == "Live Chat Deleted"
    control.refused("DELETE", f"/chats/{QUEUED}", status=409)
    control.refused("POST", f"/chats/{QUEUED}/messages", {"from": "customer", "text": "Hm"}, status=409)


def test_chats_that_are_not_there(control: Control) -> None:
    for method, path in (("POST", "/chats/99/messages"), ("POST", "/chats/99/leave"), ("DELETE", "/chats/99")):
        control.refused(method, path, status=404)
    control.refused("POST", "/chats/99/messages", {"text": 5}, status=404)
    assert control.wrong("POST", f"/chats/{ALICES}/messages", {"from": "robot", "text": ""}) == [
        "body.from",
        "body.text",
    ]
    assert control.wrong("POST", f"/chats/{ALICES}/messages", {"from": "agent", "text": " "}) == ["body.text"]


def test_a_file_that_is_too_long(api: Api, control: Control, tmp_path: Path) -> None:
    desk = api.server.application.desk
    longest = desk.max_attachment
    object.__setattr__(desk, "max_attachment", 4)
    try:
        control.refused("POST", f"/chats/{ALICES}/attachments?name=a.txt", status=413, data=b"12345")
    finally:
        object.__setattr__(desk, "max_attachment", longest)
