"""What has been done to a ticket."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt

from .service import tickets
from .types import TicketEventInfoArrayResult


@tickets.operation()
def GetTicketEventHistory(call: Call, ticketId: int) -> TicketEventInfoArrayResult:
    """List what has been done to a ticket."""
    raise NotBuilt
