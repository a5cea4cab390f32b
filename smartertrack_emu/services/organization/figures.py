"""How much agents have on hand and had today."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.domain.across import figures
from smartertrack_emu.services.calls import Call

from .packing import agent_info
from .service import organization
from .types import ActiveItem, ActiveItemArrayResult, DailyStatItem, DailyStatItemArrayResult


@organization.operation()
def GetActiveItemCounts(
    call: Call,
    useAuthenticatedAgent: Annotated[bool, Doc("True for the caller's figures alone, False for every agent's.")],
) -> ActiveItemArrayResult:
    """Count the active tickets, active chats and tasks in progress of each active agent."""
    only = call.actor.id if useAuthenticatedAgent else None
    counts = [
        ActiveItem(agent_info(agent), tickets, chats, tasks)
        for agent, tickets, chats, tasks in figures.on_hand(call.session, only)
    ]
    return ActiveItemArrayResult(ActiveItems=counts)


@organization.operation()
def GetDailyTotals(
    call: Call,
    useAuthenticatedUser: Annotated[bool, Doc("True for the caller's figures alone, False for every user's.")],
) -> DailyStatItemArrayResult:
    """Count each user's new tickets, chats and call logs of today, with the average time to a first answer."""
    only = call.actor.id if useAuthenticatedUser else None
    totals = [
        DailyStatItem(agent_info(agent), tickets, chats, call_logs, minutes)
        for agent, tickets, chats, call_logs, minutes in figures.today(call.session, only)
    ]
    return DailyStatItemArrayResult(StatItems=totals)
