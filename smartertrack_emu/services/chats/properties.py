"""Properties of a chat as `key=value` texts."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import SettingsRequestResult

from .service import chats


@chats.operation()
def GetChatProperties(call: Call, chatId: int, requestedValues: list[str]) -> SettingsRequestResult:
    """Return the chosen properties of a chat."""
    raise NotBuilt
