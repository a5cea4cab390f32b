"""Finding chats by id, by number, by criteria."""

from __future__ import annotations

from typing import Any

from smartertrack_emu.domain.chats import search
from smartertrack_emu.domain.chats.search import ChatSearch
from smartertrack_emu.domain.chats.visibility import by_id, by_number
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.services import documentation_keys
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import Keys, Values
from smartertrack_emu.services.moments import wire

from .service import chats
from .types import ChatInfo, ChatInfoArrayResult, ChatInfoResult

KEYS = Keys(*documentation_keys.KEYS["svcChats", "GetChatsBySearch", "searchCriteria"])
"""What chats can be found by (documented)."""


def _info(row: Any) -> ChatInfo:
    return ChatInfo(
        ChatNumber=row.number,
        CustomerDisplayName=row.customer_name,
        CustomerEmailAddress=row.customer_email,
        CustomerIp=row.customer_ip,
        CustomerLanguage=row.customer_language,
        DateDeletedUtc=wire(row.deleted_at),
        DateEndedUtc=wire(row.ended_at),
        DateQueuedUtc=row.queued_at,
        DateStartedUtc=row.started_at,
        ID=row.id,
        IdAgent=row.agent_id,
        IdCustomer=row.customer_id,
        IdDepartment=row.department_id,
        IdGroup=row.group_id,
        IsActive=row.is_active,
        IsDeleted=row.is_deleted,
        LastReplyDateUtc=wire(row.last_reply_at),
        ReplyCountIn=row.reply_count_in,
        ReplyCountOut=row.reply_count_out,
        SessionLengthInSeconds=search.seconds(row.started_at, row.ended_at),
    )


@chats.operation()
def GetChatInfo(call: Call, chatId: int) -> ChatInfoResult:
    """Return the main facts of the chat with this id."""
    return ChatInfoResult(Chat=_info(search.facts(call.session, call.actor, by_id(chatId))))


@chats.operation()
def GetChatInfoByChatNumber(call: Call, chatNumber: str) -> ChatInfoResult:
    """Return the main facts of the chat with this number."""
    return ChatInfoResult(Chat=_info(search.facts(call.session, call.actor, by_number(chatNumber))))


@chats.operation()
def GetChatsBySearch(call: Call, searchCriteria: list[str]) -> ChatInfoArrayResult:
    """Find chats that meet every one of the criteria."""
    criteria = _criteria(call, KEYS.parse(searchCriteria))
    return ChatInfoArrayResult(Chats=[_info(row) for row in search.search(call.session, call.actor, criteria)])


def _criteria(call: Call, values: Values) -> ChatSearch:
    ascending = values.is_ascending("SortOrder")
    most = values.integer("MaxResults")
    if most is not None and most < 1:
        raise BadValue("MaxResults must be at least 1.")
    return ChatSearch(
        text=values.text("SearchString"),
        customer_name=values.text("CustomerName"),
        number=values.text("ChatNumber") or None,
        started_from=values.moment("DateStartUTC", call.session),
        started_to=values.moment("DateEndUTC", call.session),
        department_id=values.integer("DepartmentID"),
        group_id=values.integer("GroupID"),
        agent_id=values.integer("UserID"),
        is_active=values.boolean("IsActive"),
        is_deleted=values.boolean("IsDeleted") or False,
        include_queue=values.boolean("IncludeQueue") or False,
        ascending=ascending,
        max_results=most,
    )
