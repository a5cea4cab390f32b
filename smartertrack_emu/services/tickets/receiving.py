"""Which groups' tickets an agent is being given."""

from __future__ import annotations

from collections.abc import Iterable

from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.structure import receiving
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.packing import by_group, receiving_statuses
from smartertrack_emu.services.results import GenericResult, ReceivingStatusInfo, ReceivingStatusInfoArrayResult

from .service import tickets


def _statuses(call: Call, user_id: int) -> ReceivingStatusInfoArrayResult:
    return receiving_statuses(receiving.statuses(call.session, user_id, "ticket"))


def _set(call: Call, user_id: int, statuses: Iterable[ReceivingStatusInfo | None]) -> GenericResult:
    receiving.set_some(call.session, user_id, "ticket", by_group(statuses))
    return GenericResult()


def _set_all(call: Call, user_id: int, *, is_receiving: bool) -> GenericResult:
    receiving.set_all(call.session, user_id, "ticket", is_receiving=is_receiving)
    return GenericResult()


@tickets.operation()
def GetAgentReceivingStatus(call: Call) -> ReceivingStatusInfoArrayResult:
    """Say for which groups the caller is being given tickets."""
    return _statuses(call, call.actor.id)


@tickets.operation(access=Access.ADMINISTRATOR)
def GetAgentReceivingStatusAsAdmin(call: Call, agentUserName: str) -> ReceivingStatusInfoArrayResult:
    """Say for which groups another agent is being given tickets."""
    return _statuses(call, receiving.agent_named(call.session, agentUserName))


@tickets.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def SetAgentReceivingStatus(call: Call, receivingStatusArr: list[ReceivingStatusInfo]) -> GenericResult:
    """Switch the caller's receiving of tickets on or off in the groups listed."""
    return _set(call, call.actor.id, receivingStatusArr)


@tickets.operation(access=Access.ADMINISTRATOR, writes=True)
def SetAgentReceivingStatusAsAdmin(
    call: Call, agentUserName: str, receivingStatusArr: list[ReceivingStatusInfo]
) -> GenericResult:
    """Switch another agent's receiving of tickets on or off in the groups listed."""
    return _set(call, receiving.agent_named(call.session, agentUserName), receivingStatusArr)


@tickets.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def SetAgentReceivingStatusForAllGroups(call: Call, receiveTickets: bool) -> GenericResult:
    """Switch the caller's receiving of tickets on or off in all his groups."""
    return _set_all(call, call.actor.id, is_receiving=receiveTickets)


@tickets.operation(access=Access.ADMINISTRATOR, writes=True)
def SetAgentReceivingStatusForAllGroupsAsAdmin(call: Call, agentUserName: str, receiveTickets: bool) -> GenericResult:
    """Switch another agent's receiving of tickets on or off in all his groups."""
    return _set_all(call, receiving.agent_named(call.session, agentUserName), is_receiving=receiveTickets)
