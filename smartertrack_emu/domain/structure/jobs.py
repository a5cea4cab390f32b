"""The fourteen background jobs of the product: what each is for, how often it runs, and whether it is stopped.

Names and purposes are documented; the intervals are ours but where the product's text says one. They stand in the order
in which those run that are due together.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.known import known
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.store.base import Base

from .emulation import begin_epoch


class JobKind(NamedTuple):
    """A job as the product has it. `every_seconds`: how often it runs where nobody has chosen."""

    name: str
    title: str
    purpose: str
    every_seconds: int


JOBS = {
    job.name: job
    for job in (
        JobKind("pop-download", "POP Download", "Fetches mails from the departments' mailboxes.", 60),
        JobKind("email-import", "Email Import", "Makes tickets and replies of mails that came in.", 10),
        JobKind("auto-inactive", "Auto Inactive", "Lets agents who did nothing for long receive nothing more.", 60),
        JobKind("chat-manager", "Chat Manager", "Assigns waiting chats, ends abandoned ones, watches answers.", 5),
        JobKind(
            "ticket-watcher", "Ticket Watcher", "Assigns, closes, locks and deletes tickets; watches idle ones.", 30
        ),
        JobKind("task-scheduler", "Task Scheduler", "Creates the tasks that recur.", 60),
        JobKind("task-watcher", "Task Watcher", "Watches when tasks start and are due, and raises reminders.", 30),
        JobKind("call-log-watcher", "Call Log Watcher", "Deletes old call logs.", 3600),
        JobKind("event-processing", "Event Processing", "Carries out the actions of event rules, and counts.", 5),
        JobKind("email-report", "Email Report", "Sends the reports that are scheduled.", 60),
        JobKind("indexing", "Indexing", "Completes the full text search.", 60),
        JobKind("auto-purge", "Auto Purge", "Removes for good what was deleted long ago.", 3600),
        JobKind("cleaner", "Cleaner", "Removes files and rows that nobody needs any more.", 3600),
        JobKind("smtp-delivery", "SMTP Delivery", "Sends the mails that wait.", 5),
    )
}
"""By their names."""


class JobSetting(Base):
    """What somebody has chosen for a job; `every_seconds` None: as the product has it."""

    __tablename__ = "job_settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    is_stopped: Mapped[bool] = mapped_column(default=False)
    every_seconds: Mapped[int | None]


class Chosen(NamedTuple):
    """How a job is set."""

    is_stopped: bool
    every_seconds: int


class JobState(NamedTuple):
    """A job as it stands now. Times by the helpdesk's clock; `last_run_at` None where it has not run yet."""

    name: str
    title: str
    purpose: str
    is_stopped: bool
    every_seconds: int
    last_run_at: datetime | None
    last_result: str
    last_error: str
    next_run_at: datetime
    runs: int
    failures: int


class JobRun(NamedTuple):
    """One run of a job. `by`: schedule, request or clock; `process`: machine and number of the one that ran it."""

    at: datetime
    milliseconds: int
    done: int
    detail: str
    error: str
    by: str
    process: str


def kind_of(name: str) -> JobKind:
    """Return a job; NotFound."""
    if name not in JOBS:
        message = f"There is no job {shown(name)}."
        raise NotFound(message)
    return JOBS[name]


def chosen(session: Session) -> dict[str, Chosen]:
    """Return how all jobs are set, by their names."""
    rows = {row.name: row for row in session.scalars(select(JobSetting))}
    return {
        name: Chosen(
            name in rows and rows[name].is_stopped,
            (rows[name].every_seconds if name in rows else None) or job.every_seconds,
        )
        for name, job in JOBS.items()
    }


def stopped(session: Session) -> frozenset[str]:
    """Return the names of the stopped jobs, by what stands in the database."""
    return frozenset(session.scalars(select(JobSetting.name).where(JobSetting.is_stopped)))


def is_stopped(session: Session, name: str) -> bool:
    """Say whether a job is stopped, by what this process knows: it costs no statement."""
    return name in known(session).stopped_jobs


def set_stopped(session: Session, name: str, *, is_stopped: bool) -> None:
    """Stop or start a job, which is kept; NotFound."""
    _choose(session, name, is_stopped=is_stopped)


def set_interval(session: Session, name: str, every_seconds: int) -> None:
    """Choose how often a job runs; NotFound."""
    _choose(session, name, every_seconds=every_seconds)


def _choose(session: Session, name: str, **values: object) -> None:
    kind_of(name)
    begin_epoch(session)  # which also keeps others from choosing at the same time
    row = session.get(JobSetting, name)
    before = {} if row is None else {"is_stopped": row.is_stopped, "every_seconds": row.every_seconds}
    session.execute(delete(JobSetting).where(JobSetting.name == name))
    session.expunge_all()
    session.execute(insert(JobSetting).values({"name": name, "is_stopped": False, **before, **values}))
