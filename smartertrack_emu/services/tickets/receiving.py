"""Which groups' tickets an agent is being given."""

from collections.abc import Iterable
from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.people import receiving
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import AgentUserName, ReceivingStatuses
from smartertrack_emu.services.packing import by_group, receiving_statuses
from smartertrack_emu.services.results import GenericResult, ReceivingStatusInfo, ReceivingStatusInfoArrayResult

from .service import tickets

ReceiveTickets = Annotated[bool, Doc("True to be given tickets.")]


def _statuses(call: Call, user_id: int) -> ReceivingStatusInfoArrayResult:
    return receiving_statuses(receiving.statuses(call.session, user_id, "ticket"))


def _set(call: Call, user_id: int, statuses: Iterable[ReceivingStatusInfo | None]) -> GenericResult:
    receiving.set_some(call.session, call.actor, user_id, "ticket", by_group(statuses))
    return GenericResult()


def _set_all(call: Call, user_id: int, *, is_receiving: bool) -> GenericResult:
    receiving.set_all(call.session, call.actor, user_id, "ticket", is_receiving=is_receiving)
    return GenericResult()


@tickets.operation()
def GetAgentReceivingStatus(call: Call) -> ReceivingStatusInfoArrayResult:
    """Say for which groups the caller is being given tickets."""
    return _statuses(call, call.actor.id)


@tickets.operation(access=Access.ADMINISTRATOR)
def GetAgentReceivingStatusAsAdmin(call: Call, agentUserName: AgentUserName) -> ReceivingStatusInfoArrayResult:
    """Say for which groups another agent is being given tickets."""
    return _statuses(call, receiving.agent_named(call.session, agentUserName))


@tickets.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def SetAgentReceivingStatus(call: Call, receivingStatusArr: ReceivingStatuses) -> GenericResult:
    """Switch the caller's receiving of tickets on or off in the groups listed."""
    return _set(call, call.actor.id, receivingStatusArr)


@tickets.operation(access=Access.ADMINISTRATOR, writes=True)
def SetAgentReceivingStatusAsAdmin(
    call: Call, agentUserName: AgentUserName, receivingStatusArr: ReceivingStatuses
) -> GenericResult:
    """Switch another agent's receiving of tickets on or off in the groups listed."""
    return _set(call, receiving.agent_named(call.session, agentUserName), receivingStatusArr)


@tickets.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def SetAgentReceivingStatusForAllGroups(call: Call, receiveTickets: ReceiveTickets) -> GenericResult:
    """Switch the caller's receiving of tickets on or off in all his groups."""
    return _set_all(call, call.actor.id, is_receiving=receiveTickets)


@tickets.operation(access=Access.ADMINISTRATOR, writes=True)
def SetAgentReceivingStatusForAllGroupsAsAdmin(
    call: Call, agentUserName: AgentUserName, receiveTickets: ReceiveTickets
) -> GenericResult:
    """Switch another agent's receiving of tickets on or off in all his groups."""
    return _set_all(call, receiving.agent_named(call.session, agentUserName), is_receiving=receiveTickets)
