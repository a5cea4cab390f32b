"""Other installations of our own kind, spoken to as any client would: over SOAP."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from smartertrack_emu.domain.errors import ProviderRefused
from smartertrack_emu.domain.people.models import QUEUE_ID
from smartertrack_emu.domain.ports import Delivered, Delivery, File, Message, Server
from smartertrack_emu.domain.text import fold
from smartertrack_emu.domain.tickets.notes import WORDS

from .answers import Answer, NotUnderstoodError
from .soap import Conversation, Describe, NotAnsweredError, RefusedError, SoapService

logger = logging.getLogger(__name__)

_PART = 4 * 1024 * 1024
"""Bytes of a file that one call carries."""


def deliver(delivery: Delivery, *, describe: Describe, answer_seconds: float, whole_seconds: float) -> Delivered:
    """Carry a ticket to another installation, whose services are as `describe` says.

    It may take `answer_seconds` for each of its answers and `whole_seconds` for all of them; taking the ticket back may
    take `answer_seconds` beyond that. ProviderRefused, and nothing stays there, where it is away, slow, not understood
    or refuses anything of the ticket. Only a creation whose answer did not come, or was not understood, may have left a
    ticket behind, whose number nobody knows: it has none of the conversation.
    """
    server = delivery.server
    with _refusals_of(server):
        conversation = Conversation(
            server.url.rstrip("/"),
            server.username,
            server.password,
            answer_seconds=answer_seconds,
            whole_seconds=whole_seconds,
        )
        tickets = SoapService(conversation, "svcTickets", describe)
        there = _find_place(delivery, conversation, describe)
        ticket = _create(conversation, tickets, delivery, there)
    try:
        with _refusals_of(server):
            ticket.fill(delivery)
    except BaseException:
        if not ticket.take_back():
            logger.exception("ticket %s on %s is incomplete and could not be taken back", ticket.number, server.name)
        raise
    return Delivered(ticket.number, ticket.take_back)


@contextmanager
def _refusals_of(server: Server) -> Iterator[None]:
    try:
        yield
    except NotAnsweredError as error:
        raise ProviderRefused(f"{server.name} {error}. The ticket stays here.") from error
    except NotUnderstoodError as error:
        raise ProviderRefused(f"{server.name} gave no {error} that is understood. The ticket stays here.") from error
    except RefusedError as error:
        raise ProviderRefused(f"{server.name} refused the ticket, which stays here: {error}") from error


@dataclass(frozen=True, slots=True)
class _Place:
    """Ids of the other installation's; 0: its own choice."""

    department_id: int
    group_id: int
    agent_id: int


def _find_place(delivery: Delivery, conversation: Conversation, describe: Describe) -> _Place:
    """Look up what is given by name; where id and name are given the id counts."""
    target = delivery.target
    department_id, group_id, agent_id = target.department_id, target.group_id, target.agent_id
    by_name = (
        (target.department_name.strip() and not (department_id or group_id))
        or (target.group_name.strip() and not group_id)
        or (target.username.strip() and not agent_id)
    )
    if not by_name:
        return _Place(department_id, group_id, agent_id or QUEUE_ID)
    structure = SoapService(conversation, "svcOrganization", describe)
    if not (department_id or group_id) and target.department_name.strip():
        departments = structure.call("GetAllDepartments").items("Departments")
        department_id = _named(departments, "Name", target.department_name, "department")
    if not group_id and target.group_name.strip():
        groups = (
            structure.call("GetGroupsForDepartment", DepartmentID=department_id).items("Groups")
            if department_id
            else structure.call("GetAllGroups").items("Groups")
        )
        group_id = _named(groups, "Name", target.group_name, "group")
    if not agent_id and target.username.strip():
        agent_id = _named(structure.call("GetAllAgents").items("Agents"), "UserName", target.username, "agent")
    return _Place(department_id, group_id, agent_id or QUEUE_ID)


def _named(found: list[Answer], member: str, name: str, kind: str) -> int:
    ids = [item.number("ID") for item in found if fold(item.text(member)) == fold(name.strip())]
    if len(ids) != 1:
        raise RefusedError(f"there is {'more than one' if ids else 'no'} {kind} '{name.strip()[:60]}'.")
    return ids[0]


def _create(conversation: Conversation, tickets: SoapService, delivery: Delivery, there: _Place) -> _Ticket:
    """Open the ticket there with its first message, in the direction that this had."""
    parcel = delivery.parcel
    first = parcel.messages[0] if parcel.messages else None
    subject = parcel.subject if parcel.subject.strip() else "(no subject)"
    if first is None or not first.to_customer:
        created = tickets.ask(
            "CreateIncomingTicket",
            "Ticket",
            data={
                "agentID": there.agent_id,
                "body": first.body if first else "",
                "ccEmailAddress": first.cc_address if first else "",
                "creationDate": _wire(first.sent_at if first else parcel.opened_at),
                "departmentID": there.department_id,
                "displayName": parcel.customer_name,
                "groupID": there.group_id,
                "isHtml": first.is_html if first else False,
                "senderEmailAddress": parcel.customer_email,
                "subject": subject,
            },
        )
        return _Ticket(conversation, tickets, created.number("ID"), created.required("TicketNumber"))
    number = tickets.ask(
        "CreateTicketWithDateAndCC",
        "RequestResult",
        departmentID=there.department_id,
        groupId=there.group_id,
        userIdOfAgent=there.agent_id,
        toAddress=_address(parcel.customer_name, parcel.customer_email),
        ccAddress=first.cc_address,
        subject=subject,
        body=first.body,
        isHtml=first.is_html,
        setWaiting=False,
        sendEmail=False,
        dateOpenedUTC=_wire(parcel.opened_at),
        dateIdleStartTimeUTC=_wire(parcel.idle_since),
        dateFirstMessageReceived=_wire(first.sent_at),
    ).value
    ticket = tickets.ask("GetTicketInfoByTicketNumber", "Ticket", ticketNumber=number)
    return _Ticket(conversation, tickets, ticket.number("ID"), number)


@dataclass(frozen=True, slots=True)
class _Ticket:
    """A ticket on the other side."""

    conversation: Conversation
    tickets: SoapService
    id: int
    number: str

    def fill(self, delivery: Delivery) -> None:
        """Bring everything else: fields first, as replies may need them, the status last, as messages change it."""
        parcel = delivery.parcel
        if parcel.custom_fields:
            pairs = [f"{name}={value}" for name, value in parcel.custom_fields]
            self.tickets.call("SetTicketCustomFields", ticketNumber=self.number, customFieldValues=pairs)
        message_ids = {message.id: self._add_message(message) for message in parcel.messages[1:]}
        for note in parcel.notes:
            self._add_note(WORDS[note.kind], note.body, note.entered_at)
        if parcel.messages and any(file.message_id == parcel.messages[0].id for file in parcel.files):
            message_ids[parcel.messages[0].id] = self._first_message()
        for file in parcel.files:
            message_id = 0 if file.message_id is None else message_ids.get(file.message_id, 0)
            self._attach(file, message_id, delivery.content_of(file))
        self.tickets.call(
            "AddTicketNoteHtml", ticketNumber=self.number, messageType="TransferNote", notetext=delivery.note
        )
        self._set_properties(delivery)
        if parcel.follow_up_at is not None:
            self.tickets.call(
                "SetFollowUp",
                ticketId=self.id,
                followUpDateUtc=_wire(parcel.follow_up_at),
                newGroupId=0,
                newAgentId=0,
                newStatus="",
                pinToAgent=False,
                comment="",
            )

    def take_back(self) -> bool:
        """Delete the ticket there; False where that did not work."""
        self.conversation.allow_one_more()
        try:
            self.tickets.call("DeleteTicket", ticketId=self.id)
        except (NotAnsweredError, RefusedError):
            return False
        return True

    def _add_message(self, message: Message) -> int:
        added = self.tickets.ask(
            "AddMessageToTicketWithDate",
            "Part",
            ticketNumber=self.number,
            fromAddress=_address(message.from_name, message.from_address),
            toAddress=_address(message.to_name, message.to_address),
            ccAddress=message.cc_address,
            subject=message.subject,
            body=message.body,
            isHtml=message.is_html,
            toCustomer=message.to_customer,
            sendEmail=False,
            dateMessageReceived=_wire(message.sent_at),
        )
        return added.number("PartId")

    def _add_note(self, kind: str, html: str, at: datetime) -> None:
        self.tickets.call(
            "AddTicketNoteHtmlWithDate",
            ticketNumber=self.number,
            messageType=kind,
            notetext=html,
            dateEnteredUTC=_wire(at),
        )

    def _first_message(self) -> int:
        parts = self.tickets.call("GetTicketConversationPartList", ticketId=self.id).items("Parts")
        return next((part.number("PartId") for part in parts if part.number("Type") == 1), 0)

    def _attach(self, file: File, message_id: int, content: Path) -> None:
        with content.open("rb") as source:
            attached = self.tickets.ask(
                "AddTicketAttachment",
                "File",
                ticketNumber=self.number,
                ticketMessageId=message_id,
                fileName=file.name,
                data=source.read(_PART),
                fileLength=file.length,
                dateCreatedUTC=_wire(file.file_at),
            )
            while part := source.read(_PART):
                self.tickets.call("AppendToTicketAttachment", ticketAttachmentId=attached.number("fileId"), data=part)

    def _set_properties(self, delivery: Delivery) -> None:
        parcel = delivery.parcel
        status = delivery.target.status or parcel.status
        changes = [f"TicketStatusID={int(status)}", f"TicketPriorityID={int(parcel.priority)}"]
        if parcel.is_spam:
            changes.append("IsSpam=True")
        dates = [f"DateOpenedUTC={_written(parcel.opened_at)}", f"IdleStartTimeUTC={_written(parcel.idle_since)}"]
        for values in (changes, dates):  # a change of status says since when the ticket is idle: that comes after
            self.tickets.call("SetTicketProperties", ticketNumber=self.number, ticketPropertyValues=values)


def _address(name: str, address: str) -> str:
    """Return a name and an address as a mail's header has them."""
    if not address or not name or name == address:
        return address
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def _wire(value: datetime) -> datetime:
    return value.astimezone(UTC)


def _written(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
