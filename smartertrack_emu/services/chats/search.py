"""Finding chats by id, by number, by criteria."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt

from .service import chats
from .types import ChatInfoArrayResult, ChatInfoResult


@chats.operation()
def GetChatInfo(call: Call, chatId: int) -> ChatInfoResult:
    """Return the main facts of the chat with this id."""
    raise NotBuilt


@chats.operation()
def GetChatInfoByChatNumber(call: Call, chatNumber: str) -> ChatInfoResult:
    """Return the main facts of the chat with this number."""
    raise NotBuilt


@chats.operation()
def GetChatsBySearch(call: Call, searchCriteria: list[str]) -> ChatInfoArrayResult:
    """Find chats that meet every one of the criteria."""
    raise NotBuilt
