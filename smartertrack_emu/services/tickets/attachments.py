"""Files attached to tickets and messages."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.asmx.declare import Int64
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult

from .service import tickets
from .types import TicketAttachmentInfoArrayResult, TicketAttachmentInfoResult


@tickets.operation(writes=True)
def AddTicketAttachment(
    call: Call,
    ticketNumber: str,
    ticketMessageId: Int64,
    fileName: str,
    data: bytes,
    fileLength: int,
    dateCreatedUTC: datetime,
) -> TicketAttachmentInfoResult:
    """Attach a file, or its first bytes, to a ticket or to one of its messages."""
    raise NotBuilt


@tickets.operation(writes=True)
def AppendToTicketAttachment(call: Call, ticketAttachmentId: int, data: bytes) -> GenericResult:
    """Add further bytes to a file attached before."""
    raise NotBuilt


@tickets.operation()
def GetTicketAttachments(call: Call, ticketId: int) -> TicketAttachmentInfoArrayResult:
    """List the files attached to a ticket."""
    raise NotBuilt


@tickets.operation()
def GetTicketMessageAttachmentInfo(call: Call, ticketMessageId: Int64) -> TicketAttachmentInfoArrayResult:
    """List the files attached to one message."""
    raise NotBuilt
