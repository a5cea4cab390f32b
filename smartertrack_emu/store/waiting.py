"""Waiting for something else than the processor: a lock, a password's turn, another server.

Whoever gives out threads wants to know of it, so that those who wait keep nobody from being answered. They say so here,
where everything that waits can reach it; without them nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext


class CrowdedError(Exception):
    """As many calls wait as may: this one is to be tried again in a while."""


_around: Callable[[], AbstractContextManager[object]] = nullcontext


def tell(around: Callable[[], AbstractContextManager[object]]) -> None:
    """Put `around()` around every wait of this process; it raises `CrowdedError` where one more is too many."""
    global _around  # noqa: PLW0603 - one a process, as its threads are
    _around = around


@contextmanager
def waiting() -> Iterator[None]:
    """Wait in the block. Raises `CrowdedError` before it begins."""
    with _around():
        yield
