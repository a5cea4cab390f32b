"""Ending chats."""

from smartertrack_emu.domain.chats import state
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import ChatId
from smartertrack_emu.services.results import GenericResult

from .service import chats


@chats.operation(writes=True)
def CloseChatSession(call: Call, chatId: ChatId) -> GenericResult:
    """End an active chat."""
    state.close(call.session, call.actor, chatId)
    return GenericResult()
