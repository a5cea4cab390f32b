"""What was said in a chat."""

from smartertrack_emu.domain.chats import conversation
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import ChatId

from .service import chats
from .types import ChatConversationResult, ChatMessageInfo


@chats.operation()
def GetChatConversation(call: Call, chatId: ChatId) -> ChatConversationResult:
    """Return what was said in a chat."""
    # Row members stand in the order of ChatMessageInfo's.
    said = conversation.transcript(call.session, call.actor, chatId)
    return ChatConversationResult(ConversationListing=[ChatMessageInfo(*row) for row in said])
