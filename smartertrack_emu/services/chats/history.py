"""What has been done to a chat."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt

from .service import chats
from .types import ChatEventInfoArrayResult


@chats.operation()
def GetChatEventHistory(call: Call, chatId: int) -> ChatEventInfoArrayResult:
    """List what has been done to a chat."""
    raise NotBuilt
