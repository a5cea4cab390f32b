"""Trying the service out."""

from typing import Annotated

from smartertrack_emu.asmx.declare import Doc
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.delegation import whose
from smartertrack_emu.services.results import IsAvailableResult
from smartertrack_emu.services.service import NOTIFICATION_CREDENTIALS

from .service import tickets


@tickets.operation(access=Access.ANYBODY, credentials=NOTIFICATION_CREDENTIALS)
def PingService(
    call: Call, dataUsername: Annotated[str, Doc("User name of the agent whose access is checked; may be empty.")]
) -> IsAvailableResult:
    """Say that the service can be reached and that the credentials are good."""
    whose(call, dataUsername)
    return IsAvailableResult(IsAvailable=True)
