"""What the proxy does with each call that has passed: it records it, and compares it with the emulator's answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from .asking import compare
from .calls import Call, TooLongError, keep
from .comparing import Comparison
from .recordings import Recordings
from .reports import Checked, Report
from .upstream import Upstream

logger = logging.getLogger(__name__)


class Watch:
    """Records and compares calls, one after the other, for what a call answers depends on those before it."""

    def __init__(
        self,
        *,
        recordings: Recordings | None,
        most_recordings: int,
        emulator: Upstream | None,
        comparison: Comparison,
        report: Report,
        tell: Callable[[str], object],
    ) -> None:
        """Keep what is asked for. `tell` is called with lines about each call that differs."""
        self._recordings = recordings
        self._left = most_recordings
        self._emulator = emulator
        self._comparison = comparison
        self._report = report
        self._tell = tell
        self._lock = threading.Lock()

    def __call__(self, call: Call | None) -> None:
        """Take a call that has been answered; None stands for one that is too long to be kept."""
        with self._lock:
            try:
                kept = None if call is None else keep(call)
            except TooLongError:
                kept = None
            if call is None or kept is None:
                self._report.too_long += 1
                return
            source = ""
            if self._recordings is not None and self._left > 0:
                self._left -= 1
                try:
                    source = self._recordings.add(kept).name
                except OSError as error:
                    logger.warning("a call cannot be recorded: %s", error.strerror)
                if not self._left:
                    logger.warning("no more calls are recorded: as many are there as --most allows")
            if self._emulator is not None:
                differences, problem, _ = compare(self._emulator, call.request, kept.answer, self._comparison)
                checked = Checked(kept.name, kept.at, kept.milliseconds / 1000, differences, problem, source)
                self._report.add(checked)
                if not checked.is_alike:
                    self._tell(checked.text())
