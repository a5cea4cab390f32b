"""What becomes of a call that fails: one place where errors are logged and get a code and a sentence."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError

from smartertrack_emu.domain.errors import HelpdeskError, TooBusy, Unavailable, Unexpected
from smartertrack_emu.store.encryption import SecretError
from smartertrack_emu.store.failures import reason_of, sentence_of
from smartertrack_emu.store.waiting import CrowdedError

logger = logging.getLogger(__name__)

T = TypeVar("T")

_BUSY = "Too many calls are waiting at the moment. Nothing was changed; please try again in some seconds."
UNEXPECTED = "An unexpected error occurred. Nothing was changed; the error has been logged."
"""What a caller is told of an error of ours."""


def explained(run: Callable[[], T], about: str) -> T:
    """Run something; a refusal passes as it is, any other error is logged and becomes one: always a HelpdeskError."""
    try:
        return run()
    except HelpdeskError:
        raise
    except CrowdedError:
        raise TooBusy(_BUSY) from None
    except SecretError as error:  # the store has logged which key file it is about
        raise Unexpected(str(error)) from None
    except (OperationalError, InterfaceError) as error:
        logger.warning("%s: database: %s", about, reason_of(error))
        raise Unavailable(sentence_of(error)) from None
    except Exception:
        logger.exception("%s failed", about)
        raise Unexpected(UNEXPECTED) from None
