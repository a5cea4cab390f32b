"""Handing tickets to groups, agents and the queue."""

from smartertrack_emu.domain.people import receiving
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.tickets import assignment, status
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import (
    AgentUserName,
    NewStatus,
    TargetAgentId,
    TargetGroupId,
    TicketNumber,
    TransferComment,
)
from smartertrack_emu.services.results import GenericResult

from .service import tickets


@tickets.operation(writes=True)
def TransferTicket(
    call: Call,
    ticketNumber: TicketNumber,
    targetGroupID: TargetGroupId,
    targetAgentID: TargetAgentId,
    transferComment: TransferComment,
    ticketStatus: NewStatus,
) -> GenericResult:
    """Hand a ticket to another group and agent. Without an agent the group's queue takes it."""
    assignment.transfer(
        call.session,
        call.actor,
        by_number(ticketNumber),
        group_id=targetGroupID,
        agent_id=targetAgentID,
        comment=transferComment,
        status=status.parse(ticketStatus),
    )
    return GenericResult()


@tickets.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def HandOffActiveTickets(call: Call) -> GenericResult:
    """Give the caller's active tickets back to the queue."""
    assignment.hand_off(call.session, call.actor, call.actor.id)
    return GenericResult()


@tickets.operation(access=Access.ADMINISTRATOR, writes=True)
def HandOffActiveTicketsAsAdmin(call: Call, agentUserName: AgentUserName) -> GenericResult:
    """Give another agent's active tickets back to the queue."""
    assignment.hand_off(call.session, call.actor, receiving.agent_named(call.session, agentUserName))
    return GenericResult()
