"""Handing tickets to groups, agents and the queue."""

from __future__ import annotations

from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult

from .service import tickets


@tickets.operation(writes=True)
def TransferTicket(
    call: Call, ticketNumber: str, targetGroupID: int, targetAgentID: int, transferComment: str, ticketStatus: str
) -> GenericResult:
    """Hand a ticket to another group and agent. Without an agent the group's queue takes it."""
    raise NotBuilt


@tickets.operation(right=Right.DISTRIBUTION_AGENT_STATUS, writes=True)
def HandOffActiveTickets(call: Call) -> GenericResult:
    """Give the caller's active tickets back to the queue."""
    raise NotBuilt


@tickets.operation(access=Access.ADMINISTRATOR, writes=True)
def HandOffActiveTicketsAsAdmin(call: Call, agentUserName: str) -> GenericResult:
    """Give another agent's active tickets back to the queue."""
    raise NotBuilt
