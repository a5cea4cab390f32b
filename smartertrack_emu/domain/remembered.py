"""Results that are worth keeping for the next one who asks, in a bounded memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256


class Remembered:
    """Texts made of other texts, found again by the digest of what they were made of; the latest used ones are kept."""

    def __init__(self, most_characters: int) -> None:
        """`most_characters` of results are kept in all; one that takes more than a quarter of them is not."""
        self._most = most_characters
        self._results: OrderedDict[bytes, str] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def get(self, source: str, make: Callable[[], str], *, variant: str = "") -> str:
        """Return what `make` makes of `source`, or made of it before; `variant`: in which way."""
        digest = sha256(f"{variant}\0{source}".encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            if digest in self._results:
                self._results.move_to_end(digest)
                return self._results[digest]
        made = make()
        if len(made) <= self._most // 4:
            self._keep(digest, made)
        return made

    def _keep(self, digest: bytes, made: str) -> None:
        with self._lock:
            if digest in self._results:
                return
            self._results[digest] = made
            self._characters += len(made)
            while self._characters > self._most:
                _, oldest = self._results.popitem(last=False)
                self._characters -= len(oldest)
