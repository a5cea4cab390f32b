"""What the control API asks of the background jobs; the room `jobs` is what answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from smartertrack_emu.domain.structure.jobs import JobRun, JobState


class Jobs(Protocol):
    """The jobs of a server. Their functions raise NotFound for a name that no job has, else HelpdeskError."""

    def all(self) -> Sequence[JobState]:
        """Return all jobs, in the order in which those run that are due together."""

    def get(self, name: str) -> JobState:
        """Return a job."""

    def put_off(self, name: str) -> None:
        """Let a job be due one interval from now."""

    def run(self, name: str) -> JobRun:
        """Run a job now, stopped or not, and wait for it; NotPossible where an earlier run does not end."""

    def runs(self, name: str) -> Sequence[JobRun]:
        """Return the last runs of a job, newest first."""

    def advance(self, by: timedelta, move: Callable[[], object]) -> Sequence[str]:
        """Move the clock by `move`, run what falls due by that, and return the names, in order.

        NotPossible, and nothing was moved, where an earlier run does not end.
        """
