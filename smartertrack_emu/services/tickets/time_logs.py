"""Time worked on a ticket."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult, TimeLogInfoArrayResult, TimeLogInfoResult

from .service import tickets


@tickets.operation(writes=True)
def AddTicketTimeLog(
    call: Call,
    ticketId: int,
    subject: str,
    agentID: int,
    timeLogCategoryID: int,
    description: str,
    dateStartUTC: datetime,
    dateEndUTC: datetime,
    isBillable: bool,
) -> GenericResult:
    """Record time worked on a ticket."""
    raise NotBuilt


@tickets.operation()
def GetTicketTimeLog(call: Call, ticketId: int, timeLogId: int) -> TimeLogInfoResult:
    """Return one record of time worked on a ticket."""
    raise NotBuilt


@tickets.operation()
def GetTicketTimeLogs(call: Call, ticketId: int) -> TimeLogInfoArrayResult:
    """List the time worked on a ticket."""
    raise NotBuilt
