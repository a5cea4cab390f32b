"""What the dialect says of what the domain refuses."""

from __future__ import annotations

from smartertrack_emu.domain.acd.events import NoAcdEvent
from smartertrack_emu.domain.acd.groups import NoAcdGroup
from smartertrack_emu.domain.acd.opening import NoAcdUser
from smartertrack_emu.domain.dialler.campaigns import CampaignExists, NoCampaign
from smartertrack_emu.domain.dialler.contacts import NoContact
from smartertrack_emu.domain.errors import HelpdeskError, LoginFailed
from smartertrack_emu.rest.answering import Reply
from smartertrack_emu.rest.declaring import Operation
from smartertrack_emu.rest.refusals import RefusedError
from smartertrack_emu.statuses import status_of

from .packing import refused

UNAUTHORIZED = "Unauthorized"
_CHALLENGE = (("WWW-Authenticate", "Bearer"),)
_SENTENCES: tuple[tuple[type[HelpdeskError], str], ...] = (
    (NoCampaign, "Dialler campaign not found"),
    (CampaignExists, "Dialler campaign already exists"),
    (NoContact, "Dialler contact not found"),
    (NoAcdGroup, "ACD group not found"),
    (NoAcdEvent, "ACD event not found"),
    (NoAcdUser, "User not found"),
    (LoginFailed, UNAUTHORIZED),
)
_BUSY = (("Retry-After", "5"),)


def of_refusal(error: HelpdeskError, operation: Operation | None) -> Reply:
    """Return the answer of what the desk refuses."""
    if isinstance(error, RefusedError):
        return refused(error.status, error.sentence, hint=error.hint or error.sentence, headers=error.headers)
    status = int(status_of(error))
    called = operation.called if operation is not None else {}
    sentence = next((told for kind, told in _SENTENCES if isinstance(error, kind)), "")
    headers = _CHALLENGE if status == 401 else _BUSY if status == 503 else ()
    sentence = sentence or error.said(lambda field: called.get(field, field)).rstrip(".")
    return refused(status, sentence, hint=error.hint or str(error), headers=headers)
