"""One run of a background job, as the job's function gets it.

    def run(run: Run) -> None:
        run.rows(find_due, close)         rows that are due, so many a transaction, each for itself
        run.batch(work)                   one transaction, which returns how many rows it changed

A run is finite: it ends after `MOST_SECONDS` and says that more waits. It is done in transactions of its own, so that
whoever calls waits for none of them long; what was done stands when the process is killed, and the next run finds the
rest, for it is read from the rows alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Final, Generic, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import HelpdeskError
from smartertrack_emu.domain.structure.engine_settings import EngineSettings, engine_settings
from smartertrack_emu.store.unit_of_work import Wanted, savepoint

from .desk import Desk

logger = logging.getLogger(__name__)

MOST_SECONDS: Final = 60.0
"""How long a run may take."""

MOST_ROWS: Final = 500
"""How many rows one transaction changes at the most."""

BATCH_SECONDS: Final = 0.1
"""After how long a transaction ends that could go on, so that others get the write lock."""

Item = TypeVar("Item", bound=Hashable)


class Run:
    """A run: what it works with, and what it has done so far.

    `is_requested`: a person wants it now, also what is not due by an interval of its own. `is_held`: whether the job is
    still this process's.
    """

    def __init__(
        self, desk: Desk, job: str, *, is_requested: bool = False, is_held: Callable[[], bool] = lambda: True
    ) -> None:
        self.desk = desk
        self.job = job
        self.is_requested = is_requested
        self.done = 0
        self.detail = ""
        self.errors: list[str] = []
        self._is_held = is_held
        self._ends = time.monotonic() + MOST_SECONDS
        self._settings: EngineSettings | None = None

    @property
    def settings(self) -> EngineSettings:
        """The engine's numbers, as they were when the run first asked."""
        if self._settings is None:
            self._settings = self.desk.read(engine_settings)
        return self._settings

    @property
    def has_time(self) -> bool:
        """Whether the run may go on; otherwise it has said that more waits."""
        if not self._is_held():
            self.detail = "Another process has taken the job over."
            return False
        if time.monotonic() < self._ends:
            return True
        self.detail = "The time of a run is over; more waits for the next one."
        return False

    def batch(self, work: Callable[[Session], int]) -> int:
        """Do something in one transaction, and count the rows it says it has changed; HelpdeskError."""
        changed = self.desk.write(work, about=f"the job {self.job}")
        self.done += changed
        return changed

    def rows(
        self, find: Callable[[Session, Collection[Item]], Sequence[Item]], work: Callable[[Session, Item], object]
    ) -> None:
        """Do something with each row that is due, as long as there is time.

        `find` returns what is due but for those given, at most `MOST_ROWS`: it is asked again until there is nothing,
        each time first in a transaction that only reads, so that who finds nothing keeps no writer waiting.
        `work` changes one so that it is due no more; it may return False where nothing was to be done. One whose work
        fails is left as it was, and named.
        """
        left: set[Item] = set()

        def look(session: Session) -> Sequence[Item]:
            return find(session, left)

        while self.has_time:
            if not self.desk.read(look, about=f"the job {self.job}"):
                return
            step = _Step(find, work, left)
            self.batch(step)
            left |= step.undone | step.failed.keys()
            for item, error in step.failed.items():
                self.fail(f"{self.job}, {item}", error)
            if not step.found:
                return

    def fail(self, what: str, error: Exception) -> None:
        """Note that something failed, and go on: it is named in the run's error and in the log."""
        sentence = error.said(str) if isinstance(error, HelpdeskError) else type(error).__name__
        self.errors.append(f"{what}: {sentence}")
        if isinstance(error, HelpdeskError):
            logger.warning("%s: %s", what, sentence)
        else:
            logger.error("%s failed", what, exc_info=error)


class _Step(Generic[Item]):
    """The rows of one transaction: how many were found, which failed, and in which nothing was to be done."""

    def __init__(
        self,
        find: Callable[[Session, Collection[Item]], Sequence[Item]],
        work: Callable[[Session, Item], object],
        left: Collection[Item],
    ) -> None:
        self._find = find
        self._work = work
        self._left = left
        self.found = 0
        self.failed: dict[Item, Exception] = {}
        self.undone: set[Item] = set()

    def __call__(self, session: Session) -> int:
        """Change the rows, and return how many were changed."""
        self.failed.clear()
        self.undone.clear()
        begun, changed = time.monotonic(), 0
        due = self._find(session, self._left)
        self.found = len(due)
        for item in due:
            changed += self._change(session, item)
            if time.monotonic() - begun > BATCH_SECONDS:
                break
        return changed

    def _change(self, session: Session, item: Item) -> bool:
        try:
            with savepoint(session):
                done = self._work(session, item)
        except Wanted:
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            self.failed[item] = error  # one row keeps none of the others waiting
            return False
        if done is False:
            self.undone.add(item)
            return False
        return True
