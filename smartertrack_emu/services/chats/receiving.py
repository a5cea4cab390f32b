"""Which groups' chats an agent is being given."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.people import receiving
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import AgentUserName, ReceivingStatuses
from smartertrack_emu.services.packing import by_group, receiving_statuses
from smartertrack_emu.services.results import GenericResult, ReceivingStatusInfoArrayResult

from .service import chats

ReceiveChats = Annotated[bool, Doc("True to be given chats.")]


@chats.operation()
def GetAgentReceivingStatus(call: Call) -> ReceivingStatusInfoArrayResult:
    """Say for which groups the caller is being given chats."""
    return receiving_statuses(receiving.statuses(call.session, call.actor.id, "chat"))


@chats.operation(access=Access.ADMINISTRATOR)
def GetAgentReceivingStatusAsAdmin(call: Call, agentUserName: AgentUserName) -> ReceivingStatusInfoArrayResult:
    """Say for which groups another agent is being given chats."""
    agent_id = receiving.agent_named(call.session, agentUserName)
    return receiving_statuses(receiving.statuses(call.session, agent_id, "chat"))


@chats.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def SetAgentReceivingStatus(call: Call, receivingStatusArr: ReceivingStatuses) -> GenericResult:
    """Switch the caller's receiving of chats on or off in the groups listed."""
    receiving.set_some(call.session, call.actor, call.actor.id, "chat", by_group(receivingStatusArr))
    return GenericResult()


@chats.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def SetAgentReceivingStatusForAllGroups(call: Call, receiveChats: ReceiveChats) -> GenericResult:
    """Switch the caller's receiving of chats on or off in all his groups."""
    receiving.set_all(call.session, call.actor, call.actor.id, "chat", is_receiving=receiveChats)
    return GenericResult()


@chats.operation(access=Access.ADMINISTRATOR, writes=True)
def SetAgentReceivingStatusForAllGroupsAsAdmin(
    call: Call, agentUserName: AgentUserName, recieveChats: ReceiveChats
) -> GenericResult:
    """Switch another agent's receiving of chats on or off in all his groups."""
    agent_id = receiving.agent_named(call.session, agentUserName)
    receiving.set_all(call.session, call.actor, agent_id, "chat", is_receiving=recieveChats)
    return GenericResult()
