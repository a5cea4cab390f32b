"""Messages of a ticket, and the list of its messages and notes."""

from datetime import datetime
from typing import Annotated, NamedTuple

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.tickets import conversation
from smartertrack_emu.domain.tickets.conversation import NewMessage, Part
from smartertrack_emu.domain.tickets.properties import as_html, as_text
from smartertrack_emu.domain.tickets.visibility import by_id, by_number
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import Body, Cc, IsHtml, MessageId, SendEmail, Subject, TicketId, TicketNumber
from smartertrack_emu.services.moments import utc_or_none
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import GenericResult

from .service import tickets
from .types import TicketMessageBodyResult, TicketPartInfo, TicketPartInfoArrayResult, TicketPartInfoResult

FromAddress = Annotated[str, Doc("E-mail address of the message's sender."), Field("from_address")]
ToAddresses = Annotated[str, Doc("E-mail addresses the message goes to."), Field("to_address")]
ToCustomer = Annotated[bool, Doc("True for a message from an agent to the customer, False for one from the customer.")]
WriterId = Annotated[int | None, Doc("Id of the user who wrote the message; may be null.")]
DateSent = Annotated[datetime, Doc("When the message is to have been sent, in UTC.")]
Bcc = Annotated[str, Doc("E-mail addresses of those who get a blind copy."), Field("bcc")]


class _Addresses(NamedTuple):
    """From whom and to whom a message goes."""

    sender: str
    to: str
    cc: str
    bcc: str = ""


class Text(NamedTuple):
    """What a message says."""

    subject: str
    body: str
    is_html: bool


def _add(
    call: Call,
    ticket_number: str,
    addresses: _Addresses,
    text: Text,
    *,
    to_customer: bool,
    send: bool,
    sent_at: datetime | None = None,
    author_id: int | None = None,
) -> Part:
    """Add a message to a ticket and return the part that it is."""
    message = NewMessage(
        to_customer=to_customer,
        body=text.body,
        is_html=text.is_html,
        subject=text.subject,
        from_address=addresses.sender,
        to_address=addresses.to,
        cc=addresses.cc,
        bcc=addresses.bcc,
        send=send,
        sent_at=utc_or_none(sent_at),
        author_id=author_id,
    )
    return conversation.add(call.session, call.actor, by_number(ticket_number), message)


def _packed(part: Part) -> TicketPartInfoResult:
    return TicketPartInfoResult(Part=_part(part))


def _part(part: Part) -> TicketPartInfo:
    return TicketPartInfo(
        CreationDateUtc=part.at,
        Description=part.description,
        Direction=part.direction,
        PartId=part.id,
        Recipient=part.recipient,
        Sender=part.sender,
        Type=part.type,
        IsDraft=part.is_draft,
    )


@tickets.operation(writes=True)
def AddMessageToTicket(
    call: Call,
    ticketNumber: TicketNumber,
    fromAddress: FromAddress,
    toAddress: ToAddresses,
    ccAddress: Cc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    toCustomer: ToCustomer,
    sendEmail: SendEmail,
) -> GenericResult:
    """Add a message to a ticket, from an agent or from the customer."""
    addresses, text = _Addresses(fromAddress, toAddress, ccAddress), Text(subject, body, isHtml)
    _add(call, ticketNumber, addresses, text, to_customer=toCustomer, send=sendEmail)
    return GenericResult()


@tickets.operation(writes=True)
def AddMessageToTicketFromUser(
    call: Call,
    ticketNumber: TicketNumber,
    fromAddress: FromAddress,
    toAddress: ToAddresses,
    ccAddress: Cc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    toCustomer: ToCustomer,
    sendEmail: SendEmail,
    userID: WriterId,
) -> GenericResult:
    """Add a message to a ticket and say which user wrote it."""
    addresses, text = _Addresses(fromAddress, toAddress, ccAddress), Text(subject, body, isHtml)
    _add(call, ticketNumber, addresses, text, to_customer=toCustomer, send=sendEmail, author_id=userID)
    return GenericResult()


@tickets.operation(writes=True)
def AddMessageToTicketWithDate(
    call: Call,
    ticketNumber: TicketNumber,
    fromAddress: FromAddress,
    toAddress: ToAddresses,
    ccAddress: Cc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    toCustomer: ToCustomer,
    sendEmail: SendEmail,
    dateMessageReceived: DateSent,
) -> TicketPartInfoResult:
    """Add a message to a ticket as of a given date, and return the new part."""
    addresses, text = _Addresses(fromAddress, toAddress, ccAddress), Text(subject, body, isHtml)
    return _packed(
        _add(call, ticketNumber, addresses, text, to_customer=toCustomer, send=sendEmail, sent_at=dateMessageReceived)
    )


@tickets.operation(writes=True)
def AddMessageToTicketWithDateFromUser(
    call: Call,
    ticketNumber: TicketNumber,
    fromAddress: FromAddress,
    toAddress: ToAddresses,
    ccAddress: Cc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    toCustomer: ToCustomer,
    sendEmail: SendEmail,
    dateMessageReceived: DateSent,
    userID: WriterId,
) -> TicketPartInfoResult:
    """Add a message to a ticket as of a given date, say which user wrote it, and return the new part."""
    addresses, text = _Addresses(fromAddress, toAddress, ccAddress), Text(subject, body, isHtml)
    return _packed(
        _add(
            call,
            ticketNumber,
            addresses,
            text,
            to_customer=toCustomer,
            send=sendEmail,
            sent_at=dateMessageReceived,
            author_id=userID,
        )
    )


@tickets.operation(writes=True)
def AddMessageToTicketWithBcc(
    call: Call,
    ticketNumber: TicketNumber,
    fromAddress: FromAddress,
    toAddress: ToAddresses,
    ccAddress: Cc,
    bccAddress: Bcc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    toCustomer: ToCustomer,
) -> GenericResult:
    """Add a message to a ticket. It is mailed, to blind-copied people too."""
    addresses, text = _Addresses(fromAddress, toAddress, ccAddress, bccAddress), Text(subject, body, isHtml)
    _add(call, ticketNumber, addresses, text, to_customer=toCustomer, send=True)
    return GenericResult()


@tickets.operation(writes=True)
def AddMessageToTicketWithBccFromUser(
    call: Call,
    ticketNumber: TicketNumber,
    fromAddress: FromAddress,
    toAddress: ToAddresses,
    ccAddress: Cc,
    bccAddress: Bcc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    toCustomer: ToCustomer,
    userID: WriterId,
) -> GenericResult:
    """Add a message to a ticket and say which user wrote it. It is mailed, to blind-copied people too."""
    addresses, text = _Addresses(fromAddress, toAddress, ccAddress, bccAddress), Text(subject, body, isHtml)
    _add(call, ticketNumber, addresses, text, to_customer=toCustomer, send=True, author_id=userID)
    return GenericResult()


@tickets.operation(writes=True)
def AddMessageToTicketWithDateAndBcc(
    call: Call,
    ticketNumber: TicketNumber,
    fromAddress: FromAddress,
    toAddress: ToAddresses,
    ccAddress: Cc,
    bccAddress: Bcc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    toCustomer: ToCustomer,
    dateMessageReceived: DateSent,
) -> TicketPartInfoResult:
    """Add a message to a ticket as of a given date and return the new part.

    It is mailed, to blind-copied people too.
    """
    addresses, text = _Addresses(fromAddress, toAddress, ccAddress, bccAddress), Text(subject, body, isHtml)
    return _packed(
        _add(call, ticketNumber, addresses, text, to_customer=toCustomer, send=True, sent_at=dateMessageReceived)
    )


@tickets.operation(writes=True)
def AddMessageToTicketWithDateAndBccFromUser(
    call: Call,
    ticketNumber: TicketNumber,
    fromAddress: FromAddress,
    toAddress: ToAddresses,
    ccAddress: Cc,
    bccAddress: Bcc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    toCustomer: ToCustomer,
    dateMessageReceived: DateSent,
    userID: WriterId,
) -> TicketPartInfoResult:
    """Add a message to a ticket as of a given date, say which user wrote it, and return the new part.

    It is mailed, to blind-copied people too.
    """
    addresses, text = _Addresses(fromAddress, toAddress, ccAddress, bccAddress), Text(subject, body, isHtml)
    return _packed(
        _add(
            call,
            ticketNumber,
            addresses,
            text,
            to_customer=toCustomer,
            send=True,
            sent_at=dateMessageReceived,
            author_id=userID,
        )
    )


@tickets.operation()
def GetTicketMessagePlainText(call: Call, ticketMessageId: MessageId) -> TicketMessageBodyResult:
    """Return what a message says, as plain text."""
    return TicketMessageBodyResult(messageBody=as_text(conversation.body(call.session, call.actor, ticketMessageId)))


@tickets.operation()
def GetTicketMessageHtml(call: Call, ticketMessageId: MessageId) -> TicketMessageBodyResult:
    """Return what a message says, as HTML."""
    return TicketMessageBodyResult(messageBody=as_html(conversation.body(call.session, call.actor, ticketMessageId)))


@tickets.operation()
def GetTicketConversationPartList(call: Call, ticketId: TicketId) -> TicketPartInfoArrayResult:
    """List the messages and notes of a ticket known by its id, oldest first."""
    parts = conversation.parts(call.session, call.actor, by_id(ticketId))
    return TicketPartInfoArrayResult(Parts=[_part(part) for part in parts])


@tickets.operation()
def GetTicketConversationPartListFromTicketNumber(call: Call, ticketNumber: TicketNumber) -> TicketPartInfoArrayResult:
    """List the messages and notes of a ticket known by its number, oldest first."""
    parts = conversation.parts(call.session, call.actor, by_number(ticketNumber))
    return TicketPartInfoArrayResult(Parts=[_part(part) for part in parts])
