"""Files sent in chats."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt

from .service import chats
from .types import ChatAttachmentInfoArrayResult


@chats.operation()
def GetChatAttachments(call: Call, chatId: int) -> ChatAttachmentInfoArrayResult:
    """List the files sent in a chat."""
    raise NotBuilt
