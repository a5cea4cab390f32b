"""Custom fields of tickets."""

from __future__ import annotations

from smartertrack_emu.domain.customfields.templates import template
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.tickets import custom_fields
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys, answer, unknown_keys
from smartertrack_emu.services.packing import template_field
from smartertrack_emu.services.results import CustomFieldInfoArrayResult, GenericResult, SettingsRequestResult

from .service import tickets

_ANY_NAME = Keys()


@tickets.operation()
def GetCustomFieldControls(call: Call, departmentId: int) -> CustomFieldInfoArrayResult:
    """Return the custom fields that a department's tickets carry."""
    fields = template(call.session, ItemKind.TICKET, departmentId)
    return CustomFieldInfoArrayResult(CustomFields=[template_field(field) for field in fields])


@tickets.operation()
def GetTicketCustomFieldsList(call: Call, ticketNumber: str) -> SettingsRequestResult:
    """Return every custom field of a ticket with its value."""
    values = custom_fields.listed(call.session, call.actor, by_number(ticketNumber))
    return SettingsRequestResult(RequestResults=answer(values))


@tickets.operation()
def GetTicketCustomFields(call: Call, ticketNumber: str, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the values of the chosen custom fields of a ticket."""
    values, unknown = custom_fields.asked(call.session, call.actor, by_number(ticketNumber), requestedValues)
    return SettingsRequestResult(Message=unknown_keys(unknown), RequestResults=answer(values))


@tickets.operation(writes=True)
def SetTicketCustomFields(call: Call, ticketNumber: str, customFieldValues: list[str]) -> GenericResult:
    """Fill in custom fields of a ticket."""
    given = _ANY_NAME.parse(customFieldValues, other=str)
    custom_fields.set_values(call.session, call.actor, by_number(ticketNumber), given)
    return GenericResult()
