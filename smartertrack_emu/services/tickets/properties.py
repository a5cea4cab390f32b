"""Properties of a ticket as `key=value` texts."""

from typing import Annotated

from sqlalchemy.orm import Session

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import Priority, TicketStatus
from smartertrack_emu.domain.tickets import addresses, properties
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import TicketNumber
from smartertrack_emu.services.keyvalues import (
    Asked,
    Boolean,
    Integer,
    Keys,
    Moment,
    Text,
    answer,
    unknown_keys,
)
from smartertrack_emu.services.names import PLACE
from smartertrack_emu.services.results import GenericResult, SettingsRequestResult

from .service import tickets


class _Derived(Asked):
    def __init__(self, field: str) -> None:
        super().__init__(field, source="the ticket itself")


_PRIORITIES = "1 (low), 2 (normal), 3 (high) or 4 (urgent)"
_STATUSES = "1 (open), 2 (waiting), 3 (closed) or 4 (closed and locked)"


class _Count(Integer):
    def value(self) -> str:
        return "whole number, 0 or more"

    def read(self, text: str, session: Session) -> int | None:
        value = super().read(text, session)
        if value is not None and value < 0:
            raise BadValue(f"{self.name} must be 0 or more.")
        return value


class _Priority(Integer):
    def value(self) -> str:
        return _PRIORITIES

    def read(self, text: str, session: Session) -> Priority | None:
        value = super().read(text, session)
        if value is not None and value not in list(Priority):
            raise BadValue(f"{self.name} must be {_PRIORITIES}.")
        return None if value is None else Priority(value)


class _Status(Integer):
    def value(self) -> str:
        return _STATUSES

    def read(self, text: str, session: Session) -> TicketStatus | None:
        value = super().read(text, session)
        if value is not None and value not in list(TicketStatus):
            raise BadValue(f"{self.name} must be {_STATUSES}.")
        return None if value is None else TicketStatus(value)


class _Address(Text):
    def value(self) -> str:
        return "e-mail address"

    def read(self, text: str, session: Session) -> str:
        del session
        return addresses.one(text, self.name)[1] if text.strip() else ""


class _Addresses(Text):
    def value(self) -> str:
        return "e-mail addresses"

    def read(self, text: str, session: Session) -> str:
        del session
        return addresses.several(text, self.name)


class TicketProperties(Keys):
    """What can be asked for, and set where it does not follow from something else (documented)."""

    BodyContent = _Derived("body_text")
    BodyContentRaw = _Derived("body_as_stored")
    BodyHTML = Text("body_html")
    CCAddress = _Addresses("cc_address")
    CustomerEmailAddress = _Address("customer_email", required=True)
    DateDeletedUTC = Moment("deleted_at")
    DateOpenedUTC = Moment("opened_at", required=True)
    DateReceivedUTC = Moment("received_at", required=True)
    DepartmentID = _Count("department_id", required=True)
    FileIDRawContent = Integer("file_id_raw_content")
    FromAddress = _Address("from_address", required=True)
    GroupID = _Count("group_id", required=True)
    IdleStartTimeUTC = Moment(
        "idle_since", note="Since when the ticket waits for somebody to do something.", required=True
    )
    IsDeleted = Boolean("is_deleted", required=True)
    IsIndexed = Boolean("is_indexed", required=True)
    IsPinnedToAgent = Boolean("is_pinned", required=True)
    IsSpam = Boolean("is_spam", required=True)
    PinImage = _Derived("pin_image")
    ReplyCountIn = _Count("reply_count_in", required=True)
    ReplyCountOut = _Count("reply_count_out", required=True)
    Subject = Text("subject", required=True)
    TicketID = _Derived("id")
    TicketNumber = _Derived("number")
    TicketPriorityID = _Priority("priority", required=True)
    TicketStatusID = _Status("status", required=True)
    ToAddress = _Addresses("to_address")
    ToCustomer = Boolean("is_to_customer", required=True)
    UserID = _Count("agent_id", required=True)


@tickets.operation()
def GetTicketPropertiesList(call: Call, ticketNumber: TicketNumber) -> SettingsRequestResult:
    """Return every property of a ticket."""
    found = properties.properties(call.session, call.actor, by_number(ticketNumber))
    return SettingsRequestResult(
        RequestResults=answer((key.name, getattr(found, key.field)) for key in TicketProperties.keys)
    )


@tickets.operation()
def GetTicketProperties(
    call: Call,
    ticketNumber: TicketNumber,
    requestedValues: Annotated[list[str], Doc("Names of the properties wanted."), TicketProperties.to_ask()],
) -> SettingsRequestResult:
    """Return the chosen properties of a ticket."""
    found = properties.properties(call.session, call.actor, by_number(ticketNumber))
    keys, unknown = TicketProperties.asked(requestedValues)
    return SettingsRequestResult(
        Message=unknown_keys(unknown), RequestResults=answer((key.name, getattr(found, key.field)) for key in keys)
    )


@tickets.operation(writes=True, names=PLACE)
def SetTicketProperties(
    call: Call,
    ticketNumber: TicketNumber,
    ticketPropertyValues: Annotated[list[str], Doc("Texts `key=value`, one a property."), TicketProperties.to_give()],
) -> GenericResult:
    """Change properties of a ticket."""
    wanted = TicketProperties.parse(ticketPropertyValues, call.session).fields()
    properties.set_properties(call.session, call.actor, by_number(ticketNumber), wanted)
    return GenericResult()
