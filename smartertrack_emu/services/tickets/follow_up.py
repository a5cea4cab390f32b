"""Marking tickets for follow-up."""

from datetime import datetime
from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.tickets import follow_up, status
from smartertrack_emu.domain.tickets.visibility import by_id
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.inputs import NewStatus, TicketId
from smartertrack_emu.services.moments import utc_or_none
from smartertrack_emu.services.names import Field
from smartertrack_emu.services.results import GenericResult

from .service import tickets


@tickets.operation(writes=True)
def SetFollowUp(
    call: Call,
    ticketId: TicketId,
    followUpDateUtc: Annotated[datetime, Doc("When the follow-up is due, in UTC."), Field("follow_up_at")],
    newGroupId: Annotated[int, Doc("Id of the group that gets the ticket; 0 leaves it where it is.")],
    newAgentId: Annotated[int, Doc("Id of the agent who gets the ticket; 0 leaves it where it is.")],
    newStatus: NewStatus,
    pinToAgent: Annotated[bool, Doc("Whether the ticket stays with the agent named.")],
    comment: Annotated[str, Doc("Why a follow-up is needed; becomes a note unless empty.")],
) -> GenericResult:
    """Mark a ticket for follow-up, with a note if one is given."""
    follow_up.set_follow_up(
        call.session,
        call.actor,
        by_id(ticketId),
        utc_or_none(followUpDateUtc),
        group_id=newGroupId,
        agent_id=newAgentId,
        status=status.parse(newStatus),
        pin=pinToAgent,
        comment=comment,
    )
    return GenericResult()


@tickets.operation(writes=True)
def RemoveFollowUp(call: Call, ticketId: TicketId) -> GenericResult:
    """Take the follow-up mark off a ticket."""
    follow_up.remove_follow_up(call.session, call.actor, by_id(ticketId))
    return GenericResult()
