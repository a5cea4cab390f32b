"""Messages of a ticket, and the list of its messages and notes."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.asmx.declare import Int64
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult

from .service import tickets
from .types import TicketMessageBodyResult, TicketPartInfoArrayResult, TicketPartInfoResult


@tickets.operation(writes=True)
def AddMessageToTicket(
    call: Call,
    ticketNumber: str,
    fromAddress: str,
    toAddress: str,
    ccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    toCustomer: bool,
    sendEmail: bool,
) -> GenericResult:
    """Add a message to a ticket, from an agent or from the customer."""
    raise NotBuilt


@tickets.operation(writes=True)
def AddMessageToTicketFromUser(
    call: Call,
    ticketNumber: str,
    fromAddress: str,
    toAddress: str,
    ccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    toCustomer: bool,
    sendEmail: bool,
    userID: int | None,
) -> GenericResult:
    """Add a message to a ticket and say which user wrote it."""
    raise NotBuilt


@tickets.operation(writes=True)
def AddMessageToTicketWithDate(
    call: Call,
    ticketNumber: str,
    fromAddress: str,
    toAddress: str,
    ccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    toCustomer: bool,
    sendEmail: bool,
    dateMessageReceived: datetime,
) -> TicketPartInfoResult:
    """Add a message to a ticket as of a given date, and return the new part."""
    raise NotBuilt


@tickets.operation(writes=True)
def AddMessageToTicketWithDateFromUser(
    call: Call,
    ticketNumber: str,
    fromAddress: str,
    toAddress: str,
    ccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    toCustomer: bool,
    sendEmail: bool,
    dateMessageReceived: datetime,
    userID: int | None,
) -> TicketPartInfoResult:
    """Add a message to a ticket as of a given date, say which user wrote it, and return the new part."""
    raise NotBuilt


@tickets.operation(writes=True)
def AddMessageToTicketWithBcc(
    call: Call,
    ticketNumber: str,
    fromAddress: str,
    toAddress: str,
    ccAddress: str,
    bccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    toCustomer: bool,
) -> GenericResult:
    """Add a message to a ticket. It is mailed, to blind-copied people too."""
    raise NotBuilt


@tickets.operation(writes=True)
def AddMessageToTicketWithBccFromUser(
    call: Call,
    ticketNumber: str,
    fromAddress: str,
    toAddress: str,
    ccAddress: str,
    bccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    toCustomer: bool,
    userID: int | None,
) -> GenericResult:
    """Add a message to a ticket and say which user wrote it. It is mailed, to blind-copied people too."""
    raise NotBuilt


@tickets.operation(writes=True)
def AddMessageToTicketWithDateAndBcc(
    call: Call,
    ticketNumber: str,
    fromAddress: str,
    toAddress: str,
    ccAddress: str,
    bccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    toCustomer: bool,
    dateMessageReceived: datetime,
) -> TicketPartInfoResult:
    """Add a message to a ticket as of a given date and return the new part.

    It is mailed, to blind-copied people too.
    """
    raise NotBuilt


@tickets.operation(writes=True)
def AddMessageToTicketWithDateAndBccFromUser(
    call: Call,
    ticketNumber: str,
    fromAddress: str,
    toAddress: str,
    ccAddress: str,
    bccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    toCustomer: bool,
    dateMessageReceived: datetime,
    userID: int | None,
) -> TicketPartInfoResult:
    """Add a message to a ticket as of a given date, say which user wrote it, and return the new part.

    It is mailed, to blind-copied people too.
    """
    raise NotBuilt


@tickets.operation()
def GetTicketMessagePlainText(call: Call, ticketMessageId: Int64) -> TicketMessageBodyResult:
    """Return what a message says, as plain text."""
    raise NotBuilt


@tickets.operation()
def GetTicketMessageHtml(call: Call, ticketMessageId: Int64) -> TicketMessageBodyResult:
    """Return what a message says, as HTML."""
    raise NotBuilt


@tickets.operation()
def GetTicketConversationPartList(call: Call, ticketId: int) -> TicketPartInfoArrayResult:
    """List the messages and notes of a ticket known by its id, oldest first."""
    raise NotBuilt


@tickets.operation()
def GetTicketConversationPartListFromTicketNumber(call: Call, ticketNumber: str) -> TicketPartInfoArrayResult:
    """List the messages and notes of a ticket known by its number, oldest first."""
    raise NotBuilt
