"""Email Report: mails the reports that are scheduled."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session

from smartertrack_emu.desk.run import MOST_ROWS, Run
from smartertrack_emu.domain.across.reports import schedules
from smartertrack_emu.domain.errors import NotPossible


def run(run: Run) -> None:
    """Spool one mail for each schedule whose date is reached, and set its next date."""

    def send(session: Session, schedule_id: int) -> bool:
        try:
            return schedules.send_due(session, schedule_id, root=run.desk.attachments) is not None
        except NotPossible as error:  # it will not become possible by trying again before its next date
            schedules.skip(session, schedule_id)
            run.fail(f"{run.job}, {schedule_id}", error)
            return False

    run.rows(partial(schedules.due, limit=MOST_ROWS), send)
