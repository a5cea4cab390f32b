"""Mailing each line of the errors log to the address of the option `error_email` (documented; the bounds are ours).

Whoever logs only puts the line into a queue: a thread of its own spools the mails, each in its own transaction, which
is never that of whoever logged. Lines about error mails themselves are not mailed.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from functools import partial
from queue import Empty, Full, Queue
from typing import Final

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.known import known_of
from smartertrack_emu.domain.spool import error_mails
from smartertrack_emu.domain.spool.models import MailKind

from .text import Formatter

logger = logging.getLogger(__name__)

MOST_WAITING: Final = 1_000
"""Lines that wait to be mailed; more stand in the errors log alone."""

_ABOUT_MAILS: Final = {"mail_kind": MailKind.ERROR.value}
_PATIENCE_S: Final = 5.0


class ErrorMails(logging.Handler):
    """Mails what a process logs as warnings and errors, while somebody wants it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(Formatter("%(message)s"))
        self.engine = desk.engine
        self._desk = desk
        self._lines: Queue[str | None] = Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._is_over = False

    def follow(self) -> None:
        """Listen where the option is set that this process knows now, and else not."""
        root = logging.getLogger()
        if not known_of(self.engine).options.get("error_email") or self._is_over:
            root.removeHandler(self)
        elif not any(isinstance(one, ErrorMails) and one.engine is self.engine for one in root.handlers):
            root.addHandler(self)  # where one process does both calls and jobs, one of the two listens

    def emit(self, record: logging.LogRecord) -> None:
        """Put a line into the queue; one for which there is no room is not mailed."""
        if getattr(record, "mail_kind", "") == MailKind.ERROR or threading.current_thread() is self._thread:
            return
        try:
            line = self.format(record)
        except Exception:  # noqa: BLE001 - as every handler does: what cannot be logged stops nobody
            self.handleError(record)
            return
        with suppress(Full):
            self._lines.put_nowait(line)
        if self._thread is None and not self._is_over:  # logging calls this under the handler's lock
            self._thread = threading.Thread(target=self._spool_lines, name="error-mails", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Listen no more, and end once what waits is spooled, or takes too long."""
        logging.getLogger().removeHandler(self)
        with self.lock or threading.RLock():
            self._is_over = True
            thread = self._thread
        if thread is not None:
            self._make_room_to_end()
            thread.join(_PATIENCE_S)
        super().close()

    def _make_room_to_end(self) -> None:
        while True:
            try:
                self._lines.put_nowait(None)
            except Full:
                with suppress(Empty):
                    self._lines.get_nowait()
            else:
                return

    def _spool_lines(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._desk.write(partial(error_mails.tell, line=line), about="an error mail")
            except Exception as error:  # noqa: BLE001 - the next line may be mailed
                logger.warning("An error could not be mailed: %s", type(error).__name__, extra=_ABOUT_MAILS)
