"""Counting the runs of jobs, and the mails in the spools when a job has worked on them.

/metrics asks no database: the jobs that work on the spools count what is there, which they do anyway when they have
changed something, and else now and then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.inbox import spool as inbox
from smartertrack_emu.domain.spool import listing
from smartertrack_emu.domain.structure.jobs import JobRun

from .counters import Counters

_COUNTED: Final[Mapping[str, tuple[str, Callable[[Session], Mapping[Any, int]]]]] = {
    "smtp-delivery": ("outgoing", listing.counts),
    "email-import": ("incoming", inbox.counts),
}
COUNT_EVERY_S: Final = 30.0
"""After how long mails are counted again where a run has done nothing."""


class RunCounter:
    """Counts the runs that one process has made."""

    def __init__(self, counters: Counters, desk: Desk) -> None:
        self._counters = counters
        self._desk = desk
        self._counted: dict[str, float] = {}

    def note(self, job: str, run: JobRun) -> None:
        """Count a run; HelpdeskError where mails cannot be counted."""
        self._counters.note_run(job, failed=bool(run.error))
        if job not in _COUNTED:
            return
        now = time.monotonic()
        if run.done or run.by != "schedule" or now - self._counted.get(job, -COUNT_EVERY_S) >= COUNT_EVERY_S:
            direction, count = _COUNTED[job]
            self._counters.note_mails(direction, self._desk.read(count, about="the mails in the spools"))
            self._counted[job] = now
