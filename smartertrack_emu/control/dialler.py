"""The dialler where it runs by itself: a thread that looks whether its time has come, while somebody wants it to.

It is none of the product's background jobs. Whether it runs stands in the database, so each process looks there when it
starts, and again with each new epoch; of several processes the first to come does a run.
"""

from __future__ import annotations

import logging
import threading
from typing import Final

from sqlalchemy.exc import DBAPIError

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.across import dialling
from smartertrack_emu.domain.dialler import rules
from smartertrack_emu.domain.errors import HelpdeskError
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.store.unit_of_work import reading

logger = logging.getLogger(__name__)

LOOKS_EVERY_SECONDS: Final = 1.0


class Dialling:
    """Runs the dialler of one process. `looks_every`: seconds between two looks, by the machine's clock."""

    def __init__(self, desk: Desk, *, looks_every: float = LOOKS_EVERY_SECONDS) -> None:
        self._desk = desk
        self._looks_every = looks_every
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def look(self) -> None:
        """Begin to run where somebody wants it; the database may be away, or not be there yet."""
        try:
            with reading(self._desk.engine) as session:
                is_running = rules.settings(session).is_running
        except DBAPIError:
            return
        if is_running:
            self._begin()

    def close(self) -> None:
        """End."""
        self._closed.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._run, name="dialler", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closed.wait(self._looks_every):
            try:
                found = self._desk.read(rules.settings, about="the dialler")
                if rules.is_due(found):
                    self._desk.write(lambda session: dialling.run_if_due(session, SYSTEM), about="the dialler")
            except HelpdeskError as error:
                logger.warning("the dialler could not run: %s", error)
                continue
            with self._lock:
                if not found.is_running:
                    self._thread = None
                    return
