"""The job email-import: takes the mails that wait into tickets, in the order in which they came."""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial
from typing import Final

from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain.attachments.files import download_path
from smartertrack_emu.domain.errors import HelpdeskError, NotPossible, NotStored, TooBusy, Unavailable
from smartertrack_emu.domain.inbox import importing, spool
from smartertrack_emu.domain.inbox.letters import File, Letter
from smartertrack_emu.domain.inbox.models import IncomingState
from smartertrack_emu.domain.inbox.spool import Waiting
from smartertrack_emu.domain.people.users import SYSTEM

from .parsing.errors import NotImportableError
from .parsing.reading import Peeked, peek, read_letter

logger = logging.getLogger(__name__)
_log = logging.getLogger("smartertrack_emu.log.import")

_NOT_NOW: Final = (Unavailable, TooBusy, NotStored)
"""What says nothing about the mail: it waits on, and its try does not count."""

_ERROR: Final = "An unexpected error occurred; it has been logged."
_STOPPED: Final = "Its import was begun three times and never ended: it stops the process that imports it."
_LOST: Final = "Its content is not on the disk any more."


def run(run: Run) -> None:
    """Import at most 500 mails that wait, each in a transaction of its own."""
    last = 0
    for _ in range(MOST_ROWS):
        if not run.has_time:
            return
        waiting = run.desk.read(partial(spool.next_waiting, after=last))
        if waiting is None:
            return
        last = waiting.id
        run.done += _import(run, waiting)
    if run.desk.read(partial(spool.next_waiting, after=last)) is not None:
        run.detail = f"{MOST_ROWS} mails are the most of a run; more wait for the next one."


def _import(run: Run, waiting: Waiting) -> bool:
    """Import one mail, or say why not; HelpdeskError where nothing can be done at present."""
    if waiting.attempts >= spool.MOST_ATTEMPTS:
        return _fail(run, waiting, _STOPPED)
    run.desk.write(lambda session: spool.count_try(session, waiting.id))
    try:
        return _take_in(run, waiting)
    except NotImportableError as error:
        return _fail(run, waiting, str(error))
    except FileNotFoundError:
        return _fail(run, waiting, _LOST)
    except _NOT_NOW:
        with suppress(HelpdeskError):
            run.desk.write(lambda session: spool.count_try(session, waiting.id, by=-1))
        raise
    except HelpdeskError as error:
        return _fail(run, waiting, error.said(str))
    except Exception:
        logger.exception("incoming mail %d could not be imported", waiting.id)
        return _fail(run, waiting, _ERROR)


def _take_in(run: Run, waiting: Waiting) -> bool:
    root = run.desk.attachments
    letter = _read(run, waiting)
    digests = importing.keep_files(root, letter)
    settings = run.settings
    taken = run.desk.write(
        lambda session: importing.take_in(session, root, waiting.id, letter, digests, settings),
        about=f"importing mail {waiting.id}",
    )
    if taken is not None:
        _log.info("incoming mail %s: %s, %s %s", waiting.id, taken.state, taken.outcome, taken.reason)
        if taken.state is IncomingState.FAILED:
            run.fail(f"incoming mail {waiting.id}", NotPossible(taken.reason))
    return taken is not None


def _read(run: Run, waiting: Waiting) -> Letter:
    """Read a mail outside any transaction; its own bytes are let go of then."""

    def address_of(file: File) -> str:
        return f"{run.desk.public_url}{download_path(file.token, file.name)}"

    return read_letter(spool.read_bytes(run.desk.attachments, waiting.sha256), address_of)


def _fail(run: Run, waiting: Waiting, reason: str) -> bool:
    try:
        seen = peek(spool.read_bytes(run.desk.attachments, waiting.sha256))
    except OSError:
        seen = Peeked("", "")
    run.desk.write(
        lambda session: spool.fail(session, SYSTEM, waiting.id, reason, sender=seen.sender, subject=seen.subject)
    )
    _log.info("incoming mail %s: failed, %s", waiting.id, reason)
    run.fail(f"incoming mail {waiting.id}", NotPossible(reason))
    return True
