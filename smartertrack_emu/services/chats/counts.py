"""How many chats there are."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt

from .service import chats
from .types import ChatCountInfoArrayResult


@chats.operation()
def GetChatCounts_Agent(call: Call) -> ChatCountInfoArrayResult:
    """Count the caller's chats by brand, department and group."""
    raise NotBuilt


@chats.operation()
def GetChatCounts_Global(call: Call) -> ChatCountInfoArrayResult:
    """Say how many chats each agent has in each group, department and brand, as far as the caller may see."""
    raise NotBuilt
