"""Marking tickets for follow-up."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.domain.tickets import follow_up, status
from smartertrack_emu.domain.tickets.visibility import by_id
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.moments import utc_or_none
from smartertrack_emu.services.results import GenericResult

from .service import tickets


@tickets.operation(writes=True)
def SetFollowUp(
    call: Call,
    ticketId: int,
    followUpDateUtc: datetime,
    newGroupId: int,
    newAgentId: int,
    newStatus: str,
    pinToAgent: bool,
    comment: str,
) -> GenericResult:
    """Mark a ticket for follow-up, with a note if one is given."""
    follow_up.set_follow_up(
        call.session,
        call.actor,
        by_id(ticketId),
        utc_or_none(followUpDateUtc),
        group_id=newGroupId,
        agent_id=newAgentId,
        status=status.parse(newStatus, "newStatus"),
        pin=pinToAgent,
        comment=comment,
    )
    return GenericResult()


@tickets.operation(writes=True)
def RemoveFollowUp(call: Call, ticketId: int) -> GenericResult:
    """Take the follow-up mark off a ticket."""
    follow_up.remove_follow_up(call.session, call.actor, by_id(ticketId))
    return GenericResult()
