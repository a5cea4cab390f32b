"""How many tickets there are."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import IntRequestResult, SettingsRequestResult

from .service import tickets
from .types import TicketCountInfoArrayResult


@tickets.operation()
def GetTicketCount(call: Call) -> IntRequestResult:
    """Count the caller's open tickets."""
    raise NotBuilt


@tickets.operation()
def GetTicketCounts_Agent(call: Call) -> TicketCountInfoArrayResult:
    """Count the caller's tickets by brand, department and group."""
    raise NotBuilt


@tickets.operation()
def GetTicketCounts_Global(call: Call) -> TicketCountInfoArrayResult:
    """Say how many tickets each agent has in each group, department and brand."""
    raise NotBuilt


@tickets.operation()
def GetGroupTicketInfo(call: Call) -> SettingsRequestResult:
    """Count the open tickets of each of the caller's groups."""
    raise NotBuilt
