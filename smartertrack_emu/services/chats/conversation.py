"""What was said in a chat."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt

from .service import chats
from .types import ChatConversationResult


@chats.operation()
def GetChatConversation(call: Call, chatId: int) -> ChatConversationResult:
    """Return what was said in a chat."""
    raise NotBuilt
