"""Answers that have no end: whoever gives out threads wants to know of them, so that they take none that answers calls.

They say so here, where everything that sends such answers can reach it; without them nothing happens. It is for answers
what `waiting` is for waits.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

_around: Callable[[], AbstractContextManager[object]] = nullcontext


def tell(around: Callable[[], AbstractContextManager[object]]) -> None:
    """Put `around()` around every endless answer of this process; it raises `CrowdedError` where one is too many."""
    global _around  # noqa: PLW0603 - one a process, as its threads are
    _around = around


def streaming() -> AbstractContextManager[object]:
    """Return what stands around an endless answer, in the thread that sends it; entering may raise `CrowdedError`."""
    return _around()
