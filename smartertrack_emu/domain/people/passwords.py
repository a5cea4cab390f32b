"""Passwords: argon2id hashes, and a short memory of those verified, so that not every call pays for one."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from smartertrack_emu.store.waiting import waiting

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's second choice: 19 MiB a verification, so that many at once do not exhaust a small server."""

_AT_ONCE = threading.BoundedSemaphore(max(1, (os.cpu_count() or 1) // 2))
"""Half the processors at most check passwords; the others answer who has been checked."""


def hash_password(password: str) -> str:
    """Return the argon2id hash to store."""
    with _AT_ONCE:
        return _HASHER.hash(_bytes(password))


_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$ZpPncd02OQ8EX3ndzwaC4g$Q1LH+7xs2TkdNr5rfk3O+81IPmzHElFbLnLzH2uQjSA"
"""Verified in place of a user's hash where there is no such user: both take the same time."""


def verify(stored: str | None, password: str) -> bool:
    """Check a password against a stored hash; None (nobody, or one who cannot log in) costs as much and is False.

    Raises `CrowdedError` where too many wait for something already.
    """
    with waiting(), _AT_ONCE:
        try:
            _HASHER.verify(stored or _NOBODYS, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def _bytes(password: str) -> bytes:
    """Any text will do, half a surrogate pair included."""
    return password.encode("utf-8", "surrogatepass")


def mark_of(stored: str | None) -> str:
    """Return what tells a stored hash from any other, and is of no use to guess by: each password set has its own."""
    return hashlib.sha256((stored or "").encode()).hexdigest()


class VerifiedCredentials:
    """A bounded memory of credentials verified a short while ago.

    Holds keyed digests alone: of (user name, password) to the stored hash it was verified against. Whoever asks
    compares that with the hash stored now, so a changed password is dead at once, in every process.
    """

    def __init__(
        self, *, size: int = 10_000, lifetime: float = 300.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Remember `size` credentials at the most, each for `lifetime` seconds."""
        self._size = size
        self._lifetime = lifetime
        self._monotonic = monotonic
        self._secret = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def stored_hash(self, username: str, password: str) -> str | None:
        """Return the hash these credentials were verified against; None when that is unknown or too long ago."""
        known = self._known.get(self._digest(username, password))
        if known is None or self._monotonic() > known[1]:
            return None
        return known[0]

    def remember(self, username: str, password: str, stored: str) -> None:
        """Remember that these credentials were verified against a stored hash."""
        digest = self._digest(username, password)
        with self._lock:
            self._known[digest] = (stored, self._monotonic() + self._lifetime)
            self._known.move_to_end(digest)
            while len(self._known) > self._size:
                self._known.popitem(last=False)

    def _digest(self, username: str, password: str) -> bytes:
        # Lengths stand first, so that no two pairs run into the same text.
        data = f"{len(username)}:{username}{password}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, key=self._secret, digest_size=32).digest()
