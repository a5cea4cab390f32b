"""Task Scheduler: makes the tasks that recur."""

from __future__ import annotations

from functools import partial

from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain.tasks import recurring


def run(run: Run) -> None:
    """Make one task of each recurring one whose date is reached, and set its next date."""
    run.rows(partial(recurring.due, limit=MOST_ROWS), recurring.make_due)
