"""Custom fields of tickets."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.customfields.templates import template
from smartertrack_emu.domain.kinds import ItemKind
from smartertrack_emu.domain.tickets import custom_fields
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import CustomFieldNames, CustomFieldValues, TicketNumber
from smartertrack_emu.services.keyvalues import answer, parse_any, unknown_keys
from smartertrack_emu.services.packing import template_field
from smartertrack_emu.services.results import CustomFieldInfoArrayResult, GenericResult, SettingsRequestResult

from .service import tickets


@tickets.operation()
def GetCustomFieldControls(
    call: Call, departmentId: Annotated[int, Doc("Id of the department.")]
) -> CustomFieldInfoArrayResult:
    """Return the custom fields that a department's tickets carry."""
    fields = template(call.session, ItemKind.TICKET, departmentId)
    return CustomFieldInfoArrayResult(CustomFields=[template_field(field) for field in fields])


@tickets.operation()
def GetTicketCustomFieldsList(call: Call, ticketNumber: TicketNumber) -> SettingsRequestResult:
    """Return every custom field of a ticket with its value."""
    values = custom_fields.listed(call.session, call.actor, by_number(ticketNumber))
    return SettingsRequestResult(RequestResults=answer(values))


@tickets.operation()
def GetTicketCustomFields(
    call: Call, ticketNumber: TicketNumber, requestedValues: CustomFieldNames
) -> SettingsRequestResult:
    """Return the values of the chosen custom fields of a ticket."""
    values, unknown = custom_fields.asked(call.session, call.actor, by_number(ticketNumber), requestedValues)
    return SettingsRequestResult(Message=unknown_keys(unknown), RequestResults=answer(values))


@tickets.operation(writes=True)
def SetTicketCustomFields(
    call: Call, ticketNumber: TicketNumber, customFieldValues: CustomFieldValues
) -> GenericResult:
    """Fill in custom fields of a ticket."""
    given = parse_any(customFieldValues)
    custom_fields.set_values(call.session, call.actor, by_number(ticketNumber), given)
    return GenericResult()
