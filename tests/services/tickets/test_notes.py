"""Notes over HTTP: kinds and encoding are documented, `general` is seen, the rest ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from smartertrack_emu.domain import clock
from tests.services.api import Api
from tests.services.tickets.steps import (
    ALICE,
    BOB,
    CAROL,
    SALES_GROUP,
    create,
    history,
    info,
    ok,
    parts,
    refused,
    row,
    seeded_number,
    statements,
)

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
OLD = datetime(2020, 1, 1, 8, tzinfo=UTC)
LEAST = datetime(1, 1, 1)  # noqa: DTZ001 - DateTime.MinValue


@pytest.fixture
def number(api: Api) -> str:
    with clock.frozen(NOW):
        return create(api)


def note(api: Api, number: str, text: str = "Remember", kind: str = "Note", by: str = "alice") -> Any:
    """Add a note and return it."""
    ok(api.tickets(by).AddTicketNoteHtml(number, kind, text))
    newest = max(part.PartId for part in parts(api, number) if part.Type != 1)
    return ok(api.tickets(by).GetTicketNote(newest)).Comment


ADDING = {
    "AddTicketNote": {},
    "AddTicketNoteHtml": {},
    "AddTicketNoteHtmlWithDate": {"dateEnteredUTC": OLD},
}


@pytest.mark.parametrize("operation", ADDING)
def test_added(api: Api, number: str, operation: str) -> None:
    with clock.frozen(NOW):
        ok(getattr(api.tickets("bob"), operation)(number, "resolution", "1 < 2 & <b>bold</b>", **ADDING[operation]))
    (part,) = (part for part in parts(api, number) if part.Type != 1)
    comment = ok(api.tickets("alice").GetTicketNote(part.PartId)).Comment
    encoded = "1 &lt; 2 &amp; &lt;b&gt;bold&lt;/b&gt;"
    assert comment.CommentText == (encoded if operation == "AddTicketNote" else "1 < 2 & <b>bold</b>")
    assert comment.CommentType == "Resolution"
    assert (comment.UserId, comment.TicketId) == (BOB, info(api, number).ID)
    assert comment.DateEnteredUTC == (OLD if ADDING[operation] else NOW)
    assert history(api, number)[-1] == ("Ticket Comment Added", f"Resolution {comment.CommentId}.", "bob")
    assert row(api, number).has_resolution


@pytest.mark.parametrize("operation", ADDING)
def test_not_added(api: Api, number: str, operation: str) -> None:
    def call(by: str = "alice", ticket: str = number, kind: str = "Note", text: str = "x") -> Any:
        return getattr(api.tickets(by), operation)(ticket, kind, text, **ADDING[operation])

    was = history(api, number)
    refused(call(ticket="FFF-00000000-0000"), -4)
    refused(call(kind="Remark"), -5, "Remark")
    refused(call(kind=""), -5, "messageType")
    refused(call(text=" "), -5, "oteText is required")
    refused(call(by="carol"), -4, "There is no ticket")
    refused(call(by="customer"), -3)
    assert history(api, number) == was
    assert len(parts(api, number)) == 1
    ok(api.tickets("mary").SetTicketCustomFields(number, ["Asset=Server [13]"]))
    ok(api.tickets("mary").SetTicketProperties(number, ["TicketStatusID=4"]))
    refused(call(), -7, "locked")
    ok(api.tickets("mary").DeleteTicket(info(api, number).ID))
    refused(call(), -7, "deleted")


@pytest.mark.parametrize(
    ("word", "kind", "part_type"),
    [
        ("Note", "Note", 10),
        ("general", "Note", 10),
        ("GENERAL", "Note", 10),
        ("TRANSFERNOTE", "TransferNote", 11),
        (" Resolution ", "Resolution", 12),
        ("followup", "FollowUp", 10),
    ],
)
def test_kinds(api: Api, number: str, word: str, kind: str, part_type: int) -> None:
    assert note(api, number, kind=word).CommentType == kind
    assert [part.Type for part in parts(api, number)] == [1, part_type]
    assert row(api, number).has_resolution == (kind == "Resolution")


def test_date_left_out(api: Api, number: str) -> None:
    with clock.frozen(NOW):
        ok(api.tickets("alice").AddTicketNoteHtmlWithDate(number, "Note", "x", LEAST))
    assert parts(api, number)[1].CreationDateUtc == NOW


def test_get_refused(api: Api) -> None:
    number = create(api, groupID=SALES_GROUP, agentID=CAROL)
    hidden = note(api, number, by="carol").CommentId
    refused(api.tickets("alice").GetTicketNote(hidden), -4, f"There is no note {hidden}.")
    refused(api.tickets("alice").GetTicketNote(9999), -4, "There is no note 9999.")
    refused(api.tickets("customer").GetTicketNote(hidden), -3)


@pytest.mark.parametrize("operation", ["EditTicketNote", "EditTicketNoteHTML"])
def test_edited(api: Api, number: str, operation: str) -> None:
    before = note(api, number, kind="Resolution")
    ok(getattr(api.tickets("bob"), operation)(before.CommentId, number, "Note", "<i>new</i>"))
    after = ok(api.tickets("alice").GetTicketNote(before.CommentId)).Comment
    assert after.CommentText == ("&lt;i&gt;new&lt;/i&gt;" if operation == "EditTicketNote" else "<i>new</i>")
    assert (after.CommentType, after.UserId) == ("Note", ALICE)
    assert after.DateEnteredUTC == before.DateEnteredUTC
    assert not row(api, number).has_resolution
    what, details, who = history(api, number)[-1]
    assert (what, who) == ("Ticket Comment Edited", "bob")
    assert details == f"Note {before.CommentId} edited: text, kind from Resolution to Note."


def test_moved_to_another_ticket(api: Api, number: str) -> None:
    other = seeded_number(api)
    moved = note(api, number, kind="Resolution").CommentId
    stays = note(api, number, kind="Resolution").CommentId
    ok(api.tickets("alice").EditTicketNoteHTML(moved, other, "", "Remember"))
    assert ok(api.tickets("alice").GetTicketNote(moved)).Comment.TicketId == info(api, other).ID
    assert row(api, number).has_resolution
    assert row(api, other).has_resolution
    for ticket in (number, other):
        assert history(api, ticket)[-1] == (
            "Ticket Comment Edited",
            f"Note {moved} edited: ticket from {number} to {other}.",
            "alice",
        )
    ok(api.tickets("alice").EditTicketNoteHTML(stays, other, "Note", "Remember"))
    assert not row(api, number).has_resolution
    ok(api.tickets("alice").EditTicketNoteHTML(moved, number, "Resolution", "Remember"))
    assert (row(api, number).has_resolution, row(api, other).has_resolution) == (True, False)


def test_edited_to_the_same(api: Api, number: str) -> None:
    same = note(api, number)
    was = history(api, number)
    ok(api.tickets("alice").EditTicketNoteHTML(same.CommentId, "", "", "Remember"))
    assert history(api, number) == was


@pytest.mark.parametrize("operation", ["EditTicketNote", "EditTicketNoteHTML"])
def test_not_edited(api: Api, number: str, operation: str) -> None:
    own = note(api, number)
    hidden = create(api, groupID=SALES_GROUP, agentID=CAROL)

    def call(
        by: str = "alice", comment: int = own.CommentId, to: str = number, kind: str = "Note", text: str = "y"
    ) -> Any:
        return getattr(api.tickets(by), operation)(comment, to, kind, text)

    refused(call(comment=9999), -4, "note 9999")
    refused(call(by="carol"), -4, "There is no note")
    refused(call(to=hidden), -4, "There is no ticket")
    refused(call(to="nowhere"), -4, "nowhere")
    refused(call(kind="Remark"), -5, "Remark")
    refused(call(text=""), -5, "oteText is required")
    refused(call(by="customer"), -3)
    gone = create(api)
    ok(api.tickets("admin").DeleteTicket(info(api, gone).ID))
    refused(call(to=gone), -7, "deleted")
    ok(api.tickets("admin").DeleteTicket(info(api, number).ID))
    refused(call(), -7, "deleted")
    assert ok(api.tickets("alice").GetTicketNote(own.CommentId)).Comment == own


def test_statements(api: Api, number: str) -> None:
    comment = note(api, number).CommentId
    assert statements(api, lambda: api.tickets("alice").GetTicketNote(comment)) == 1
