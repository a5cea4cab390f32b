"""Handing chats to groups, agents and the queue."""

from smartertrack_emu.domain.chats import assignment
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import ChatId, TargetAgentId, TargetGroupId, TransferComment
from smartertrack_emu.services.results import GenericResult

from .service import chats


@chats.operation(writes=True)
def TransferChat(
    call: Call,
    chatId: ChatId,
    targetGroupID: TargetGroupId,
    targetAgentID: TargetAgentId,
    transferComment: TransferComment,
) -> GenericResult:
    """Hand a chat to another group and agent, with a note if one is given."""
    assignment.transfer(
        call.session, call.actor, chatId, group_id=targetGroupID, agent_id=targetAgentID, comment=transferComment
    )
    return GenericResult()


@chats.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def HandOffActiveChats(call: Call) -> GenericResult:
    """Give the caller's active chats back to the queue."""
    assignment.hand_off(call.session, call.actor, call.actor.id)
    return GenericResult()
