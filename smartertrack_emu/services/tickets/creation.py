"""Opening tickets: by an agent or as if a customer had written in."""

from datetime import datetime
from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import Priority
from smartertrack_emu.domain.tickets import creation, search
from smartertrack_emu.domain.tickets.creation import NewTicket
from smartertrack_emu.domain.tickets.models import Direction, TicketStatus
from smartertrack_emu.domain.tickets.visibility import by_id
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import Body, Cc, IsHtml, SendEmail, Subject
from smartertrack_emu.services.moments import utc_or_none
from smartertrack_emu.services.names import PLACE, Field
from smartertrack_emu.services.results import StringRequestResult

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


def _create(call: Call, new: NewTicket) -> StringRequestResult:
    """Open a ticket and answer its number."""
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
    return _create(
        call,
        NewTicket(
            direction=Direction.TO_CUSTOMER,
            customer=toAddress,
            subject=subject,
            body=body,
            is_html=isHtml,
            department_id=departmentID,
            group_id=groupId,
            agent_id=userIdOfAgent,
            status=TicketStatus.WAITING if setWaiting else TicketStatus.OPEN,
            notify=sendEmail,
        ),
    )


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
    return _create(
        call,
        NewTicket(
            direction=Direction.TO_CUSTOMER,
            customer=toAddress,
            subject=subject,
            body=body,
            is_html=isHtml,
            department_id=departmentID,
            group_id=groupId,
            agent_id=userIdOfAgent,
            status=TicketStatus.WAITING if setWaiting else TicketStatus.OPEN,
            notify=sendEmail,
            opened_at=utc_or_none(dateOpenedUTC),
            idle_since=utc_or_none(dateIdleStartTimeUTC),
            first_message_at=utc_or_none(dateFirstMessageReceived),
        ),
    )


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
    return _create(
        call,
        NewTicket(
            direction=Direction.TO_CUSTOMER,
            customer=toAddress,
            subject=subject,
            body=body,
            is_html=isHtml,
            department_id=departmentID,
            group_id=groupId,
            agent_id=userIdOfAgent,
            cc=ccAddress,
            status=TicketStatus.WAITING if setWaiting else TicketStatus.OPEN,
            notify=sendEmail,
        ),
    )


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
    return _create(
        call,
        NewTicket(
            direction=Direction.TO_CUSTOMER,
            customer=toAddress,
            subject=subject,
            body=body,
            is_html=isHtml,
            department_id=departmentID,
            group_id=groupId,
            agent_id=userIdOfAgent,
            cc=ccAddress,
            status=TicketStatus.WAITING if setWaiting else TicketStatus.OPEN,
            notify=sendEmail,
            opened_at=utc_or_none(dateOpenedUTC),
            idle_since=utc_or_none(dateIdleStartTimeUTC),
            first_message_at=utc_or_none(dateFirstMessageReceived),
        ),
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
    return _create(
        call,
        NewTicket(
            direction=Direction.FROM_CUSTOMER,
            customer=fromAddress,
            subject=subject,
            body=body,
            is_html=isHtml,
            department_id=departmentId,
            notify=sendAutoResponder,
        ),
    )


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
    return _create(
        call,
        NewTicket(
            direction=Direction.FROM_CUSTOMER,
            customer=fromAddress,
            subject=subject,
            body=body,
            is_html=isHtml,
            department_id=departmentId,
            group_id=groupId,
            agent_id=userId,
            notify=sendAutoResponder,
            opened_at=utc_or_none(dateOpenedUTC),
            idle_since=utc_or_none(dateIdleStartTimeUTC),
            first_message_at=utc_or_none(dateFirstMessageReceived),
        ),
    )


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
    return _create(
        call,
        NewTicket(
            direction=Direction.FROM_CUSTOMER,
            customer=fromAddress,
            subject=subject,
            body=body,
            is_html=isHtml,
            department_id=departmentId,
            cc=ccAddress,
            notify=sendAutoResponder,
        ),
    )


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
    return _create(
        call,
        NewTicket(
            direction=Direction.FROM_CUSTOMER,
            customer=fromAddress,
            subject=subject,
            body=body,
            is_html=isHtml,
            department_id=departmentId,
            group_id=groupId,
            agent_id=userId,
            cc=ccAddress,
            notify=sendAutoResponder,
            opened_at=utc_or_none(dateOpenedUTC),
            idle_since=utc_or_none(dateIdleStartTimeUTC),
            first_message_at=utc_or_none(dateFirstMessageReceived),
        ),
    )


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
    return _create(
        call,
        NewTicket(
            direction=Direction.FROM_CUSTOMER,
            customer=fromAddress,
            subject=subject,
            body=body,
            is_html=isHtml,
            department_id=departmentId,
            group_id=groupId,
            notify=sendAutoResponder,
        ),
    )


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
    return _create(
        call,
        NewTicket(
            direction=Direction.FROM_CUSTOMER,
            customer=fromAddress,
            subject=subject,
            body=body,
            is_html=isHtml,
            department_id=departmentId,
            group_id=groupId,
            cc=ccAddress,
            notify=sendAutoResponder,
        ),
    )
