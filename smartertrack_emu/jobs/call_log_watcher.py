"""Call Log Watcher: marks the call logs as deleted that are older than their department keeps them."""

from __future__ import annotations

from functools import partial

from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain.calllogs import watching


def run(run: Run) -> None:
    """Delete the old call logs of each group of departments that have a number of days."""
    for group_id, days in run.desk.read(watching.kept_days):
        run.rows(partial(watching.old, group_id=group_id, days=days, limit=MOST_ROWS), watching.delete)
