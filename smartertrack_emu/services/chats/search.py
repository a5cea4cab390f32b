"""Finding chats by id, by number, by criteria."""

from typing import Annotated, Any

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.chats import search
from smartertrack_emu.domain.chats.search import ChatSearch
from smartertrack_emu.domain.chats.visibility import by_id, by_number
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import ChatId
from smartertrack_emu.services.keyvalues import Boolean, Integer, Keys, Moment, SortOrder, Text, Values
from smartertrack_emu.services.moments import wire

from .service import chats
from .types import ChatInfo, ChatInfoArrayResult, ChatInfoResult


class ChatCriteria(Keys):
    """What chats can be found by (documented)."""

    SearchString = Text(note="Looked for in the number, the customer and what was said.")
    CustomerName = Text()
    DateStartUTC = Moment(note="The chat started then or later.")
    DateEndUTC = Moment(note="The chat started then or before.")
    DepartmentID = Integer()
    GroupID = Integer()
    IsActive = Boolean()
    IsDeleted = Boolean()
    IncludeQueue = Boolean(note="True to find the chats that wait in the queue too.")
    MaxResults = Integer(note="How many to return at most.")
    SortOrder = SortOrder()
    ChatNumber = Text()
    UserID = Integer(note="Id of the agent.")


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
def GetChatInfo(call: Call, chatId: ChatId) -> ChatInfoResult:
    """Return the main facts of the chat with this id."""
    return ChatInfoResult(Chat=_info(search.facts(call.session, call.actor, by_id(chatId))))


@chats.operation()
def GetChatInfoByChatNumber(call: Call, chatNumber: Annotated[str, Doc("Number of the chat.")]) -> ChatInfoResult:
    """Return the main facts of the chat with this number."""
    return ChatInfoResult(Chat=_info(search.facts(call.session, call.actor, by_number(chatNumber))))


@chats.operation()
def GetChatsBySearch(
    call: Call,
    searchCriteria: Annotated[
        list[str],
        Doc("Texts `key=value`, one a criterion; without any all are found that the caller may see."),
        ChatCriteria.to_give(),
    ],
) -> ChatInfoArrayResult:
    """Find chats that meet every one of the criteria."""
    criteria = _criteria(ChatCriteria.parse(searchCriteria, call.session))
    return ChatInfoArrayResult(Chats=[_info(row) for row in search.search(call.session, call.actor, criteria)])


def _criteria(values: Values) -> ChatSearch:
    keys = ChatCriteria
    ascending = values[keys.SortOrder]
    most = values[keys.MaxResults]
    if most is not None and most < 1:
        raise BadValue("MaxResults must be at least 1.")
    return ChatSearch(
        text=values[keys.SearchString],
        customer_name=values[keys.CustomerName],
        number=values[keys.ChatNumber] or None,
        started_from=values[keys.DateStartUTC],
        started_to=values[keys.DateEndUTC],
        department_id=values[keys.DepartmentID],
        group_id=values[keys.GroupID],
        agent_id=values[keys.UserID],
        is_active=values[keys.IsActive],
        is_deleted=values[keys.IsDeleted] or False,
        include_queue=values[keys.IncludeQueue] or False,
        ascending=ascending,
        max_results=most,
    )
