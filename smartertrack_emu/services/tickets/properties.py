"""Properties of a ticket as `key=value` texts."""

from typing import Annotated

from sqlalchemy.orm import Session

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import Priority
from smartertrack_emu.domain.tickets import addresses, properties
from smartertrack_emu.domain.tickets.models import Direction, TicketStatus
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import TicketNumber
from smartertrack_emu.services.keyvalues import (
    Asked,
    Boolean,
    Integer,
    Key,
    Keys,
    Moment,
    Text,
    answer,
    boolean,
    unknown_keys,
)
from smartertrack_emu.services.results import GenericResult, SettingsRequestResult

from .service import tickets


class _Derived(Asked):
    def __init__(self) -> None:
        super().__init__(source="the ticket itself")


class _Count(Integer):
    def read(self, text: str, session: Session) -> int | None:
        value = super().read(text, session)
        if value is not None and value < 0:
            raise BadValue(f"{self.name} must be 0 or more.")
        return value


class _Priority(Integer):
    def read(self, text: str, session: Session) -> Priority | None:
        value = super().read(text, session)
        if value is not None and value not in list(Priority):
            raise BadValue(f"{self.name} must be 1 (low), 2 (normal), 3 (high) or 4 (urgent).")
        return None if value is None else Priority(value)


class _Status(Integer):
    def read(self, text: str, session: Session) -> TicketStatus | None:
        value = super().read(text, session)
        if value is not None and value not in list(TicketStatus):
            raise BadValue(f"{self.name} must be 1 (open), 2 (waiting), 3 (closed) or 4 (closed and locked).")
        return None if value is None else TicketStatus(value)


class _Direction(Key[Direction | None]):
    def read(self, text: str, session: Session) -> Direction | None:
        del session
        value = boolean(self.name, text)
        return None if value is None else Direction(value)


class _Address(Text):
    def read(self, text: str, session: Session) -> str:
        del session
        return addresses.one(text, self.name)[1] if text.strip() else ""


class _Addresses(Text):
    def read(self, text: str, session: Session) -> str:
        del session
        return addresses.several(text, self.name)


class TicketProperties(Keys):
    """What can be asked for, and set where it does not follow from something else (documented)."""

    BodyContent = _Derived()
    BodyContentRaw = _Derived()
    BodyHTML = Text()
    CCAddress = _Addresses()
    CustomerEmailAddress = _Address(required=True)
    DateDeletedUTC = Moment()
    DateOpenedUTC = Moment(required=True)
    DateReceivedUTC = Moment(required=True)
    DepartmentID = _Count(required=True)
    FileIDRawContent = Integer()
    FromAddress = _Address(required=True)
    GroupID = _Count(required=True)
    IdleStartTimeUTC = Moment(required=True)
    IsDeleted = Boolean(required=True)
    IsIndexed = Boolean(required=True)
    IsPinnedToAgent = Boolean(required=True)
    IsSpam = Boolean(required=True)
    PinImage = _Derived()
    ReplyCountIn = _Count(required=True)
    ReplyCountOut = _Count(required=True)
    Subject = Text(required=True)
    TicketID = _Derived()
    TicketNumber = _Derived()
    TicketPriorityID = _Priority(required=True)
    TicketStatusID = _Status(required=True)
    ToAddress = _Addresses()
    ToCustomer = _Direction(required=True)
    UserID = _Count(required=True)


@tickets.operation()
def GetTicketPropertiesList(call: Call, ticketNumber: TicketNumber) -> SettingsRequestResult:
    """Return every property of a ticket."""
    values = properties.properties(call.session, call.actor, by_number(ticketNumber))
    return SettingsRequestResult(RequestResults=answer(values.items()))


@tickets.operation()
def GetTicketProperties(
    call: Call,
    ticketNumber: TicketNumber,
    requestedValues: Annotated[list[str], Doc("Names of the properties wanted."), TicketProperties.to_ask()],
) -> SettingsRequestResult:
    """Return the chosen properties of a ticket."""
    values = properties.properties(call.session, call.actor, by_number(ticketNumber))
    keys, unknown = TicketProperties.asked(requestedValues)
    return SettingsRequestResult(
        Message=unknown_keys(unknown), RequestResults=answer((key.name, values[key.name]) for key in keys)
    )


@tickets.operation(writes=True)
def SetTicketProperties(
    call: Call,
    ticketNumber: TicketNumber,
    ticketPropertyValues: Annotated[list[str], Doc("Texts `key=value`, one a property."), TicketProperties.to_give()],
) -> GenericResult:
    """Change properties of a ticket."""
    values = TicketProperties.parse(ticketPropertyValues, call.session)
    wanted = {key.name: values[key] for key in values}
    properties.set_properties(call.session, call.actor, by_number(ticketNumber), wanted)
    return GenericResult()
