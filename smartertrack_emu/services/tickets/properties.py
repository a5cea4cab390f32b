"""Properties of a ticket as `key=value` texts."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult, SettingsRequestResult

from .service import tickets


@tickets.operation()
def GetTicketPropertiesList(call: Call, ticketNumber: str) -> SettingsRequestResult:
    """Return every property of a ticket."""
    raise NotBuilt


@tickets.operation()
def GetTicketProperties(call: Call, ticketNumber: str, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the chosen properties of a ticket."""
    raise NotBuilt


@tickets.operation(writes=True)
def SetTicketProperties(call: Call, ticketNumber: str, ticketPropertyValues: list[str]) -> GenericResult:
    """Change properties of a ticket."""
    raise NotBuilt
