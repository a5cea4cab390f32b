"""Agents' signatures."""

from __future__ import annotations

from smartertrack_emu.services.calls import Call, NotBuilt
from smartertrack_emu.services.results import StringRequestResult

from .service import tickets


@tickets.operation()
def GetAgentsSignature(call: Call, DepartmentID: int, GroupID: int, plainText: bool) -> StringRequestResult:
    """Return the caller's signature for a department and group."""
    raise NotBuilt
