"""Which sockets are ready: the system is told once what to wait for, and again only when that changes.

Waitress asks every connection at every turn whether it wants to read or write, so a turn costs what is connected. Here
a turn costs what is ready. The poller stands in for Waitress's map of sockets, to which they add themselves.
"""

from __future__ import annotations

import logging
import selectors
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)

_MOST_OF_SELECT = 512
"""Sockets that Windows can wait for at once; all other systems have means without such a bound."""

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Poller(dict[int, Any]):
    """Waitress's dispatchers by file number, each with what it waits for.

    One thread at a time calls `turn`; every method else may be called from any thread.
    """

    def __init__(self) -> None:
        super().__init__()
        self._selector: selectors.BaseSelector = selectors.DefaultSelector()
        self.most_sockets = _MOST_OF_SELECT - 1 if isinstance(self._selector, selectors.SelectSelector) else sys.maxsize
        """How many dispatchers it takes: one more is the poller's own."""
        self._interest: dict[int, int] = {}
        self._lock = threading.Lock()
        self._thunks: deque[Callable[[], object]] = deque()
        self._waker, self._woken = socket.socketpair()
        for end in (self._waker, self._woken):
            end.setblocking(False)  # noqa: FBT003 - the socket module's signature
        self._selector.register(self._woken, READ, None)
        # epoll and kqueue see a change while they wait; the others have to be woken for it.
        self._sees_changes = type(self._selector).__name__ in ("EpollSelector", "KqueueSelector")

    def __setitem__(self, number: int, dispatcher: Any) -> None:
        super().__setitem__(number, dispatcher)
        with self._lock:
            self._interest[number] = READ
            self._selector.register(number, READ, dispatcher)
        if not self._sees_changes:
            self.wake()

    def __delitem__(self, number: int) -> None:
        super().__delitem__(number)
        with self._lock:
            if self._interest.pop(number):
                self._selector.unregister(number)

    def settle(self, dispatcher: Any) -> None:
        """Wait for what a dispatcher wants now.

        Reading is not given up here: a client that has asked says nothing more until it is answered, and so most calls
        change nothing. `turn` gives it up when something arrives that is not wanted yet.
        """
        number = dispatcher._fileno  # noqa: SLF001 - Waitress's name for it
        if number is None:
            return
        with self._lock:
            before = self._interest.get(number)
            if before is None or dispatcher._fileno != number:  # noqa: SLF001 - closed meanwhile
                return
            reading = READ if before & READ or dispatcher.readable() else 0
            self._set(number, dispatcher, before, reading | (WRITE if dispatcher.writable() else 0))

    def _ignore_input(self, dispatcher: Any) -> None:
        number = dispatcher._fileno  # noqa: SLF001 - Waitress's name for it
        with self._lock:
            before = self._interest.get(number)
            # Asked again under the lock: a thread that has just answered may want the next request now.
            if before is not None and not dispatcher.readable():
                self._set(number, dispatcher, before, before & ~READ)

    def _set(self, number: int, dispatcher: Any, before: int, after: int) -> None:
        if after == before:
            return
        self._interest[number] = after
        if not before:
            self._selector.register(number, after, dispatcher)
        elif not after:
            self._selector.unregister(number)
        else:
            self._selector.modify(number, after, dispatcher)
        if not self._sees_changes:
            self.wake()

    def turn(self, timeout: float | None) -> None:
        """Wait up to `timeout` seconds (None: until something happens) and let what is ready read and write."""
        for key, events in self._wait(timeout):
            dispatcher = key.data
            if dispatcher is None:
                self._drain_wakes()
            elif dispatcher._fileno == key.fd:  # noqa: SLF001 - else it was closed in this turn, its number perhaps taken
                self._handle(dispatcher, events)
                self.settle(dispatcher)
        while self._thunks:
            self._thunks.popleft()()

    def _wait(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        try:
            return self._selector.select(timeout)
        except OSError as error:
            if self._sees_changes:
                raise
            # A thread has closed a socket just when the system was told to wait for it; the next turn does without it.
            logger.debug("waiting for sockets: %s", error.strerror)
            return []

    def _handle(self, dispatcher: Any, events: int) -> None:
        try:
            if events & WRITE:
                dispatcher.handle_write_event()
            if events & READ and dispatcher._fileno is not None:  # noqa: SLF001 - Waitress's name for it
                if dispatcher.readable():
                    dispatcher.handle_read_event()
                else:
                    self._ignore_input(dispatcher)
        except OSError as error:
            logger.info("connection lost: %s", error.strerror or type(error).__name__)
            dispatcher.handle_close()
        except Exception:
            logger.exception("unexpected error on a connection")
            dispatcher.handle_close()

    def call_soon(self, thunk: Callable[[], object]) -> None:
        """Have something called by the thread that takes the next turn."""
        self._thunks.append(thunk)
        self.wake()

    def wake(self) -> None:
        """End the wait of the turn under way; safe in a signal handler."""
        try:
            self._waker.send(b"x")
        except OSError:  # as many wakes wait already as fit
            return

    def _drain_wakes(self) -> None:
        try:
            self._woken.recv(4096)
        except OSError:
            return

    def close(self) -> None:
        """Let go of the system's means."""
        self._selector.close()
        self._waker.close()
        self._woken.close()
