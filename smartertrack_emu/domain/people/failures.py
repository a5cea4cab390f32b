"""Bursts of wrong passwords: a user name with too many of them from one address is refused there for a while.

Everybody else, and the same user from another address, is answered as before: one client with a wrong password in its
settings shuts out nobody but itself. Each process counts for itself (ours): nothing is written for a wrong password,
and with several processes guessers have as many tries as there are processes times the limit, which stops them all the
same. Names that nobody has count like others, so that a refusal says nothing of who exists.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address

_LONGEST = 64
"""Characters of a name or an address that are kept as they are; of longer ones a digest is."""


class LoginFailures:
    """Counts wrong passwords by user name and client address, for a bounded number of pairs."""

    def __init__(
        self,
        *,
        allowed: int = 10,
        window_seconds: float = 300.0,
        size: int = 32_768,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`allowed` wrong passwords within `window_seconds` of the first are answered as such; 0: any number.

        The last of them begins the refusal: for the window's length everything for that name from that address is
        refused. Of more than `size` pairs those longest without a wrong password are forgotten. Every pair costs who
        fills the memory the checking of a password, so with the default size it takes longer than a window to push one
        out (docs/decisions/0023).
        """
        self._allowed = allowed
        self._window = window_seconds
        self._size = size
        self._monotonic = monotonic
        self._counts: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._counts)

    def refuses(self, name: str, address: str = "") -> bool:
        """Say whether a name, in comparison form, has had too many wrong passwords from an address."""
        if not self._counts:
            return False
        known = self._counts.get(_pair(name, address))
        return known is not None and known[0] >= self._allowed and self._monotonic() < known[1]

    def note(self, name: str, address: str = "") -> None:
        """Count a wrong password."""
        if not self._allowed:
            return
        pair, now = _pair(name, address), self._monotonic()
        with self._lock:
            count, until = self._counts.get(pair, (0, now))
            # Below the limit `until` is the end of the window, which the first wrong password begins; the one that
            # reaches the limit begins the refusal. Those that were being checked meanwhile do not make it longer.
            count = count + 1 if now < until else 1
            if count in (1, self._allowed):
                until = now + self._window
            self._counts[pair] = (count, until)
            self._counts.move_to_end(pair)
            while len(self._counts) > self._size:
                self._counts.popitem(last=False)

    def forget(self, name: str, address: str = "") -> None:
        """Begin anew with a name from an address: its right password was given there."""
        if not self._counts:
            return
        pair = _pair(name, address)
        if pair in self._counts:
            with self._lock:
                self._counts.pop(pair, None)


def _pair(name: str, address: str) -> tuple[str, str]:
    return _kept(name), _origin(address)


def _kept(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@lru_cache(maxsize=1024)
def _origin(address: str) -> str:
    """Return what counts as one client: an IPv4 address, the network of an IPv6 one, else the text itself.

    Whoever has one IPv6 address usually has all 2**64 of its network.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return _kept(address)
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
