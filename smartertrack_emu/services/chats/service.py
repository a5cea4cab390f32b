"""svcChats: the service that the modules beside this one add their operations to."""

from __future__ import annotations

from smartertrack_emu.services.service import HelpdeskService

chats = HelpdeskService(
    "svcChats",
    documentation="Everything about chats: reading, finding, handing over and ending them.",
    order=(
        "AddChatNote",
        "AddChatTimeLog",
        "CloseChatSession",
        "EditChatNote",
        "GetAgentReceivingStatus",
        "GetAgentReceivingStatusAsAdmin",
        "GetChatAttachments",
        "GetChatConversation",
        "GetChatCounts_Agent",
        "GetChatCounts_Global",
        "GetChatCustomFields",
        "GetChatCustomFieldsList",
        "GetChatEventHistory",
        "GetChatInfo",
        "GetChatInfoByChatNumber",
        "GetChatNote",
        "GetChatNotes",
        "GetChatProperties",
        "GetChatsBySearch",
        "GetChatTimeLog",
        "GetChatTimeLogs",
        "GetCustomFieldControls",
        "HandOffActiveChats",
        "SetAgentReceivingStatus",
        "SetAgentReceivingStatusForAllGroups",
        "SetAgentReceivingStatusForAllGroupsAsAdmin",
        "SetChatCustomFields",
        "TransferChat",
    ),
)
