"""Following the journal: each new call as a server-sent event, for as long as somebody listens."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack

from smartertrack_emu.store.failures import DriverError
from smartertrack_emu.store.streaming import streaming
from smartertrack_emu.store.waiting import CrowdedError

from . import queries
from .queries import Filter
from .store import Entry, Journal

logger = logging.getLogger(__name__)

MOST = 16
"""Streams of one process."""

_LOOK_SECONDS = 0.3
"""Between two looks into the journal, which other processes write too."""

_COMMENT_SECONDS = 5.0
"""After so many seconds of silence a comment is sent: that is how a client that is gone is found to be."""

_AT_ONCE = 100

_running = threading.BoundedSemaphore(MOST)


class Stream:
    """The events of one listener, as the server sends them; it must be closed by the thread that made it.

    Raises CrowdedError where there are as many as may be.
    """

    def __init__(
        self,
        book: Journal,
        wanted: Filter,
        written: Callable[[Entry], str],
        is_over: Callable[[], bool],
        *,
        after: int | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """`written`: a call as JSON. `is_over`: whether the server is ending. `after`: an id; None: from now on."""
        if not _running.acquire(blocking=False):
            raise CrowdedError
        self._held = ExitStack()
        self._held.callback(_running.release)
        try:
            self._held.enter_context(streaming())
            self._last = book.newest() if after is None and book.calls else after or 0
        except BaseException:
            self._held.close()
            raise
        self._book = book
        self._wanted = wanted
        self._written = written
        self._is_over = is_over
        self._sleep = sleep
        self._events = self._send()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._events)

    def close(self) -> None:
        """End it."""
        self._events.close()
        self._held.close()

    def _send(self) -> Generator[bytes, None, None]:
        yield b": the journal's calls as they come\n\n"
        quiet = 0.0
        while not self._is_over():
            try:
                chunk = b"".join(self._new()) if self._book.calls else b""
            except DriverError as error:
                logger.warning("a stream of the journal ends: database: %s", type(error.orig).__name__)
                return
            if chunk:
                quiet = 0.0
                yield chunk
                continue
            self._sleep(_LOOK_SECONDS)
            quiet += _LOOK_SECONDS
            if quiet >= _COMMENT_SECONDS:
                quiet = 0.0
                yield b": still here\n\n"

    def _new(self) -> Iterator[bytes]:
        newest, number = self._book.newest(), 0
        if newest <= self._last:
            return
        for entry in queries.newer(self._book, self._wanted, self._last, most=_AT_ONCE):
            number += 1
            self._last = max(self._last, entry.id)
            if self._wanted.finds(entry):
                yield f"id: {entry.id}\ndata: {self._written(entry)}\n\n".encode()
        if number < _AT_ONCE:  # the others up to there are none of those that are wanted
            self._last = max(self._last, newest)
