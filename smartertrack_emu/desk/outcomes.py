"""What becomes of a call that fails: one place where errors are logged and get a code and a sentence."""

from __future__ import annotations

import logging

from sqlalchemy.exc import InterfaceError, OperationalError

from smartertrack_emu.domain.errors import HelpdeskError, TooBusy, Unavailable, Unexpected
from smartertrack_emu.store.encryption import SecretError
from smartertrack_emu.store.failures import reason_of, sentence_of
from smartertrack_emu.store.waiting import CrowdedError

logger = logging.getLogger(__name__)

_BUSY = "Too many calls are waiting at the moment. Nothing was changed; please try again in some seconds."
UNEXPECTED = "An unexpected error occurred. Nothing was changed; the error has been logged."
"""What a caller is told of an error of ours."""


def explained(error: Exception, about: object) -> HelpdeskError:
    """Return what a caller is told of an error that is being handled; logs it where it is none of theirs."""
    if isinstance(error, HelpdeskError):
        return error
    if isinstance(error, CrowdedError):
        return TooBusy(_BUSY).hinted("As many calls were waiting for a lock or another server as may.")
    if isinstance(error, SecretError):  # the store has logged which key file it is about
        return Unexpected(str(error))
    if isinstance(error, OperationalError | InterfaceError):
        reason = reason_of(error)
        logger.warning("%s: database: %s", about, reason)
        explanation = Unavailable(sentence_of(error))
        explanation.hint = f"The database said: {reason}."
        return explanation
    logger.error("%s failed", about, exc_info=error)
    return Unexpected(UNEXPECTED)
