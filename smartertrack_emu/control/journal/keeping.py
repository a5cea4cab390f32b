"""When calls are written into the journal: at once while there are few, and while somebody reads; else when it is calm.

Masking and writing a call takes a tenth of what answering it does. Under load only the last calls stay in the journal
anyway: they wait in this process's memory, where newer ones push older ones out. Whoever reads has them written first,
those of the other processes too, so that nobody sees a difference.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence

from smartertrack_emu.store.failures import DriverError
from smartertrack_emu.store.waiting import waiting

from .capture import Capture
from .entries import entry_of
from .store import Journal

logger = logging.getLogger(__name__)

_FEW = 50
"""Calls that come together and are written at once: more than a hundred a second are many."""

_MOST_BYTES = 8 * 1024 * 1024
_LOOK_SECONDS = 0.25
_CALM_SECONDS = 1.0
_READ_LATELY_SECONDS = 3.0
"""For how long after somebody has read all processes write at once."""

_SAID_EVERY_SECONDS = 1.0
_OTHERS_SECONDS = 0.6
"""How long a first reader waits for what the other processes have: they look more often than that."""


class Keeper:
    """Holds the calls of this process that are to be written into the journal. `alone`: there is no other process."""

    def __init__(self, journal: Journal, *, alone: bool = True) -> None:
        self._journal = journal
        self._alone = alone
        self._held: deque[Capture] = deque()
        self._bytes = 0
        self._lock = threading.RLock()
        self._taken_at = 0.0
        self._read_at = 0.0
        self._said_at = 0.0
        self._watched = False
        journal.before_reading = self.prepare

    def take(self, captures: Sequence[Capture]) -> None:
        """Take calls as they have passed."""
        with self._lock:
            self._taken_at = time.monotonic()
            for capture in captures[-self._journal.calls :]:
                self._held.append(capture)
                self._bytes += capture.kept_bytes
                if len(self._held) > self._journal.calls:
                    self._bytes -= self._held.popleft().kept_bytes
            if len(captures) <= _FEW or self._bytes > _MOST_BYTES or self._is_read():
                self.write()
            elif not self._watched:
                self._watched = True
                threading.Thread(target=self._watch, name="journal", daemon=True).start()

    def write(self) -> None:
        """Write what is held, masked."""
        with self._lock:
            held = list(self._held)
            self._held.clear()
            self._bytes = 0
            # In the lock: whoever reads next finds all of it written.
            self._journal.add([entry_of(capture) for capture in held])

    def prepare(self) -> None:
        """Have all calls written up to now, for somebody who reads the journal."""
        now = time.monotonic()
        first = now - self._read_at > _READ_LATELY_SECONDS
        self._read_at = now
        self.write()
        if self._alone:
            return
        if now - self._said_at > _SAID_EVERY_SECONDS:
            self._said_at = now
            self._journal.say_read()
        if first:
            with waiting():
                time.sleep(_OTHERS_SECONDS)

    def _is_read(self) -> bool:
        return time.monotonic() - self._read_at <= _READ_LATELY_SECONDS

    def _watch(self) -> None:
        """Write what is held when it is calm, or another process's reader wants it."""
        try:
            while self._held:
                time.sleep(_LOOK_SECONDS)
                if not self._alone and self._journal.seconds_since_read() <= _READ_LATELY_SECONDS:
                    self._read_at = time.monotonic()
                if self._is_read() or time.monotonic() - self._taken_at > _CALM_SECONDS:
                    self.write()
        except DriverError as error:
            logger.warning("calls could not be recorded: database: %s", type(error.orig).__name__)
        finally:
            self._watched = False
