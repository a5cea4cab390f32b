"""What Event Processing does about visitors: idle ones go, gone ones are forgotten, invitations lapse (documented)."""

from __future__ import annotations

from functools import partial

from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain.visitors import invitations, visits


def watch(run: Run) -> None:
    """Let invitations lapse, remove who is idle, and forget who was removed long ago."""
    seconds = run.settings.invitation_seconds
    run.rows(partial(invitations.unanswered, seconds=seconds), partial(invitations.ignore, seconds=seconds))
    idle = run.settings.visitor_idle_minutes
    run.rows(partial(visits.idle, minutes=idle), partial(visits.remove_idle, minutes=idle))
    run.rows(partial(visits.forgettable, minutes=run.settings.visitor_purge_minutes), visits.purge)
