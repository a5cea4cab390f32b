"""Properties of a ticket as `key=value` texts."""

from __future__ import annotations

from smartertrack_emu.domain.tickets import properties
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.keyvalues import Keys, answer, unknown_keys
from smartertrack_emu.services.results import GenericResult, SettingsRequestResult

from .service import tickets

READABLE = Keys(
    "BodyContent",
    "BodyContentRaw",
    "BodyHTML",
    "CCAddress",
    "CustomerEmailAddress",
    "DateDeletedUTC",
    "DateOpenedUTC",
    "DateReceivedUTC",
    "DepartmentID",
    "FileIDRawContent",
    "FromAddress",
    "GroupID",
    "IdleStartTimeUTC",
    "IsDeleted",
    "IsIndexed",
    "IsPinnedToAgent",
    "IsSpam",
    "PinImage",
    "ReplyCountIn",
    "ReplyCountOut",
    "Subject",
    "TicketID",
    "TicketNumber",
    "TicketPriorityID",
    "TicketStatusID",
    "ToAddress",
    "ToCustomer",
    "UserID",
)


@tickets.operation()
def GetTicketPropertiesList(call: Call, ticketNumber: str) -> SettingsRequestResult:
    """Return every property of a ticket."""
    values = properties.properties(call.session, call.actor, by_number(ticketNumber))
    return SettingsRequestResult(RequestResults=answer(values.items()))


@tickets.operation()
def GetTicketProperties(call: Call, ticketNumber: str, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the chosen properties of a ticket."""
    values = properties.properties(call.session, call.actor, by_number(ticketNumber))
    keys, unknown = READABLE.asked(requestedValues)
    return SettingsRequestResult(
        Message=unknown_keys(unknown), RequestResults=answer((key, values[key]) for key in keys)
    )


@tickets.operation(writes=True)
def SetTicketProperties(call: Call, ticketNumber: str, ticketPropertyValues: list[str]) -> GenericResult:
    """Change properties of a ticket."""
    raise NotBuilt
