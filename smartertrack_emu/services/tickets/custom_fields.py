"""Custom fields of tickets."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import CustomFieldInfoArrayResult, GenericResult, SettingsRequestResult

from .service import tickets


@tickets.operation()
def GetCustomFieldControls(call: Call, departmentId: int) -> CustomFieldInfoArrayResult:
    """Return the custom fields that a department's tickets carry."""
    raise NotBuilt


@tickets.operation()
def GetTicketCustomFieldsList(call: Call, ticketNumber: str) -> SettingsRequestResult:
    """Return every custom field of a ticket with its value."""
    raise NotBuilt


@tickets.operation()
def GetTicketCustomFields(call: Call, ticketNumber: str, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the values of the chosen custom fields of a ticket."""
    raise NotBuilt


@tickets.operation(writes=True)
def SetTicketCustomFields(call: Call, ticketNumber: str, customFieldValues: list[str]) -> GenericResult:
    """Fill in custom fields of a ticket."""
    raise NotBuilt
