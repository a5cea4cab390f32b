"""How many tickets there are."""

from __future__ import annotations

from collections.abc import Iterable

from smartertrack_emu.domain.tickets import counts
from smartertrack_emu.domain.tickets.counts import TicketCounts
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.keyvalues import answer
from smartertrack_emu.services.results import IntRequestResult, SettingsRequestResult

from .service import tickets
from .types import TicketCountInfo, TicketCountInfoArrayResult


def _packed(found: Iterable[TicketCounts]) -> TicketCountInfoArrayResult:
    return TicketCountInfoArrayResult(
        TicketCounts=[
            TicketCountInfo(
                ActiveTicketCount=row.active,
                BrandId=row.brand_id,
                DepartmentId=row.department_id,
                FollowUpTicketCount=row.follow_up,
                GroupId=row.group_id,
                UserId=row.agent_id,
                WaitingTicketCount=row.waiting,
            )
            for row in found
        ]
    )


@tickets.operation()
def GetTicketCount(call: Call) -> IntRequestResult:
    """Count the caller's open tickets."""
    return IntRequestResult(RequestResult=counts.open_of_agent(call.session, call.actor))


@tickets.operation()
def GetTicketCounts_Agent(call: Call) -> TicketCountInfoArrayResult:
    """Count the caller's tickets by brand, department and group."""
    return _packed(counts.of_agent(call.session, call.actor))


@tickets.operation()
def GetTicketCounts_Global(call: Call) -> TicketCountInfoArrayResult:
    """Say how many tickets each agent has in each group, department and brand."""
    return _packed(counts.of_everybody(call.session, call.actor))


@tickets.operation()
def GetGroupTicketInfo(call: Call) -> SettingsRequestResult:
    """Count the open tickets of each of the caller's groups."""
    found = counts.open_by_group(call.session, call.actor)
    return SettingsRequestResult(RequestResults=answer((str(group_id), number) for group_id, number in found))
