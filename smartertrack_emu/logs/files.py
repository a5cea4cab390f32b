"""The log's file, which several processes write and one of them rotates.

A process writes a line with one system call to a descriptor in append mode, so lines of several processes never mix.
Now and then it looks whether the path still names its file. Where it does not, another process has rotated it, or a
person has moved it: the new file takes the place of the old one under the same descriptor. Where the file has grown too
large, the process that gets the lock rotates it. What others write until they look stands in the file that was moved.

Windows moves no file that is open. There the file is closed, moved and opened again while the threads wait to write.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from smartertrack_emu.store import disk

_SECONDS_BETWEEN_LOOKS = 1.0
_BYTES_BETWEEN_LOOKS = 64 * 1024


class LogFile:
    """A file that lines are appended to, by threads and processes at once."""

    def __init__(self, path: Path, *, max_bytes: int, kept: int) -> None:
        """Open the file. `max_bytes`: when it is rotated, 0 for never; `kept`: how many older files stay beside it."""
        self._path = path
        self._max_bytes = max_bytes
        self._kept = kept
        self._descriptor = disk.open_to_append(path)
        self._writing = threading.Lock()
        self._unlooked = 0
        self._look_at = time.monotonic() + _SECONDS_BETWEEN_LOOKS
        self._looking = threading.Lock()

    def write(self, data: bytes) -> None:
        """Append whole lines; OSError where they cannot be written."""
        self._unlooked += len(data)
        if self._unlooked >= _BYTES_BETWEEN_LOOKS or time.monotonic() >= self._look_at:
            self._look()
        with self._writing:
            os.write(self._descriptor, data)

    def _look(self) -> None:
        """See to it that the path names the file written to, and that it is not too large."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._unlooked = 0
            self._look_at = time.monotonic() + _SECONDS_BETWEEN_LOOKS
            # A log that cannot be rotated goes on in the file it has.
            with suppress(OSError):
                if not self._is_at_path():
                    self._reopen()
                elif self._is_too_large():
                    self._rotate()
        finally:
            self._looking.release()

    def _is_at_path(self) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            return False

    def _is_too_large(self) -> bool:
        return 0 < self._max_bytes <= os.fstat(self._descriptor).st_size

    def _rotate(self) -> None:
        # Whoever comes second finds the new file when it looks again.
        with disk.lock_directory(self._path.parent):
            if not self._is_at_path():
                self._reopen()
                return
            # Up to the first gap, or over the oldest.
            last = next((n for n in range(1, self._kept) if not self._numbered(n).exists()), self._kept)
            for number in range(last, 1, -1):
                self._numbered(number - 1).replace(self._numbered(number))
            try:
                self._path.replace(self._numbered(1))
            except PermissionError:
                with self._writing:
                    self._let_go()
                    try:
                        self._path.replace(self._numbered(1))
                    finally:
                        self._reopen()
            else:
                self._reopen()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def _let_go(self) -> None:
        """Close the file, and keep the descriptor's number: another file would get it."""
        self._take(os.open(os.devnull, os.O_WRONLY))

    def _reopen(self) -> None:
        """Write to the file at the path from now on."""
        self._take(disk.open_to_append(self._path))

    def _take(self, new: int) -> None:
        """Put a file under the descriptor's number, at once: another thread may be writing to it."""
        try:
            os.dup2(new, self._descriptor, inheritable=False)
        finally:
            os.close(new)


class Log:
    """Standard error and a file: whatever is written goes to both."""

    def __init__(self, stderr: int, file: LogFile) -> None:
        """Take the descriptor of standard error and the file."""
        self._stderr = stderr
        self._file = file

    def write(self, lines: str) -> None:
        """Write whole lines; a log that cannot be written stops nobody's request."""
        data = lines.encode("utf-8", "backslashreplace")
        # contextlib.suppress takes half as long as the writing, and this is done with every request.
        try:  # noqa: SIM105
            os.write(self._stderr, data)
        except OSError:
            pass
        try:  # noqa: SIM105
            self._file.write(data)
        except OSError:
            pass
