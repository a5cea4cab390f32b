"""Handing tickets to other installations."""

from __future__ import annotations

from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.ports import Target
from smartertrack_emu.domain.tickets import instances, status
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.services.calls import OutsideCall
from smartertrack_emu.services.results import GenericResult

from .service import tickets


@tickets.operation(right=Right.DISTRIBUTION_TRANSFER, outside=True)
def TransferTicketToInstance(
    call: OutsideCall,
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
    target = Target(
        department_id=targetDepartmentID,
        department_name=targetDepartmentName,
        group_id=targetGroupID,
        group_name=targetGroupName,
        agent_id=targetAgentID,
        username=targetUserName,
        status=status.parse(ticketStatus),
    )
    call.outside.run(
        instances.Transfer(
            by_number(ticketNumber),
            server_id=transferServerID,
            target=target,
            comment=transferComment,
            attachments=call.helpdesk.attachments,
            deliver=call.helpdesk.deliver,
        )
    )
    return GenericResult()
