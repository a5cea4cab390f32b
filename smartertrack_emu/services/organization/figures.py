"""How much agents have on hand and had today."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt

from .service import organization
from .types import ActiveItemArrayResult, DailyStatItemArrayResult


@organization.operation()
def GetActiveItemCounts(call: Call, useAuthenticatedAgent: bool) -> ActiveItemArrayResult:
    """Count the active tickets, active chats and tasks in progress of each active agent."""
    raise NotBuilt


@organization.operation()
def GetDailyTotals(call: Call, useAuthenticatedUser: bool) -> DailyStatItemArrayResult:
    """Count each user's new tickets, chats and call logs of today, with the average time to a first answer."""
    raise NotBuilt
