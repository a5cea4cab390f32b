"""Opening tickets: by an agent or as if a customer had written in."""

from datetime import datetime
from typing import Annotated, NamedTuple

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import Priority, TicketStatus
from smartertrack_emu.domain.tickets import creation, search
from smartertrack_emu.domain.tickets.creation import NewTicket
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.domain.tickets.visibility import by_id
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import Body, Cc, IsHtml, SendEmail, Subject
from smartertrack_emu.services.moments import utc_or_none
from smartertrack_emu.services.names import PLACE, Field
from smartertrack_emu.services.results import StringRequestResult

from .conversation import Text
from .facts import ticket_info
from .service import tickets
from .types import TicketCreationData, TicketInfoResult

TicketsDepartmentId = Annotated[
    int, Doc("Id of the department that is to have the ticket."), Field("department_id", "departmentID")
]
TicketsGroupId = Annotated[int, Doc("Id of the group that is to have the ticket."), Field("group_id", "groupID")]
TicketsAgentId = Annotated[
    int, Doc("Id of the agent who gets the ticket; 0 has one chosen."), Field("agent_id", "agentID")
]
CustomerAddress = Annotated[str, Doc("E-mail address of the customer."), Field("customer")]
SetWaiting = Annotated[bool, Doc("True to let the ticket wait for the customer.")]
DateOpened = Annotated[datetime, Doc("When the ticket is to have been opened, in UTC.")]
DateIdleStart = Annotated[datetime, Doc("Since when the ticket is to have been idle, in UTC.")]
DateFirstMessage = Annotated[datetime, Doc("When the first message is to have come in, in UTC.")]
SendAutoResponder = Annotated[bool, Doc("Whether the customer is mailed an automatic answer.")]


_TO, _FROM = Direction.TO_CUSTOMER, Direction.FROM_CUSTOMER


class _Place(NamedTuple):
    """Where a ticket goes: ids, 0 for what is not given."""

    department_id: int
    group_id: int = 0
    agent_id: int = 0


class _Dates(NamedTuple):
    """Dates of a ticket's own, as the wire has them."""

    opened: datetime
    idle_since: datetime
    first_message: datetime


def _create(
    call: Call,
    direction: Direction,
    place: _Place,
    customer: str,
    text: Text,
    *,
    notify: bool,
    is_waiting: bool = False,
    cc: str = "",
    dates: _Dates | None = None,
) -> StringRequestResult:
    """Open a ticket and answer its number."""
    opened_at, idle_since, first_message_at = map(utc_or_none, dates) if dates else (None, None, None)
    new = NewTicket(
        direction=direction,
        customer=customer,
        subject=text.subject,
        body=text.body,
        is_html=text.is_html,
        department_id=place.department_id,
        group_id=place.group_id,
        agent_id=place.agent_id,
        cc=cc,
        status=TicketStatus.WAITING if is_waiting else TicketStatus.OPEN,
        notify=notify,
        opened_at=opened_at,
        idle_since=idle_since,
        first_message_at=first_message_at,
    )
    return StringRequestResult(RequestResult=creation.create(call.session, call.actor, new).number)


@tickets.operation(writes=True)
def CreateTicket(
    call: Call,
    departmentID: TicketsDepartmentId,
    groupId: TicketsGroupId,
    userIdOfAgent: TicketsAgentId,
    toAddress: CustomerAddress,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    setWaiting: SetWaiting,
    sendEmail: SendEmail,
) -> StringRequestResult:
    """Open a ticket from an agent to a customer, with its first message."""
    place, text = _Place(departmentID, groupId, userIdOfAgent), Text(subject, body, isHtml)
    return _create(call, _TO, place, toAddress, text, notify=sendEmail, is_waiting=setWaiting)


@tickets.operation(writes=True)
def CreateTicketWithDate(
    call: Call,
    departmentID: TicketsDepartmentId,
    groupId: TicketsGroupId,
    userIdOfAgent: TicketsAgentId,
    toAddress: CustomerAddress,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    setWaiting: SetWaiting,
    sendEmail: SendEmail,
    dateOpenedUTC: DateOpened,
    dateIdleStartTimeUTC: DateIdleStart,
    dateFirstMessageReceived: DateFirstMessage,
) -> StringRequestResult:
    """Open a ticket from an agent to a customer and give it dates of its own."""
    place, text = _Place(departmentID, groupId, userIdOfAgent), Text(subject, body, isHtml)
    dates = _Dates(dateOpenedUTC, dateIdleStartTimeUTC, dateFirstMessageReceived)
    return _create(call, _TO, place, toAddress, text, notify=sendEmail, is_waiting=setWaiting, dates=dates)


@tickets.operation(writes=True)
def CreateTicketWithCC(
    call: Call,
    departmentID: TicketsDepartmentId,
    groupId: TicketsGroupId,
    userIdOfAgent: TicketsAgentId,
    toAddress: CustomerAddress,
    ccAddress: Cc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    setWaiting: SetWaiting,
    sendEmail: SendEmail,
) -> StringRequestResult:
    """Open a ticket from an agent to a customer and copy further people in."""
    place, text = _Place(departmentID, groupId, userIdOfAgent), Text(subject, body, isHtml)
    return _create(call, _TO, place, toAddress, text, notify=sendEmail, is_waiting=setWaiting, cc=ccAddress)


@tickets.operation(writes=True)
def CreateTicketWithDateAndCC(
    call: Call,
    departmentID: TicketsDepartmentId,
    groupId: TicketsGroupId,
    userIdOfAgent: TicketsAgentId,
    toAddress: CustomerAddress,
    ccAddress: Cc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    setWaiting: SetWaiting,
    sendEmail: SendEmail,
    dateOpenedUTC: DateOpened,
    dateIdleStartTimeUTC: DateIdleStart,
    dateFirstMessageReceived: DateFirstMessage,
) -> StringRequestResult:
    """Open a ticket from an agent to a customer, copy further people in and give it dates of its own."""
    place, text = _Place(departmentID, groupId, userIdOfAgent), Text(subject, body, isHtml)
    dates = _Dates(dateOpenedUTC, dateIdleStartTimeUTC, dateFirstMessageReceived)
    return _create(
        call, _TO, place, toAddress, text, notify=sendEmail, is_waiting=setWaiting, cc=ccAddress, dates=dates
    )


@tickets.operation(writes=True, names={**PLACE, "customer": "fromAddress", "cc": "ccAddress", "agent_id": "agentID"})
def CreateIncomingTicket(
    call: Call, data: Annotated[TicketCreationData | None, Doc("What the ticket is to be.")]
) -> TicketInfoResult:
    """Open a ticket as if a customer had written in.

    What is left out takes its default; a department or a group must be given.
    """
    if data is None:
        raise BadValue("data is required.")
    if not data.senderEmailAddress:
        raise BadValue("senderEmailAddress is required.")
    new = NewTicket(
        direction=Direction.FROM_CUSTOMER,
        customer=data.senderEmailAddress,
        customer_name=data.displayName or "",
        subject=data.subject or "",
        body=data.body or "",
        is_html=data.isHtml or False,
        department_id=data.departmentID or 0,
        group_id=data.groupID or 0,
        agent_id=data.agentID or 0,
        cc=data.ccEmailAddress or "",
        status=_status(data.status),
        priority=_priority(data.priority),
        is_pinned=data.pinToAgent or False,
        notify=data.sendAutoResponder or False,
        opened_at=utc_or_none(data.creationDate),
        follow_up_at=utc_or_none(data.followUpDate),
        follow_up_comment=data.followUpComment or "",
    )
    created = creation.create(call.session, call.actor, new)
    return TicketInfoResult(Ticket=ticket_info(search.any_facts(call.session, by_id(created.id))))


def _status(value: int | None) -> TicketStatus:
    if value is not None and value not in (TicketStatus.OPEN, TicketStatus.WAITING, TicketStatus.CLOSED):
        raise BadValue("status must be 1 (open), 2 (waiting) or 3 (closed).")
    return TicketStatus(value or TicketStatus.OPEN)


def _priority(value: int | None) -> Priority:
    if value is not None and value not in list(Priority):
        raise BadValue("priority must be 1 (low), 2 (normal), 3 (high) or 4 (urgent).")
    return Priority(value or Priority.NORMAL)


@tickets.operation(writes=True, names=PLACE, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomer(
    call: Call,
    departmentId: TicketsDepartmentId,
    fromAddress: CustomerAddress,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    sendAutoResponder: SendAutoResponder,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in to a department."""
    place, text = _Place(departmentId), Text(subject, body, isHtml)
    return _create(call, _FROM, place, fromAddress, text, notify=sendAutoResponder)


@tickets.operation(writes=True, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomerWithDate(
    call: Call,
    departmentId: TicketsDepartmentId,
    groupId: TicketsGroupId,
    userId: TicketsAgentId,
    fromAddress: CustomerAddress,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    sendAutoResponder: SendAutoResponder,
    dateOpenedUTC: DateOpened,
    dateIdleStartTimeUTC: DateIdleStart,
    dateFirstMessageReceived: DateFirstMessage,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in, for a chosen group and agent, with dates of its own."""
    place, text = _Place(departmentId, groupId, userId), Text(subject, body, isHtml)
    dates = _Dates(dateOpenedUTC, dateIdleStartTimeUTC, dateFirstMessageReceived)
    return _create(call, _FROM, place, fromAddress, text, notify=sendAutoResponder, dates=dates)


@tickets.operation(writes=True, names=PLACE, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomerWithCC(
    call: Call,
    departmentId: TicketsDepartmentId,
    fromAddress: CustomerAddress,
    ccAddress: Cc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    sendAutoResponder: SendAutoResponder,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in and copied further people in."""
    place, text = _Place(departmentId), Text(subject, body, isHtml)
    return _create(call, _FROM, place, fromAddress, text, notify=sendAutoResponder, cc=ccAddress)


@tickets.operation(writes=True, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomerWithDateAndCC(
    call: Call,
    departmentId: TicketsDepartmentId,
    groupId: TicketsGroupId,
    userId: TicketsAgentId,
    fromAddress: CustomerAddress,
    ccAddress: Cc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    sendAutoResponder: SendAutoResponder,
    dateOpenedUTC: DateOpened,
    dateIdleStartTimeUTC: DateIdleStart,
    dateFirstMessageReceived: DateFirstMessage,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in and copied further people in.

    It goes to a chosen group and agent and has dates of its own.
    """
    place, text = _Place(departmentId, groupId, userId), Text(subject, body, isHtml)
    dates = _Dates(dateOpenedUTC, dateIdleStartTimeUTC, dateFirstMessageReceived)
    return _create(call, _FROM, place, fromAddress, text, notify=sendAutoResponder, cc=ccAddress, dates=dates)


@tickets.operation(writes=True, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomerWithGroup(
    call: Call,
    departmentId: TicketsDepartmentId,
    groupId: TicketsGroupId,
    fromAddress: CustomerAddress,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    sendAutoResponder: SendAutoResponder,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in to one group of a department."""
    place, text = _Place(departmentId, groupId), Text(subject, body, isHtml)
    return _create(call, _FROM, place, fromAddress, text, notify=sendAutoResponder)


@tickets.operation(writes=True, obsolete="CreateIncomingTicket")
def CreateTicketFromCustomerWithGroupWithCC(
    call: Call,
    departmentId: TicketsDepartmentId,
    groupId: TicketsGroupId,
    fromAddress: CustomerAddress,
    ccAddress: Cc,
    subject: Subject,
    body: Body,
    isHtml: IsHtml,
    sendAutoResponder: SendAutoResponder,
) -> StringRequestResult:
    """Open a ticket as if a customer had written in to one group of a department, copying further people in."""
    place, text = _Place(departmentId, groupId), Text(subject, body, isHtml)
    return _create(call, _FROM, place, fromAddress, text, notify=sendAutoResponder, cc=ccAddress)
