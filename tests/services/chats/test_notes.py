"""Notes and time logs of chats over HTTP: kinds and members are documented, `general` seen, the rest ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from smartertrack_emu.domain import clock
from tests.services.api import Api, items

from .steps import ACTIVE, ALICE, BOB, CUSTOMER, ENDED, NOBODYS, delete_chat, events, good, refused

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
LEAST = "0001-01-01T00:00:00"


def note(api: Api, text: str = "Text", kind: str = "Note", *, chat: int = ACTIVE, by: str = "alice") -> int:
    good(api.chats(by).AddChatNote(chat, kind, text))
    return int(items(good(api.chats(by).GetChatNotes(chat)).Comments)[-1].CommentId)


@pytest.mark.parametrize(
    ("word", "type_"),
    [
        ("Note", 10),
        ("note", 10),
        ("GENERAL", 10),
        ("", 10),
        ("TransferNote", 11),
        ("Resolution", 12),
        ("FollowUp", 10),
    ],
)
def test_kinds(api: Api, word: str, type_: int) -> None:
    with clock.frozen(NOW):
        note_id = note(api, "<b>1 & 2</b>", word)
    comment = good(api.chats("bob").GetChatNote(note_id)).Comment
    assert (comment.CommentId, comment.Type, comment.Sender, comment.Direction) == (note_id, type_, "alice", 0)
    assert comment.Description == "&lt;b&gt;1 &amp; 2&lt;/b&gt;"
    assert comment.CreationDateUtc == NOW


def test_listed_oldest_first(api: Api) -> None:
    ids = [note(api, text) for text in "abc"]
    comments = items(good(api.chats("alice").GetChatNotes(ACTIVE)).Comments)
    assert [(c.CommentId, c.Description) for c in comments] == list(zip(ids, "abc", strict=True))


def test_also_after_the_end(api: Api) -> None:
    assert note(api, chat=ENDED, by="carol")


def test_notes_that_cannot_be_added(api: Api) -> None:
    refused(api.chats("alice").AddChatNote(NOBODYS, "Note", "x"), -4, str(NOBODYS))
    refused(api.chats("alice").AddChatNote(ENDED, "Note", "x"), -4, str(ENDED))
    refused(api.chats("alice").AddChatNote(ACTIVE, "Poem", "x"), -5, "Poem")
    refused(api.chats("alice").AddChatNote(ACTIVE, "Note", " "), -5, "noteText")
    refused(api.chats("customer").AddChatNote(ACTIVE, "Note", "x"), -3)
    delete_chat(api.engine, ACTIVE)
    refused(api.chats("alice").AddChatNote(ACTIVE, "Note", "x"), -7, "deleted")
    assert items(good(api.chats("alice").GetChatNotes(ACTIVE)).Comments) == []


def test_edit(api: Api) -> None:
    note_id = note(api, "before")
    good(api.chats("bob").EditChatNote(note_id, ACTIVE, "Resolution", "after"))
    comment = good(api.chats("alice").GetChatNote(note_id)).Comment
    assert (comment.Description, comment.Type, comment.Sender) == ("after", 12, "alice")
    good(api.chats("bob").EditChatNote(note_id, ACTIVE, "", "again"))
    assert good(api.chats("alice").GetChatNote(note_id)).Comment.Type == 12
    assert events(api, ACTIVE)[-2:] == ["Live Chat Comment Edited"] * 2


def test_notes_that_cannot_be_edited(api: Api) -> None:
    note_id = note(api)
    refused(api.chats("alice").EditChatNote(NOBODYS, ACTIVE, "Note", "x"), -4, f"note {NOBODYS}")
    refused(api.chats("admin").EditChatNote(note_id, ENDED, "Note", "x"), -4, f"note {note_id} of chat {ENDED}")
    refused(api.chats("carol").EditChatNote(note_id, ACTIVE, "Note", "x"), -4, f"chat {ACTIVE}")
    refused(api.chats("alice").EditChatNote(note_id, ACTIVE, "Note", ""), -5, "noteText")
    refused(api.chats("alice").GetChatNote(NOBODYS), -4, f"note {NOBODYS}")
    refused(api.chats("carol").GetChatNote(note_id), -4, f"note {note_id}")


def test_time_logs(api: Api) -> None:
    add = api.chats("alice").AddChatTimeLog
    good(add(ACTIVE, "Later", BOB, 2, "<b>", "2024-05-01T12:00:00Z", "2024-05-01T13:00:00Z", True))
    good(add(ACTIVE, "Sooner", 0, 1, "", "2024-05-01T11:00:00", "2024-05-01T11:00:00", False))
    sooner, later = items(good(api.chats("bob").GetChatTimeLogs(ACTIVE)).TimeLogs)
    assert (later.AgentID, later.CategoryName, later.TimeLogCategoryID) == (BOB, "Travel", 2)
    assert (later.Subject, later.Description, later.IsBillable, later.IsDeleted) == ("Later", "<b>", True, False)
    assert (later.ChatID, later.TicketID, later.CallLogID) == (ACTIVE, 0, 0)
    assert (later.DateStartUTC, later.DateEndUTC) == (NOW, NOW.replace(hour=13))
    assert (sooner.AgentID, sooner.Subject, sooner.IsBillable) == (ALICE, "Sooner", False)
    assert good(api.chats("alice").GetChatTimeLog(ACTIVE, later.ID)).TimeLog == later
    assert events(api, ACTIVE)[-1] == "Live Chat Time Log Created"


def test_time_logs_without_dates_are_now(api: Api) -> None:
    with clock.frozen(NOW):
        good(api.chats("alice").AddChatTimeLog(ACTIVE, "", 0, 1, "", LEAST, LEAST, False))
    (log,) = items(good(api.chats("alice").GetChatTimeLogs(ACTIVE)).TimeLogs)
    assert log.DateStartUTC == log.DateEndUTC == NOW


def test_time_logs_that_cannot_be(api: Api) -> None:
    def add(chat: int = ACTIVE, agent: int = 0, category: int = 1, end: str = "2024-05-01T12:00:00Z") -> object:
        return api.chats("alice").AddChatTimeLog(chat, "", agent, category, "", "2024-05-01T12:00:00Z", end, False)

    refused(add(chat=NOBODYS), -4, f"chat {NOBODYS}")
    refused(add(chat=ENDED), -4, f"chat {ENDED}")
    refused(add(agent=NOBODYS), -4, f"agent {NOBODYS}")
    refused(add(agent=CUSTOMER), -4, f"agent {CUSTOMER}")
    refused(add(category=NOBODYS), -4, f"category {NOBODYS}")
    refused(add(end="2024-05-01T11:59:59Z"), -5, "dateEndUTC")
    assert items(good(api.chats("alice").GetChatTimeLogs(ACTIVE)).TimeLogs) == []
    refused(api.chats("alice").GetChatTimeLog(ACTIVE, NOBODYS), -4, f"time log {NOBODYS}")
    refused(api.chats("alice").GetChatTimeLog(ENDED, 1), -4, f"chat {ENDED}")


def test_a_time_log_of_another_chat(api: Api) -> None:
    good(api.chats("alice").AddChatTimeLog(ACTIVE, "", 0, 1, "", LEAST, LEAST, False))
    (log,) = items(good(api.chats("alice").GetChatTimeLogs(ACTIVE)).TimeLogs)
    refused(api.chats("admin").GetChatTimeLog(ENDED, log.ID), -4, f"time log {log.ID} of chat {ENDED}")
