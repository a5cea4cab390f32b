"""Transcript, history, files, counts and properties of chats over HTTP: members are documented."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from smartertrack_emu.domain.chats import lifecycle
from smartertrack_emu.domain.chats.models import Chat, SenderKind
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.services.api import Api, items
from tests.services.roles import take_right

from .steps import (
    ACTIVE,
    ALICE,
    CAROL,
    CUSTOMER,
    ENDED,
    LEVEL_1,
    NOBODYS,
    SALES,
    WAITING,
    delete_chat,
    events,
    good,
    refused,
)


def test_transcript(api: Api) -> None:
    said = items(good(api.chats("bob").GetChatConversation(ACTIVE)).ConversationListing)
    assert [(m.MessageType, m.FromName, m.FromIdUser, m.MessageText) for m in said] == [
        ("system", "System", 3, "Welcome to Acme."),
        ("user", "Casey Customer", CUSTOMER, "Hello?"),
        ("agent", "Alice Agent", ALICE, "Hi, this is Alice."),
    ]
    assert [m.DateSentUtc - said[0].DateSentUtc for m in said] == [timedelta(minutes=n) for n in range(3)]
    assert len({m.MessageId for m in said}) == 3


def test_a_visitor_without_an_account(api: Api) -> None:
    (message,) = items(good(api.chats("alice").GetChatConversation(WAITING)).ConversationListing)
    assert (message.FromIdUser, message.FromName, message.MessageText) == (0, "Visitor 7", "Is anybody there?")


def test_nothing_said(api: Api) -> None:
    assert items(good(api.chats("carol").GetChatConversation(ENDED)).ConversationListing) == []


@pytest.mark.parametrize(
    "operation", ["GetChatConversation", "GetChatEventHistory", "GetChatAttachments", "GetChatNotes", "GetChatTimeLogs"]
)
def test_chats_that_are_not_there(api: Api, operation: str) -> None:
    for chat in (NOBODYS, ENDED):
        refused(getattr(api.chats("alice"), operation)(chat), -4, f"chat {chat}")
    refused(getattr(api.chats("customer"), operation)(ACTIVE), -3)
    refused(getattr(api.chats("alice", "wrong"), operation)(ACTIVE), -2)


def test_history(api: Api) -> None:
    good(api.chats("alice").AddChatNote(ACTIVE, "Note", "x"))
    entries = items(good(api.chats("alice").GetChatEventHistory(ACTIVE)).Events)
    assert [entry.Description for entry in entries] == ["Live Chat Started", "Live Chat Comment Added"]
    assert entries[-1].UserTakingAction == "alice"
    assert entries[0].EventDateUtc < entries[1].EventDateUtc


def test_files(api: Api) -> None:
    assert items(good(api.chats("alice").GetChatAttachments(ACTIVE)).Files) == []
    with writing(api.engine) as session:
        chat = session.get_one(Chat, ACTIVE)
        root: Path = api.server.application.desk.attachments
        lifecycle.send_file(session, root, chat, "Schnapp schuß/../ä ß.png", b"\x89PNG" * 10)
        lifecycle.send_file(session, root, chat, "log.txt", b"", sender=SenderKind.AGENT)
    first, second = items(good(api.chats("alice").GetChatAttachments(ACTIVE)).Files)
    assert (first.fileNameOriginal, first.fileSizeInBytes) == ("ä ß.png", 40)
    assert (first.sender, first.senderUserId) == ("Casey Customer", CUSTOMER)
    assert (second.sender, second.senderUserId, second.fileSizeInBytes) == ("Alice Agent", ALICE, 0)
    assert "/" not in first.fileNameOnDisk
    assert first.downloadUrl.startswith(api.url)
    assert first.downloadUrl.isascii()
    answer = api.http.get(first.downloadUrl, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"\x89PNG" * 10)
    assert "Live Chat Attachment Added" in events(api, ACTIVE)
    delete_chat(api.engine, ACTIVE)
    assert api.http.get(first.downloadUrl, timeout=10).status_code == 404


def test_counts_of_an_agent(api: Api) -> None:
    (row,) = items(good(api.chats("carol").GetChatCounts_Agent()).ChatCounts)
    assert (row.ActiveCount, row.InactiveCount, row.UserId) == (0, 1, CAROL)
    assert (row.BrandId, row.DepartmentId, row.GroupId) == (1, 2, SALES)
    assert items(good(api.chats("bob").GetChatCounts_Agent()).ChatCounts) == []
    refused(api.chats("customer").GetChatCounts_Agent(), -3)


def test_counts_of_all(api: Api) -> None:
    def counts(by: str) -> list[tuple[int, int, int, int]]:
        rows = items(good(api.chats(by).GetChatCounts_Global()).ChatCounts)
        return [(row.GroupId, row.UserId, row.ActiveCount, row.InactiveCount) for row in rows]

    assert counts("mary") == [(LEVEL_1, 1, 1, 0), (LEVEL_1, ALICE, 1, 0), (SALES, CAROL, 0, 1)]
    assert counts("alice") == [(LEVEL_1, 1, 1, 0), (LEVEL_1, ALICE, 1, 0)]
    take_right(api.engine, Right.LIVE_CHAT_VIEW_QUEUE)
    assert counts("alice") == [(LEVEL_1, ALICE, 1, 0)]
    delete_chat(api.engine, ACTIVE)
    assert counts("alice") == []
    refused(api.chats("customer").GetChatCounts_Global(), -3)


def test_all_properties_in_the_order_asked_for(api: Api) -> None:
    good(
        api.chats("alice").AddChatTimeLog(ACTIVE, "s", 0, 1, "d", "2024-05-01T12:00:00Z", "2024-05-01T12:07:30Z", False)
    )
    with reading(api.engine) as session:
        chat = session.get_one(Chat, ACTIVE)
    expected = {
        "UserID": "4",
        "BrandName": "Acme",
        "CustomerEmailAddress": "customer@example.com",
        "CustomerName": "Casey Customer",
        "CustomerLanguage": "en",
        "CustomerIP": "192.0.2.10",
        "CustomerUsername": "customer",
        "DateDeletedUTC": "",
        "DateOpenedUTC": chat.queued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "DepartmentID": "1",
        "GroupID": "1",
        "IsDeleted": "False",
        "IsIndexed": "True",
        "ReplyCountIn": "1",
        "ReplyCountOut": "1",
        "ChatID": "1",
        "ChatNumber": chat.number,
        "IsActive": "True",
        "TimeLoggedMinutes": "7",
    }
    answer = good(api.chats("alice").GetChatProperties(ACTIVE, [key.upper() for key in expected]))
    assert items(answer.RequestResults) == [f"{key}={value}" for key, value in expected.items()]


def test_properties_that_do_not_exist(api: Api) -> None:
    answer = good(api.chats("alice").GetChatProperties(ACTIVE, ["Nope", "chatid"]))
    assert items(answer.RequestResults) == ["ChatID=1"]
    assert "Nope" in answer.Message
    refused(api.chats("alice").GetChatProperties(NOBODYS, ["ChatID"]), -4, str(NOBODYS))
    answer = good(api.chats("carol").GetChatProperties(ENDED, ["CustomerUsername"]))
    assert items(answer.RequestResults) == ["CustomerUsername="]


@pytest.mark.parametrize(
    ("operation", "arguments", "number"),
    [
        ("GetChatConversation", (), 3),
        ("GetChatEventHistory", (), 3),
        ("GetChatAttachments", (), 3),
        ("GetChatNotes", (), 3),
        ("GetChatTimeLogs", (), 3),
        ("GetChatInfo", (), 2),
        ("GetChatProperties", (["BrandName"],), 5),
        ("GetChatCustomFieldsList", (), 3),
        ("GetChatCustomFields", (["Account"],), 3),
    ],
)
def test_the_number_of_statements(api: Api, operation: str, arguments: tuple[list[str], ...], number: int) -> None:
    call = getattr(api.chats("alice"), operation)
    for _ in range(2):
        assert api.statements(lambda: call(ACTIVE, *arguments)) == number
        with writing(api.engine) as session:
            chat = session.get_one(Chat, ACTIVE)
            for _ in range(10):
                lifecycle.say(session, chat, SenderKind.USER, "again")
        good(api.chats("alice").AddChatNote(ACTIVE, "Note", "x"))
