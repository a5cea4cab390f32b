"""Time worked on a ticket."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.domain.tickets import time_logs
from smartertrack_emu.domain.timelogs.time_logs import TimeLogFacts
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.moments import utc_or_none
from smartertrack_emu.services.results import GenericResult, TimeLogInfo, TimeLogInfoArrayResult, TimeLogInfoResult

from .service import tickets


def _info(log: TimeLogFacts) -> TimeLogInfo:
    return TimeLogInfo(
        AgentID=log.agent_id,
        CallLogID=log.call_log_id or 0,
        CategoryName=log.category_name,
        ChatID=log.chat_id or 0,
        DateEndUTC=log.ended_at,
        DateStartUTC=log.started_at,
        Description=log.description,
        ID=log.id,
        IsBillable=log.is_billable,
        Subject=log.subject,
        TicketID=log.ticket_id or 0,
        TimeLogCategoryID=log.category_id,
        IsDeleted=log.is_deleted,
    )


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
def GetTicketTimeLog(call: Call, ticketId: int, timeLogId: int) -> TimeLogInfoResult:
    """Return one record of time worked on a ticket."""
    return TimeLogInfoResult(TimeLog=_info(time_logs.get(call.session, call.actor, ticketId, timeLogId)))


@tickets.operation()
def GetTicketTimeLogs(call: Call, ticketId: int) -> TimeLogInfoArrayResult:
    """List the time worked on a ticket."""
    return TimeLogInfoArrayResult(
        TimeLogs=[_info(log) for log in time_logs.listing(call.session, call.actor, ticketId)]
    )
