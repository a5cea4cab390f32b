"""Task Watcher: tells when tasks start and are due, raises reminders, deletes tasks completed long ago."""

from __future__ import annotations

from functools import partial

from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain.notifications import watching as reminders
from smartertrack_emu.domain.tasks import watching


def run(run: Run) -> None:
    """Do all of it, in this order."""
    run.rows(partial(watching.to_start, limit=MOST_ROWS), watching.start)
    run.rows(partial(watching.to_be_due, limit=MOST_ROWS), watching.fall_due)
    run.rows(partial(reminders.tasks_to_remind, limit=MOST_ROWS), reminders.remind_of_task)
    run.rows(partial(reminders.follow_ups_to_remind, limit=MOST_ROWS), reminders.remind_of_follow_up)
    days = run.settings.delete_completed_tasks_days
    if days is not None:
        run.rows(partial(watching.completed, days=days, limit=MOST_ROWS), watching.delete_completed)
