"""The board of jobs: what is due, running one of them, and what became of it. The control API asks for it here."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, delete, insert, select, update

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.outcomes import explained
from smartertrack_emu.desk.run import Run
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.structure import jobs as settings
from smartertrack_emu.domain.structure.jobs import JOBS, Chosen, JobRun, JobState
from smartertrack_emu.store.beside import beside, changing
from smartertrack_emu.store.tracing import waiting_for
from smartertrack_emu.store.waiting import waiting

from .leases import Leases, process_name
from .table import runs, turns

log = logging.getLogger("smartertrack_emu.log.jobs")
"""What the runs have done that did something."""

By = Literal["schedule", "request", "clock"]
Function = Callable[[Run], object]

PATIENCE_S: Final = 10.0
"""How long a run that somebody wants waits for one that is under way."""

KEPT_RUNS: Final = 100
"""How many runs of each job are kept."""

_NAP_S: Final = 0.05


class Board:
    """The jobs of a server. `functions`: what each of them does; importing it may wait until it is first run.

    `note` is told of each run that has ended.
    """

    def __init__(
        self,
        desk: Desk,
        functions: Mapping[str, Callable[[], Function]],
        note: Callable[[str, JobRun], object] = lambda *_: None,
    ) -> None:
        self._desk = desk
        self._functions = functions
        self._note = note
        self._leases = Leases(desk.engine)

    # For the control API

    def all(self) -> list[JobState]:
        """Return all jobs, in the order in which those run that are due together."""
        chosen = self._chosen()
        rows = self._rows(chosen)
        return [_state(name, chosen[name], rows[name]) for name in JOBS]

    def get(self, name: str) -> JobState:
        """Return a job; NotFound."""
        settings.kind_of(name)
        return next(job for job in self.all() if job.name == name)

    def put_off(self, name: str) -> None:
        """Let a job be due one interval from now."""
        chosen = self._chosen()
        self._rows(chosen)
        with beside(self._desk.engine).begin() as connection:
            connection.execute(update(turns).where(turns.c.name == name).values(next_run_at=_next(chosen[name])))

    def run(self, name: str) -> JobRun:
        """Run a job now, stopped or not; NotFound, NotPossible where an earlier run does not end, HelpdeskError."""
        settings.kind_of(name)
        self._rows(self._chosen())
        with waiting():
            self._take(name, time.monotonic() + PATIENCE_S)
            return self._run_held(name, "request")

    def runs(self, name: str) -> list[JobRun]:
        """Return the last runs of a job, newest first; NotFound."""
        settings.kind_of(name)
        columns = [runs.c[field] for field in JobRun._fields]
        query = select(*columns).where(runs.c.job == name).order_by(runs.c.id.desc()).limit(KEPT_RUNS)
        with beside(self._desk.engine).begin() as connection:
            return [JobRun(*row) for row in connection.execute(query)]

    def advance(self, by: timedelta, move: Callable[[], object]) -> list[str]:
        """Move the clock forward by `move`, run what falls due by that, and return the names in order.

        The leases are taken before, so that the schedule runs none of them beside it. NotPossible, and nothing was
        moved, where an earlier run does not end; what `move` raises.
        """
        chosen = self._chosen()
        rows = self._rows(chosen)
        then = clock.now() + by
        due = [name for name in JOBS if not chosen[name].is_stopped and rows[name].next_run_at <= then]
        taken: list[str] = []
        try:
            with waiting():
                patience = time.monotonic() + PATIENCE_S
                for name in due:
                    self._take(name, patience)
                    taken.append(name)
                move()
                self._chosen()  # this process follows the clock from here on
                while taken:
                    self._run_held(taken[0], "clock")
                    taken.pop(0)
        finally:
            for name in taken:
                self._leases.release(name)
        return due

    # For the schedule

    def run_due(self, names: Collection[str]) -> None:
        """Run those of the jobs that are due, started, and run by nobody else."""
        now = clock.now()
        for name in self._due(names, now):
            if self._leases.take(name, due_at=now):
                self._run_held(name, "schedule")

    def close(self) -> None:
        """Renew no lease any more."""
        self._leases.close()

    def _due(self, names: Collection[str], now: datetime) -> list[str]:
        chosen = self._chosen()
        rows = self._rows(chosen)
        return [
            name for name in JOBS if name in names and not chosen[name].is_stopped and rows[name].next_run_at <= now
        ]

    # Running

    def _take(self, name: str, patience: float) -> None:
        """Take a job's lease, waiting for who runs it; NotPossible when the patience is over."""
        if self._leases.take(name):
            return
        with waiting_for(f"the lease of the job {name}"):
            while not self._leases.take(name):
                if time.monotonic() > patience:
                    message = f"The job {name} is running."
                    raise NotPossible(message)
                time.sleep(_NAP_S)

    def _run_held(self, name: str, by: By) -> JobRun:
        """Run a job whose lease this process holds, let go of it, and return what became of it."""
        at, begun = clock.now(), time.perf_counter()
        run = Run(self._desk, name, is_requested=by == "request", is_held=lambda: self._leases.holds(name))
        try:
            self._functions[name]()(run)
        except Exception as error:  # noqa: BLE001 - the next run begins anew
            run.errors.append(explained(error, f"the job {name}").said(str))
        except BaseException:
            self._leases.release(name)
            raise
        milliseconds = round((time.perf_counter() - begun) * 1000)
        made = JobRun(at, milliseconds, run.done, run.detail, "; ".join(run.errors)[:1000], by, process_name())
        self._finish(name, made)
        return made

    def _finish(self, name: str, made: JobRun) -> None:
        if made.done or made.error or made.by != "schedule":
            log.info("%s: %s", name, f"{made.done} done in {made.milliseconds} ms. {made.detail} {made.error}".rstrip())
        self._leases.release(
            name,
            next_run_at=_next(self._chosen()[name]),
            last_run_at=made.at,
            last_result=f"{made.done} done. {made.detail}".rstrip(),
            last_error=made.error,
            runs=turns.c.runs + 1,
            failures=turns.c.failures + int(bool(made.error)),
        )
        with beside(self._desk.engine).begin() as connection:
            number = connection.execute(insert(runs).values(job=name, **made._asdict())).inserted_primary_key
            if number is not None and number[0] % _TIDY == 0:
                _tidy(connection, name)
        self._note(name, made)

    # What stands in the tables

    def _chosen(self) -> dict[str, Chosen]:
        """Return how the jobs are set; this process knows the present clock then."""
        return self._desk.read(settings.chosen, about="the jobs")

    def _rows(self, chosen: Mapping[str, Chosen]) -> Mapping[str, Row[Any]]:
        """Return each job's row, made where it was not there, and due within one interval from now."""
        with beside(self._desk.engine).connect() as connection:
            found = _found(connection)
        if not _wrong(found, chosen):
            return found
        with changing(self._desk.engine) as connection:
            for name in _wrong(_found(connection), chosen):
                values = {"next_run_at": _next(chosen[name])}
                connection.execute(_INSERT[connection.dialect.name].values({"name": name, **values}))
                connection.execute(update(turns).where(turns.c.name == name).values(values))
            return _found(connection)


def _found(connection: Connection) -> dict[str, Row[Any]]:
    return {row.name: row for row in connection.execute(select(turns))}


def _wrong(found: Mapping[str, Row[Any]], chosen: Mapping[str, Chosen]) -> list[str]:
    """Return the jobs that have no row, or that are due later than one interval from now."""
    return [name for name in JOBS if name not in found or found[name].next_run_at > _next(chosen[name])]


def _inserts() -> dict[str, Any]:
    """Return how a row is made unless another process was first, for each kind of database."""
    from sqlalchemy.dialects import postgresql, sqlite  # noqa: PLC0415 - two names that are the same

    return {
        "sqlite": sqlite.insert(turns).on_conflict_do_nothing(),
        "postgresql": postgresql.insert(turns).on_conflict_do_nothing(),
    }


_INSERT: Final = _inserts()
_TIDY: Final = 10


def _interval(chosen: Chosen) -> timedelta:
    return timedelta(seconds=chosen.every_seconds)


def _next(chosen: Chosen) -> datetime:
    return clock.now() + _interval(chosen)


def _state(name: str, chosen: Chosen, row: Row[Any]) -> JobState:
    kind = JOBS[name]
    return JobState(
        name,
        kind.title,
        kind.purpose,
        chosen.is_stopped,
        chosen.every_seconds,
        row.last_run_at,
        row.last_result,
        row.last_error,
        row.next_run_at,
        row.runs,
        row.failures,
    )


def _tidy(connection: Connection, name: str) -> None:
    """Forget the runs of a job beyond those that are kept."""
    oldest = select(runs.c.id).where(runs.c.job == name).order_by(runs.c.id.desc()).offset(KEPT_RUNS).limit(1)
    connection.execute(delete(runs).where(runs.c.job == name, runs.c.id <= oldest.scalar_subquery()))
