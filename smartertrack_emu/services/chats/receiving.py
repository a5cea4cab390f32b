"""Which groups' chats an agent is being given."""

from __future__ import annotations

from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult, ReceivingStatusInfo, ReceivingStatusInfoArrayResult

from .service import chats


@chats.operation()
def GetAgentReceivingStatus(call: Call) -> ReceivingStatusInfoArrayResult:
    """Say for which groups the caller is being given chats."""
    raise NotBuilt


@chats.operation(access=Access.ADMINISTRATOR)
def GetAgentReceivingStatusAsAdmin(call: Call, agentUserName: str) -> ReceivingStatusInfoArrayResult:
    """Say for which groups another agent is being given chats."""
    raise NotBuilt


@chats.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def SetAgentReceivingStatus(call: Call, receivingStatusArr: list[ReceivingStatusInfo]) -> GenericResult:
    """Switch the caller's receiving of chats on or off in the groups listed."""
    raise NotBuilt


@chats.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def SetAgentReceivingStatusForAllGroups(call: Call, receiveChats: bool) -> GenericResult:
    """Switch the caller's receiving of chats on or off in all his groups."""
    raise NotBuilt


@chats.operation(access=Access.ADMINISTRATOR, writes=True)
def SetAgentReceivingStatusForAllGroupsAsAdmin(call: Call, agentUserName: str, recieveChats: bool) -> GenericResult:
    """Switch another agent's receiving of chats on or off in all his groups."""
    raise NotBuilt
