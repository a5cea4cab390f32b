"""Running the jobs when they are due: one thread for those of the desk, one for each that asks something outside.

So a mail server that hangs holds up its own job and no other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from typing import Final

from smartertrack_emu.domain.errors import HelpdeskError
from smartertrack_emu.domain.structure.jobs import JOBS

from .board import Board

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 1.0
"""How often it is looked at what is due, by the machine's clock."""

_OUTSIDE: Final = ("pop-download", "event-processing", "smtp-delivery")
LANES: Final = (tuple(name for name in JOBS if name not in _OUTSIDE), *((name,) for name in _OUTSIDE))


class Schedule:
    """Runs jobs until it is stopped."""

    def __init__(self, board: Board) -> None:
        """Begin at once."""
        self._board = board
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(lane,), name=f"jobs-{lane[0]}") for lane in LANES]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, lane: Collection[str]) -> None:
        is_away = False
        while not self._stop.wait(POLL_SECONDS):
            try:
                self._board.run_due(lane)
                is_away = False
            except HelpdeskError:  # the database is away, which has been logged
                is_away = True
            except Exception:
                if not is_away:
                    logger.exception("the schedule of jobs failed")
                is_away = True
