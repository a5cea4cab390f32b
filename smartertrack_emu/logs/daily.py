"""The daily log files of the diagnostics: one a kind and day of the helpdesk's clock, in UTC.

    logging.getLogger("smartertrack_emu.log.smtp").info("mail 17: 250 Ok")

Whoever has something for one of these files logs it under the kind's name. The errors file also gets every warning and
error of the program itself. A file that grows too large is followed by another one of the same day (documented: daily
files of SMTP, POP and errors; the other kinds, the names and the limit are ours).
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date
from pathlib import Path
from typing import Final

from smartertrack_emu.domain import clock
from smartertrack_emu.store import disk

from .text import Formatter, in_one_line, mask

KINDS: Final = ("smtp", "pop", "import", "errors", "events", "jobs", "query", "lock", "cache", "admin")
"""What there is a file for; `admin`: logins to the control API."""

PREFIX: Final = "smartertrack_emu.log."
"""The name of a kind's logger begins with it."""

MOST_BYTES: Final = 50 * 1024 * 1024
"""When a day's file is followed by another one."""

_NAME: Final = re.compile(rf"(\d{{4}})\.(\d\d)\.(\d\d)-({'|'.join(KINDS)})(?:-(\d{{1,4}}))?\.log", re.ASCII)
_LOOK_EVERY: Final = 1024 * 1024


class DailyFile:
    """The files of one kind, which several processes append to, a line with one system call: so lines never mix."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._folder = folder
        self._kind = kind
        self._lock = threading.Lock()
        self._day: date | None = None
        self._descriptor = -1
        self._unlooked = 0

    def write(self, lines: str) -> None:
        """Append whole lines; what cannot be written stops nobody."""
        data = lines.encode("utf-8", "backslashreplace")
        with self._lock, suppress(OSError):
            today = clock.now().date()
            self._unlooked += len(data)
            if today != self._day or self._unlooked >= _LOOK_EVERY or not self._is_there():
                self._open(today)
            os.write(self._descriptor, data)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._let_go()
            self._day = None

    def _is_there(self) -> bool:
        """Say whether nobody has removed the file."""
        return self._descriptor >= 0 and (os.name == "nt" or os.fstat(self._descriptor).st_nlink > 0)

    def _open(self, today: date) -> None:
        self._let_go()
        number = 1
        while self._path(today, number + 1).exists():
            number += 1
        path = self._path(today, number)
        if path.exists() and path.stat().st_size >= MOST_BYTES:
            path = self._path(today, number + 1)
        self._descriptor = disk.open_to_append(path)
        self._day, self._unlooked = today, 0

    def _let_go(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _path(self, day: date, number: int) -> Path:
        suffix = "" if number == 1 else f"-{number}"
        return self._folder / f"{day:%Y.%m.%d}-{self._kind}{suffix}.log"


class DailyHandler(logging.Handler):
    """Writes records to the files of a kind: `HH:MM:SS.mmm [thread] text`, further lines indented."""

    def __init__(self, folder: Path, kind: str) -> None:
        super().__init__()
        self._file = DailyFile(folder, kind)
        self.setFormatter(Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one."""
        try:
            first, *others = self.format(record).split("\n")
            time = clock.now().astimezone(UTC).strftime("%H:%M:%S.%f")[:-3]
            lines = [f"{time} [{record.threadName}] {first}", *(f"    {line.lstrip()}" for line in others)]
            self._file.write("\n".join(lines) + "\n")
        except Exception:  # noqa: BLE001 - as every handler does: what cannot be logged stops nobody
            self.handleError(record)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        super().close()


class _Several(Formatter):
    """Writes a record whose message has several lines on purpose, each of them safe."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return "\n".join(in_one_line(mask(line)) for line in record.message.split("\n"))


def configure(folder: Path) -> Callable[[], object]:
    """Write the daily files into a folder, which is there; return what ends that."""
    added: list[tuple[logging.Logger, logging.Handler]] = []

    def add(logger: logging.Logger, kind: str) -> logging.Handler:
        handler = DailyHandler(folder, kind)
        logger.addHandler(handler)
        added.append((logger, handler))
        return handler

    for kind in KINDS:
        logger = logging.getLogger(PREFIX + kind)
        logger.propagate = kind == "errors"
        logger.setLevel(logging.INFO)
        if kind != "errors":
            add(logger, kind).setFormatter(_Several("%(message)s"))
    add(logging.getLogger(), "errors").setLevel(logging.WARNING)

    def end() -> None:
        for logger, handler in added:
            logger.removeHandler(handler)
            handler.close()

    return end


def read_name(name: str) -> tuple[date, str] | None:
    """Return the day and the kind of a file by its name; None where it is no such file's."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])), found[4]
    except ValueError:
        return None
