"""The log: what may stand in it, where it goes, one line a request.

Everything is written to standard error and to DIR/logs/smartertrack-emu.log, by several processes at once. `daily` has
the diagnostics' files of each day, `traces` what they hold of statements, locks and caches. `text` keeps
secrets and control characters out, `files` keeps the file small, `requests` has the line of each request.
"""

from __future__ import annotations

import logging
import sys

from smartertrack_emu.config import Settings
from smartertrack_emu.store import disk

from . import daily
from .files import Log, LogFile
from .text import Formatter

NAME = "smartertrack-emu.log"


def configure(settings: Settings) -> Log:
    """Have all logging go to standard error and to a file in DIR/logs; return that log."""
    disk.make_directory(settings.logs)
    file = LogFile(settings.logs / NAME, max_bytes=settings.log_max_bytes, kept=settings.log_files)
    log = Log(sys.stderr.fileno(), file)
    handler = _Handler(log)
    handler.setFormatter(Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    # How Alembic migrates and what Spyne declares is for debugging.
    for chatty in ("alembic", "spyne"):
        logging.getLogger(chatty).setLevel(max(logging.getLevelName(settings.log_level), logging.WARNING))
    daily.configure(settings.logs)
    return log


class _Handler(logging.Handler):
    """Hands finished records to the log."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._log.write(f"{self.format(record)}\n")
        except Exception:  # noqa: BLE001 - as every handler does: what cannot be logged stops nobody
            self.handleError(record)
