"""What is counted of calls and of jobs' runs, by all processes of a server together, in memory that they share.

The memory is made before the processes are forked. Each adds to it what it has answered a few times a second, from the
recorder's thread. There is room for what can be called and no more: what callers invent is counted without its name.
Nothing is asked of the database, so the figures are there while it is away, and begin at 0 with each start.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import threading
import weakref
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from sqlalchemy import Engine

from smartertrack_emu.control.journal.capture import Capture
from smartertrack_emu.control.journal.outcomes import OUTCOMES, outcome_of
from smartertrack_emu.domain.inbox.models import IncomingState
from smartertrack_emu.domain.spool.models import MailState
from smartertrack_emu.domain.structure.jobs import JOBS
from smartertrack_emu.store.unit_of_work import connections

BOUNDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds: the upper bounds of the histogram's buckets; one more is for what takes longer."""

_MOST_PROCESSES = 128
_OUTCOMES_AT = {outcome: number for number, outcome in enumerate(OUTCOMES)}
assert not _OUTCOMES_AT["ok"]  # noqa: S101 - `count` says so too
_SECONDS = len(OUTCOMES)
_BUCKETS = _SECONDS + 1
_WIDTH = _BUCKETS + len(BOUNDS) + 1
"""Numbers of one series: calls by outcome, seconds of all of them, calls by bucket."""

_PROCESS_WIDTH = 3
"""Numbers of a process: its id (0: nobody's place), idle connections, connections in use."""

RESULTS: Final = ("ok", "failed")
"""What a run of a job came to."""

STATES: Final[Mapping[str, Sequence[str]]] = {"outgoing": tuple(MailState), "incoming": tuple(IncomingState)}
"""The states of mails, by direction."""

_CAN_SHARE = hasattr(os, "fork")


@dataclass(frozen=True, slots=True)
class Series:
    """The calls of one operation. `outcomes`: how many by outcome; `buckets`: how many by `BOUNDS`, not added up."""

    service: str
    operation: str
    outcomes: Mapping[str, int]
    seconds: float
    buckets: Sequence[int]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is counted, at one moment. Connections: of the pools of all processes that are alive.

    `job_runs`: how many ended, by job and result. `mails`: how many there were when they were counted last, by
    direction and state; a direction that was never counted is left out.
    """

    series: Sequence[Series]
    statements: int
    idle_connections: int
    used_connections: int
    job_runs: Mapping[tuple[str, str], int]
    mails: Mapping[tuple[str, str], int]


class Counters:
    """Counts calls; processes forked after it was made share it."""

    def __init__(self, catalogue: Mapping[str, Iterable[str]]) -> None:
        """Make room for services and their operations."""
        names = [("", "")]
        for service, operations in catalogue.items():
            names += [(service, ""), *((service, operation) for operation in operations)]
        self._at = {name: 1 + number * _WIDTH for number, name in enumerate(names)}
        runs = 1 + len(names) * _WIDTH
        self._run_at = {key: runs + number for number, key in enumerate(product(JOBS, RESULTS))}
        mails = runs + len(self._run_at)
        keys = [(direction, state) for direction, states in STATES.items() for state in ("", *states)]
        self._mails_at = {key: mails + number for number, key in enumerate(keys)}
        self._processes = mails + len(keys)
        length = self._processes + _MOST_PROCESSES * _PROCESS_WIDTH
        self._numbers = memoryview(mmap.mmap(-1, length * 8)).cast("d")
        self._lock = threading.Lock()
        self._counted: dict[int, float] = {}
        self._file: int | None = None
        if _CAN_SHARE:
            self._file = _file_without_name()
            weakref.finalize(self, os.close, self._file)

    def count(self, service: str, operation: str, seconds: float, statements: int) -> None:
        """Count a call that went well, for the next `add` to take along: it costs next to nothing."""
        start = self._at[service, operation]
        bucket = start + _BUCKETS + bisect_left(BOUNDS, seconds)
        with self._lock:
            counted = self._counted
            counted[start] = counted.get(start, 0.0) + 1.0
            counted[start + _SECONDS] = counted.get(start + _SECONDS, 0.0) + seconds
            counted[bucket] = counted.get(bucket, 0.0) + 1.0
            counted[0] = counted.get(0, 0.0) + statements

    def add(self, captures: Sequence[Capture]) -> None:
        """Count calls."""
        statements = 0.0
        with self._lock:
            added, self._counted = self._counted, {}
        for capture in captures:
            start = self._start_of(capture)
            seconds = capture.seconds
            statements += capture.statements
            for at, value in (
                (start + _OUTCOMES_AT[outcome_of(capture)], 1.0),
                (start + _SECONDS, seconds),
                (start + _BUCKETS + bisect_left(BOUNDS, seconds), 1.0),
            ):
                added[at] = added.get(at, 0.0) + value
        added[0] = added.get(0, 0.0) + statements
        numbers = self._numbers
        with self._alone():
            for at, value in added.items():
                numbers[at] += value

    def note_connections(self, engine: Engine) -> None:
        """Note how many connections this process has to the database."""
        idle, used = connections(engine)
        with self._alone():
            at = self._own_place()
            if at is not None:
                self._numbers[at + 1], self._numbers[at + 2] = idle, used

    def note_run(self, job: str, *, failed: bool) -> None:
        """Count a run of a job that has ended."""
        with self._alone():
            self._numbers[self._run_at[job, RESULTS[failed]]] += 1

    def note_mails(self, direction: str, counts: Mapping[Any, int]) -> None:
        """Note how many mails of a direction there are, by state."""
        with self._alone():
            self._numbers[self._mails_at[direction, ""]] = 1
            for state in STATES[direction]:
                self._numbers[self._mails_at[direction, state]] = counts.get(state, 0)

    def figures(self) -> Figures:
        """Return what was counted by all processes; operations that were never called are left out."""
        with self._alone():
            numbers = self._numbers.tolist()
        series = []
        for (service, operation), start in self._at.items():
            outcomes = {str(name): int(numbers[start + at]) for name, at in _OUTCOMES_AT.items()}
            if any(outcomes.values()):
                buckets = [int(value) for value in numbers[start + _BUCKETS : start + _WIDTH]]
                series.append(Series(service, operation, outcomes, numbers[start + _SECONDS], buckets))
        idle = used = 0
        for at in self._places():
            if numbers[at] and _is_alive(int(numbers[at])):
                idle, used = idle + int(numbers[at + 1]), used + int(numbers[at + 2])
        runs = {key: int(numbers[at]) for key, at in self._run_at.items() if numbers[at]}
        mails = {
            (direction, state): int(numbers[at])
            for (direction, state), at in self._mails_at.items()
            if state and numbers[self._mails_at[direction, ""]]
        }
        return Figures(series, int(numbers[0]), idle, used, runs, mails)

    def _start_of(self, capture: Capture) -> int:
        service, operation = capture.environ.get("asmx.service", ""), capture.environ.get("asmx.called", "")
        start = self._at.get((service, operation))
        return self._at["", ""] if start is None else start

    def _places(self) -> range:
        return range(self._processes, len(self._numbers), _PROCESS_WIDTH)

    def _own_place(self) -> int | None:
        """Return where this process notes its own figures: a place of its own, or one of a process that is gone."""
        own, free = os.getpid(), None
        for at in self._places():
            process = int(self._numbers[at])
            if process == own:
                return at
            if free is None and (not process or not _is_alive(process)):
                free = at
            if not process:
                break
        if free is not None:
            self._numbers[free] = own
        return free

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other threads and processes out of the block; a process that dies in it lets go."""
        with self._lock:
            if self._file is None:
                yield
                return
            import fcntl  # noqa: PLC0415 - systems that cannot fork have none

            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)


def _file_without_name() -> int:
    """Return the descriptor of a file that only its inheritors can lock."""
    if hasattr(os, "memfd_create"):  # where no directory can be written to it works all the same
        return os.memfd_create("smartertrack-emu")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _is_alive(process: int) -> bool:
    if process == os.getpid():
        return True
    if not _CAN_SHARE:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # the number is another user's by now
    return True
