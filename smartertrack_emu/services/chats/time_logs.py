"""Time worked on a chat."""

from smartertrack_emu.domain.chats import time_logs
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import (
    ChatId,
    IsBillable,
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

from .service import chats


@chats.operation(writes=True)
def AddChatTimeLog(
    call: Call,
    chatId: ChatId,
    subject: WorkSubject,
    agentID: WorkerId,
    timeLogCategoryID: TimeLogCategoryId,
    description: WorkDescription,
    dateStartUTC: WorkStart,
    dateEndUTC: WorkEnd,
    isBillable: IsBillable,
) -> GenericResult:
    """Record time worked on a chat."""
    time_logs.add(
        call.session,
        call.actor,
        chatId,
        category_id=timeLogCategoryID,
        agent_id=agentID,
        subject=subject,
        description=description,
        started_at=utc_or_none(dateStartUTC),
        ended_at=utc_or_none(dateEndUTC),
        is_billable=isBillable,
    )
    return GenericResult()


@chats.operation()
def GetChatTimeLog(call: Call, chatId: ChatId, timeLogId: TimeLogId) -> TimeLogInfoResult:
    """Return one record of time worked on a chat."""
    return TimeLogInfoResult(TimeLog=time_log(time_logs.get(call.session, call.actor, chatId, timeLogId)))


@chats.operation()
def GetChatTimeLogs(call: Call, chatId: ChatId) -> TimeLogInfoArrayResult:
    """List the time worked on a chat."""
    found = time_logs.listing(call.session, call.actor, chatId)
    return TimeLogInfoArrayResult(TimeLogs=[time_log(log) for log in found])
