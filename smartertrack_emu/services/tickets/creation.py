"""Opening tickets: by an agent or as if a customer had written in."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import StringRequestResult

from .service import tickets
from .types import TicketCreationData, TicketInfoResult


@tickets.operation(writes=True)
def CreateTicket(
    call: Call,
    departmentID: int,
    groupId: int,
    userIdOfAgent: int,
    toAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    setWaiting: bool,
    sendEmail: bool,
) -> StringRequestResult:
    """Open a ticket from an agent to a customer, with its first message."""
    raise NotBuilt


@tickets.operation(writes=True)
def CreateTicketWithDate(
    call: Call,
    departmentID: int,
    groupId: int,
    userIdOfAgent: int,
    toAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    setWaiting: bool,
    sendEmail: bool,
    dateOpenedUTC: datetime,
    dateIdleStartTimeUTC: datetime,
    dateFirstMessageReceived: datetime,
) -> StringRequestResult:
    """Open a ticket from an agent to a customer and give it dates of its own."""
    raise NotBuilt


@tickets.operation(writes=True)
def CreateTicketWithCC(
    call: Call,
    departmentID: int,
    groupId: int,
    userIdOfAgent: int,
    toAddress: str,
    ccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    setWaiting: bool,
    sendEmail: bool,
) -> StringRequestResult:
    """Open a ticket from an agent to a customer and copy further people in."""
    raise NotBuilt


@tickets.operation(writes=True)
def CreateTicketWithDateAndCC(
    call: Call,
    departmentID: int,
    groupId: int,
    userIdOfAgent: int,
    toAddress: str,
    ccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    setWaiting: bool,
    sendEmail: bool,
    dateOpenedUTC: datetime,
    dateIdleStartTimeUTC: datetime,
    dateFirstMessageReceived: datetime,
) -> StringRequestResult:
    """Open a ticket from an agent to a customer, copy further people in and give it dates of its own."""
    raise NotBuilt


@tickets.operation(writes=True)
def CreateIncomingTicket(call: Call, data: TicketCreationData | None) -> TicketInfoResult:
    """Open a ticket as if a customer had written in.

    What is left out takes its default; a department or a group must be given.
    """
    raise NotBuilt


@tickets.operation(writes=True, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomer(
    call: Call, departmentId: int, fromAddress: str, subject: str, body: str, isHtml: bool, sendAutoResponder: bool
) -> StringRequestResult:
    """Open a ticket as if a customer had written in to a department."""
    raise NotBuilt


@tickets.operation(writes=True, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomerWithDate(
    call: Call,
    departmentId: int,
    groupId: int,
    userId: int,
    fromAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    sendAutoResponder: bool,
    dateOpenedUTC: datetime,
    dateIdleStartTimeUTC: datetime,
    dateFirstMessageReceived: datetime,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in, for a chosen group and agent, with dates of its own."""
    raise NotBuilt


@tickets.operation(writes=True, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomerWithCC(
    call: Call,
    departmentId: int,
    fromAddress: str,
    ccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    sendAutoResponder: bool,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in and copied further people in."""
    raise NotBuilt


@tickets.operation(writes=True, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomerWithDateAndCC(
    call: Call,
    departmentId: int,
    groupId: int,
    userId: int,
    fromAddress: str,
    ccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    sendAutoResponder: bool,
    dateOpenedUTC: datetime,
    dateIdleStartTimeUTC: datetime,
    dateFirstMessageReceived: datetime,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in and copied further people in.

    It goes to a chosen group and agent and has dates of its own.
    """
    raise NotBuilt


@tickets.operation(writes=True, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomerWithGroup(
    call: Call,
    departmentId: int,
    groupId: int,
    fromAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    sendAutoResponder: bool,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in to one group of a department."""
    raise NotBuilt


@tickets.operation(writes=True, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomerWithGroupWithCC(
    call: Call,
    departmentId: int,
    groupId: int,
    fromAddress: str,
    ccAddress: str,
    subject: str,
    body: str,
    isHtml: bool,
    sendAutoResponder: bool,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in to one group of a department, copying further people in."""
    raise NotBuilt
