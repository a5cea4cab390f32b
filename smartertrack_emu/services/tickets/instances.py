"""Handing tickets to other installations."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.ports import Target
from smartertrack_emu.domain.tickets import instances, status
from smartertrack_emu.domain.tickets.visibility import by_number
from smartertrack_emu.services.calls import OutsideCall
from smartertrack_emu.services.inputs import NewStatus, TicketNumber, TransferComment
from smartertrack_emu.services.results import GenericResult

from .service import tickets


@tickets.operation(right=Right.DISTRIBUTION_TRANSFER, outside=True)
def TransferTicketToInstance(
    call: OutsideCall,
    ticketNumber: TicketNumber,
    transferServerID: Annotated[int, Doc("Id under which the other installation is registered here.")],
    targetDepartmentID: Annotated[
        int, Doc("Id of the department that gets the ticket, as the other installation has it.")
    ],
    targetDepartmentName: Annotated[
        str, Doc("Display name of the department that gets the ticket, as the other installation has it.")
    ],
    targetGroupID: Annotated[int, Doc("Id of the group that gets the ticket, as the other installation has it.")],
    targetGroupName: Annotated[
        str, Doc("Display name of the group that gets the ticket, as the other installation has it.")
    ],
    targetAgentID: Annotated[
        int, Doc("Id of the agent who gets the ticket, as the other installation has it; 0 leaves it to the queue.")
    ],
    targetUserName: Annotated[
        str, Doc("User name of the agent who gets the ticket, as the other installation has it.")
    ],
    transferComment: TransferComment,
    ticketStatus: NewStatus,
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
            attachments=call.desk.attachments,
            deliver=call.desk.ports.deliver,
        )
    )
    return GenericResult()
