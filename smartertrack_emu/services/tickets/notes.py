"""Notes on a ticket."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult
from smartertrack_emu.services.service import NOTIFICATION_CREDENTIALS

from .service import tickets
from .types import TicketCommentInfoResult


@tickets.operation()
def GetTicketNote(call: Call, commentId: int) -> TicketCommentInfoResult:
    """Return one note."""
    raise NotBuilt


@tickets.operation(writes=True)
def AddTicketNote(call: Call, ticketNumber: str, messageType: str, notetext: str) -> GenericResult:
    """Add a note in plain text to a ticket. Markup in it is encoded and shown as typed."""
    raise NotBuilt


@tickets.operation(writes=True)
def AddTicketNoteHtml(call: Call, ticketNumber: str, messageType: str, notetext: str) -> GenericResult:
    """Add a note in HTML to a ticket. It is stored as given."""
    raise NotBuilt


@tickets.operation(writes=True)
def AddTicketNoteHtmlWithDate(
    call: Call, ticketNumber: str, messageType: str, notetext: str, dateEnteredUTC: datetime
) -> GenericResult:
    """Add a note in HTML to a ticket, as of a given date."""
    raise NotBuilt


@tickets.operation(writes=True, credentials=NOTIFICATION_CREDENTIALS)
def EditTicketNote(call: Call, commentId: int, ticketNumber: str, messageType: str, noteText: str) -> GenericResult:
    """Change a note's kind and its plain text, or move it to another ticket. Markup in it is encoded."""
    raise NotBuilt


@tickets.operation(writes=True, credentials=NOTIFICATION_CREDENTIALS)
def EditTicketNoteHTML(call: Call, commentId: int, ticketNumber: str, messageType: str, noteText: str) -> GenericResult:
    """Change a note's kind and its HTML, or move it to another ticket. The HTML is stored as given."""
    raise NotBuilt
