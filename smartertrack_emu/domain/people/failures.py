"""Bursts of wrong passwords: a user name with too many of them is refused for a while, all others as before.

Each process counts for itself (ours): nothing is written for a wrong password, and with several processes a guesser has
as many tries as there are processes times the limit, which stops him all the same. Names that nobody has count like
others, so that a refusal says nothing of who exists.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable


class LoginFailures:
    """Counts wrong passwords by user name, for a bounded number of names."""

    def __init__(
        self,
        *,
        allowed: int = 10,
        window_seconds: float = 300.0,
        size: int = 10_000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`allowed` wrong passwords within `window_seconds` are answered as such; 0: any number.

        The next is refused, as is everything for that name until the window's length has passed since the last wrong
        one. Of more than `size` names those longest without a wrong password are forgotten.
        """
        self._allowed = allowed
        self._window = window_seconds
        self._size = size
        self._monotonic = monotonic
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._counts)

    def refuses(self, name: str) -> bool:
        """Say whether a name, in comparison form, has had too many wrong passwords."""
        known = self._counts.get(name)
        return known is not None and known[0] >= self._allowed and self._monotonic() < known[1]

    def note(self, name: str) -> None:
        """Count a wrong password."""
        if not self._allowed:
            return
        now = self._monotonic()
        with self._lock:
            count, until = self._counts.get(name, (0, now))
            # Below the limit `until` is the window's end; the wrong password that reaches it starts the refusal.
            count = count + 1 if now < until else 1
            if count == 1 or count >= self._allowed:
                until = now + self._window
            self._counts[name] = (count, until)
            self._counts.move_to_end(name)
            while len(self._counts) > self._size:
                self._counts.popitem(last=False)

    def forget(self, name: str) -> None:
        """Begin anew with a name: its right password was given."""
        if name in self._counts:
            with self._lock:
                self._counts.pop(name, None)
