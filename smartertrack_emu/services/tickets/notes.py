"""Notes on a ticket."""

from datetime import datetime
from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.tickets import notes
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import KindOfNote, NoteId, TicketNumber
from smartertrack_emu.services.moments import utc_or_none
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import GenericResult
from smartertrack_emu.services.service import NOTIFICATION_CREDENTIALS

from .service import tickets
from .types import TicketCommentInfo, TicketCommentInfoResult

PlainNote = Annotated[str, Doc("What the note says, in plain text; markup is encoded."), Field("text", "noteText")]
HtmlNote = Annotated[str, Doc("What the note says, in HTML."), Field("text", "noteText")]
NotesTicketNumber = Annotated[str, Doc("Number of the ticket that the note is to belong to.")]


@tickets.operation()
def GetTicketNote(call: Call, commentId: NoteId) -> TicketCommentInfoResult:
    """Return one note."""
    note = notes.get(call.session, call.actor, commentId)
    return TicketCommentInfoResult(
        Comment=TicketCommentInfo(
            CommentId=note.id,
            CommentText=note.body,
            CommentType=notes.WORDS[note.kind],
            DateEnteredUTC=note.entered_at,
            TicketId=note.ticket_id,
            UserId=note.author_id,
        )
    )


@tickets.operation(writes=True)
def AddTicketNote(
    call: Call, ticketNumber: TicketNumber, messageType: KindOfNote, notetext: PlainNote
) -> GenericResult:
    """Add a note in plain text to a ticket. Markup in it is encoded and shown as typed."""
    kind = notes.parse_kind(messageType)
    notes.add(call.session, call.actor, by_number(ticketNumber), kind, encode(notetext))
    return GenericResult()


@tickets.operation(writes=True)
def AddTicketNoteHtml(
    call: Call, ticketNumber: TicketNumber, messageType: KindOfNote, notetext: HtmlNote
) -> GenericResult:
    """Add a note in HTML to a ticket. It is stored as given."""
    kind = notes.parse_kind(messageType)
    notes.add(call.session, call.actor, by_number(ticketNumber), kind, notetext)
    return GenericResult()


@tickets.operation(writes=True)
def AddTicketNoteHtmlWithDate(
    call: Call,
    ticketNumber: TicketNumber,
    messageType: KindOfNote,
    notetext: HtmlNote,
    dateEnteredUTC: Annotated[datetime, Doc("When the note is to have been written, in UTC.")],
) -> GenericResult:
    """Add a note in HTML to a ticket, as of a given date."""
    kind, at = notes.parse_kind(messageType), utc_or_none(dateEnteredUTC)
    notes.add(call.session, call.actor, by_number(ticketNumber), kind, notetext, at=at)
    return GenericResult()


@tickets.operation(writes=True, credentials=NOTIFICATION_CREDENTIALS)
def EditTicketNote(
    call: Call, commentId: NoteId, ticketNumber: NotesTicketNumber, messageType: KindOfNote, noteText: PlainNote
) -> GenericResult:
    """Change a note's kind and its plain text, or move it to another ticket. Markup in it is encoded."""
    return _edit(call, commentId, ticketNumber, messageType, encode(noteText))


@tickets.operation(writes=True, credentials=NOTIFICATION_CREDENTIALS)
def EditTicketNoteHTML(
    call: Call, commentId: NoteId, ticketNumber: NotesTicketNumber, messageType: KindOfNote, noteText: HtmlNote
) -> GenericResult:
    """Change a note's kind and its HTML, or move it to another ticket. The HTML is stored as given."""
    return _edit(call, commentId, ticketNumber, messageType, noteText)


def _edit(call: Call, note_id: int, number: str, kind: str, html: str) -> GenericResult:
    """Change a note; an empty number or kind leaves it as it is (ours)."""
    notes.edit(
        call.session,
        call.actor,
        note_id,
        html,
        kind=notes.parse_kind(kind) if kind.strip() else None,
        which=by_number(number) if number.strip() else None,
    )
    return GenericResult()
