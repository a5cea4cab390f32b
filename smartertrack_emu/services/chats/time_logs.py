"""Time worked on a chat."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult, TimeLogInfoArrayResult, TimeLogInfoResult

from .service import chats


@chats.operation(writes=True)
def AddChatTimeLog(
    call: Call,
    chatId: int,
    subject: str,
    agentID: int,
    timeLogCategoryID: int,
    description: str,
    dateStartUTC: datetime,
    dateEndUTC: datetime,
    isBillable: bool,
) -> GenericResult:
    """Record time worked on a chat."""
    raise NotBuilt


@chats.operation()
def GetChatTimeLog(call: Call, chatId: int, timeLogId: int) -> TimeLogInfoResult:
    """Return one record of time worked on a chat."""
    raise NotBuilt


@chats.operation()
def GetChatTimeLogs(call: Call, chatId: int) -> TimeLogInfoArrayResult:
    """List the time worked on a chat."""
    raise NotBuilt
