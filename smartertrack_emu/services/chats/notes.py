"""Notes on a chat."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult

from .service import chats
from .types import ChatCommentInfoArrayResult, ChatCommentInfoResult


@chats.operation(writes=True)
def AddChatNote(call: Call, chatId: int, messageType: str, noteText: str) -> GenericResult:
    """Add a note to a chat."""
    raise NotBuilt


@chats.operation(writes=True)
def EditChatNote(call: Call, commentId: int, chatId: int, messageType: str, noteText: str) -> GenericResult:
    """Change a note's kind and text, or move it to another chat."""
    raise NotBuilt


@chats.operation()
def GetChatNote(call: Call, commentId: int) -> ChatCommentInfoResult:
    """Return one note."""
    raise NotBuilt


@chats.operation()
def GetChatNotes(call: Call, chatId: int) -> ChatCommentInfoArrayResult:
    """List the notes of a chat."""
    raise NotBuilt
