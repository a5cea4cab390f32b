"""Give memory back to the system, where the C library would keep it.

glibc raises its bounds with every large block freed, and then keeps as much of each thread's memory: one request of 60
MB a thread, and the process stays at 60 MB a thread. On other C libraries the functions here do nothing.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MAX_FAST = -1, -3, 1
"""mallopt's names for the bounds, from malloc.h."""

_OWN_MAPPING = 1024 * 1024
"""Bytes from which a block is mapped by itself, and unmapped when it is freed."""

_KEPT = 2 * 1024 * 1024
"""Bytes that a thread may keep free at the end of its memory."""


@cache
def _library() -> Any | None:
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None


def set_bounds() -> None:
    """Fix what the C library keeps of freed memory, for the whole process."""
    library = _library()
    if library is not None:
        library.mallopt(_TRIM_THRESHOLD, _KEPT)
        library.mallopt(_MMAP_THRESHOLD, _OWN_MAPPING)
        library.mallopt(_MAX_FAST, 0)  # small blocks are joined when freed, or they would hold the end of the memory


def give_back() -> None:
    """Return what is free between the blocks in use: an XML tree is many small ones."""
    library = _library()
    if library is not None:
        library.malloc_trim(0)


def let_go(error: BaseException) -> None:
    """Take the frames off an error that has been answered, and off those that it came from.

    Frames hold the request they worked on, and one of them may hold the error itself: a circle that nothing ends before
    the collector next runs.
    """
    pending: list[BaseException | None] = [error]
    while pending:
        each = pending.pop()
        if each is not None:
            each.__traceback__ = None
            pending += [each.__cause__, each.__context__]
            each.__cause__ = each.__context__ = None
