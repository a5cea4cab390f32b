"""Handing tickets to other installations."""

from __future__ import annotations

from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import GenericResult

from .service import tickets


@tickets.operation(right=Right.DISTRIBUTION_TRANSFER, writes=True)
def TransferTicketToInstance(
    call: Call,
    ticketNumber: str,
    transferServerID: int,
    targetDepartmentID: int,
    targetDepartmentName: str,
    targetGroupID: int,
    targetGroupName: str,
    targetAgentID: int,
    targetUserName: str,
    transferComment: str,
    ticketStatus: str,
) -> GenericResult:
    """Hand a ticket over to a department, group and agent of another installation.

    Without an agent the queue takes it.
    """
    raise NotBuilt
