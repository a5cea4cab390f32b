"""What a ticket is related to."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult
from smartertrack_emu.services.service import NOTIFICATION_CREDENTIALS

from .service import tickets
from .types import TicketRelatedItemInfoArrayResult


@tickets.operation(writes=True, credentials=NOTIFICATION_CREDENTIALS)
def AddRelatedItem(call: Call, ticketNumber: str, relatedItemNumber: str) -> GenericResult:
    """Relate a ticket to another ticket, a chat or a call log."""
    raise NotBuilt


@tickets.operation()
def GetTicketRelatedItemInfoArrayResult(call: Call, ticketId: int) -> TicketRelatedItemInfoArrayResult:
    """List the tickets, chats and call logs that a ticket is related to, by kind and id."""
    raise NotBuilt
