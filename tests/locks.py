"""Locks of files, by which the processes of a test run, and the runs themselves, know of each other."""

from __future__ import annotations

import sys
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def lock(file: IO[str], *, wait: bool = True) -> None:
        """Hold a file's lock until it is closed; OSError when another process holds it and nobody is to `wait`."""
        while True:
            try:
                # The first byte; waiting, this asks ten times, a second apart.
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    raise
            else:
                return
else:
    import fcntl

    def lock(file: IO[str], *, wait: bool = True) -> None:
        """Hold a file's lock until it is closed; OSError when another process holds it and nobody is to `wait`."""
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
