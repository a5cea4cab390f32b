"""Ending chats."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult

from .service import chats


@chats.operation(writes=True)
def CloseChatSession(call: Call, chatId: int) -> GenericResult:
    """End an active chat."""
    raise NotBuilt
