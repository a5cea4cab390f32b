"""Finding tickets by id, by number, by criteria."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt

from .service import tickets
from .types import TicketInfoArrayResult, TicketInfoResult


@tickets.operation()
def GetTicketInfo(call: Call, ticketId: int) -> TicketInfoResult:
    """Return the main facts of the ticket with this id."""
    raise NotBuilt


@tickets.operation()
def GetTicketInfoByTicketNumber(call: Call, ticketNumber: str) -> TicketInfoResult:
    """Return the main facts of the ticket with this number."""
    raise NotBuilt


@tickets.operation()
def GetTicketsBySearch(call: Call, searchCriteria: list[str]) -> TicketInfoArrayResult:
    """Find tickets that meet every one of the criteria."""
    raise NotBuilt
