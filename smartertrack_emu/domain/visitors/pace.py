"""How many hits one process takes in a minute, of one address and in all: what unknown callers send is bounded (ours).

Beyond that a hit is answered as any other, and not kept. By the machine's time, for it protects the machine.
"""

from __future__ import annotations

import threading
import time
from typing import Final

MOST_HITS: Final = 6_000
"""Hits that are kept in a minute."""

MOST_OF_ADDRESS: Final = 600
"""Hits of one address that are kept in a minute."""

_SECONDS: Final = 60.0


class Pace:
    """Counts hits, and forgets them with each minute: no more addresses are held than hits are kept."""

    def __init__(self, *, most: int = MOST_HITS, of_address: int = MOST_OF_ADDRESS) -> None:
        self._most, self._of_address = most, of_address
        self._lock = threading.Lock()
        self._begun = 0.0
        self._total = 0
        self._by_address: dict[str, int] = {}

    def allows(self, address: str) -> bool:
        """Count a hit of an address, and say whether it may be kept."""
        now = time.monotonic()
        with self._lock:
            if now - self._begun >= _SECONDS:
                self._begun, self._total = now, 0
                self._by_address.clear()
            count = self._by_address.get(address, 0)
            if self._total >= self._most or count >= self._of_address:
                return False
            self._total += 1
            self._by_address[address] = count + 1
            return True
