"""Time worked on a ticket."""

from smartertrack_emu.domain.tickets import time_logs
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import (
    IsBillable,
    TicketId,
    TimeLogCategoryId,
    TimeLogId,
    WorkDescription,
    WorkEnd,
    WorkerId,
    WorkStart,
    WorkSubject,
)
from smartertrack_emu.services.moments import utc_or_none
from smartertrack_emu.services.packing import time_log
from smartertrack_emu.services.results import GenericResult, TimeLogInfoArrayResult, TimeLogInfoResult

from .service import tickets


@tickets.operation(writes=True)
def AddTicketTimeLog(
    call: Call,
    ticketId: TicketId,
    subject: WorkSubject,
    agentID: WorkerId,
    timeLogCategoryID: TimeLogCategoryId,
    description: WorkDescription,
    dateStartUTC: WorkStart,
    dateEndUTC: WorkEnd,
    isBillable: IsBillable,
) -> GenericResult:
    """Record time worked on a ticket."""
    time_logs.add(
        call.session,
        call.actor,
        ticketId,
        subject=subject,
        agent_id=agentID,
        category_id=timeLogCategoryID,
        description=description,
        started_at=utc_or_none(dateStartUTC),
        ended_at=utc_or_none(dateEndUTC),
        is_billable=isBillable,
    )
    return GenericResult()


@tickets.operation()
def GetTicketTimeLog(call: Call, ticketId: TicketId, timeLogId: TimeLogId) -> TimeLogInfoResult:
    """Return one record of time worked on a ticket."""
    return TimeLogInfoResult(TimeLog=time_log(time_logs.get(call.session, call.actor, ticketId, timeLogId)))


@tickets.operation()
def GetTicketTimeLogs(call: Call, ticketId: TicketId) -> TimeLogInfoArrayResult:
    """List the time worked on a ticket."""
    return TimeLogInfoArrayResult(
        TimeLogs=[time_log(log) for log in time_logs.listing(call.session, call.actor, ticketId)]
    )
