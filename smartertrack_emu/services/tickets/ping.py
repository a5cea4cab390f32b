"""Trying the service out."""

from __future__ import annotations

from smartertrack_emu.domain.people import users
from smartertrack_emu.domain.text import fold
from smartertrack_emu.services.access import Access
from smartertrack_emu.services.calls import Call
from smartertrack_emu.services.results import IsAvailableResult
from smartertrack_emu.services.service import NOTIFICATION_CREDENTIALS

from .service import tickets


@tickets.operation(access=Access.ANYBODY, credentials=NOTIFICATION_CREDENTIALS)
def PingService(call: Call, dataUsername: str) -> IsAvailableResult:
    """Say that the service can be reached and that the credentials are good."""
    own = not dataUsername or fold(dataUsername) == fold(call.actor.username)
    return IsAvailableResult(
        IsAvailable=own or (call.actor.is_administrator and users.exists(call.session, dataUsername))
    )
