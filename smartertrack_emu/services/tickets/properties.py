"""Properties of a ticket as `key=value` texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.kinds import Priority
from smartertrack_emu.domain.tickets import addresses, properties
from smartertrack_emu.domain.tickets.models import Direction, TicketStatus
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.services import documentation_keys
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys, Values, answer, unknown_keys
from smartertrack_emu.services.results import GenericResult, SettingsRequestResult

from .service import tickets

READABLE = Keys(*documentation_keys.KEYS["svcTickets", "GetTicketProperties", "requestedValues"])
SETTABLE = Keys(*documentation_keys.KEYS["svcTickets", "SetTicketProperties", "ticketPropertyValues"])
"""What can be set: all but what follows from something else (documented)."""


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
    wanted = _wanted(call, SETTABLE.parse(ticketPropertyValues, other=_derived))
    properties.set_properties(call.session, call.actor, by_number(ticketNumber), wanted)
    return GenericResult()


def _derived(word: str) -> str | None:
    """Refuse, in words of its own, what can be read and follows from something else."""
    name = READABLE.find(word)
    if name is not None:
        raise BadValue(f"{name} cannot be set: it follows from the ticket itself.")
    return None


def _wanted(call: Call, values: Values) -> dict[str, Any]:
    """Return the properties to set, each in its type; BadValue names the key."""
    return {name: _READERS.get(name, _text)(call, values, name) for name in values}


def _text(call: Call, values: Values, name: str) -> str:
    del call
    return values[name]


def _required_text(call: Call, values: Values, name: str) -> str:
    del call
    return values.required(name)


def _boolean(call: Call, values: Values, name: str) -> bool:
    del call
    value = values.boolean(name)
    if value is None:
        raise BadValue(f"{name} is required.")
    return value


def _moment(call: Call, values: Values, name: str) -> datetime:
    value = values.moment(name, call.session)
    if value is None:
        raise BadValue(f"{name} is required.")
    return value


def _count(call: Call, values: Values, name: str) -> int:
    del call
    value = values.required_integer(name)
    if value < 0:
        raise BadValue(f"{name} must be 0 or more.")
    return value


def _priority(call: Call, values: Values, name: str) -> Priority:
    del call
    value = values.required_integer(name)
    if value not in list(Priority):
        raise BadValue(f"{name} must be 1 (low), 2 (normal), 3 (high) or 4 (urgent).")
    return Priority(value)


def _status(call: Call, values: Values, name: str) -> TicketStatus:
    del call
    value = values.required_integer(name)
    if value not in list(TicketStatus):
        raise BadValue(f"{name} must be 1 (open), 2 (waiting), 3 (closed) or 4 (closed and locked).")
    return TicketStatus(value)


def _address(call: Call, values: Values, name: str) -> str:
    del call
    return addresses.one(values.required(name), name)[1]


def _addresses(call: Call, values: Values, name: str) -> str:
    del call
    return addresses.several(values[name], name)


_READERS: dict[str, Callable[[Call, Values, str], Any]] = {
    "CCAddress": _addresses,
    "CustomerEmailAddress": _address,
    "DateDeletedUTC": lambda call, values, name: values.moment(name, call.session),
    "DateOpenedUTC": _moment,
    "DateReceivedUTC": _moment,
    "DepartmentID": _count,
    "FileIDRawContent": lambda _, values, name: values.integer(name),
    "FromAddress": _address,
    "GroupID": _count,
    "IdleStartTimeUTC": _moment,
    "IsDeleted": _boolean,
    "IsIndexed": _boolean,
    "IsPinnedToAgent": _boolean,
    "IsSpam": _boolean,
    "ReplyCountIn": _count,
    "ReplyCountOut": _count,
    "Subject": _required_text,
    "TicketPriorityID": _priority,
    "TicketStatusID": _status,
    "ToAddress": _addresses,
    "ToCustomer": lambda call, values, name: Direction(_boolean(call, values, name)),
    "UserID": _count,
}
"""How the values that are no texts are read."""
