"""Marking tickets for follow-up."""

from __future__ import annotations

from datetime import datetime

from smartertrack_emu.services.calls import Call, NotBuilt
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
    raise NotBuilt


@tickets.operation(writes=True)
def RemoveFollowUp(call: Call, ticketId: int) -> GenericResult:
    """Take the follow-up mark off a ticket."""
    raise NotBuilt
