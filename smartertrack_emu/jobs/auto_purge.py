"""Auto Purge: removes for good what was deleted long ago."""

from __future__ import annotations

from functools import partial

from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain.across import purging


def run(run: Run) -> None:
    """Remove all that was marked as deleted for `purge_deleted_days`; nothing where that is off."""
    days = run.settings.purge_deleted_days
    if days is None:
        return
    for kind in purging.KINDS:
        run.rows(
            partial(purging.due, kind=kind, days=days, limit=MOST_ROWS),
            partial(purging.purge, kind=kind, root=run.desk.attachments),
        )
    run.rows(partial(purging.users_due, days=days, limit=MOST_ROWS), purging.purge_user)
