"""What has been done to a chat."""

from smartertrack_emu.domain.chats import history
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import ChatId

from .service import chats
from .types import ChatEventInfo, ChatEventInfoArrayResult


@chats.operation()
def GetChatEventHistory(call: Call, chatId: ChatId) -> ChatEventInfoArrayResult:
    """List what has been done to a chat."""
    # Entries' members stand in the order of ChatEventInfo's.
    entries = history.history(call.session, call.actor, chatId)
    return ChatEventInfoArrayResult(Events=[ChatEventInfo(*entry) for entry in entries])
