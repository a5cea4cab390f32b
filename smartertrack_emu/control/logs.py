"""The daily log files: which there are, what is in them, removing one."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.naming import shown

ReadName = Callable[[str], tuple[date, str] | None]
"""Gives the day and the kind of a file by its name."""


class LogFile(NamedTuple):
    """A log file: its name, what it holds, its day by the helpdesk's clock, and its length."""

    name: str
    kind: str
    day: date
    bytes: int


class LogFiles:
    """The daily log files of a server in their folder."""

    def __init__(self, folder: Path, read_name: ReadName) -> None:
        self._folder = folder
        self._read_name = read_name

    def all(self) -> list[LogFile]:
        """Return all files, newest day first, those of a day by their names."""
        found = [self._file(entry) for entry in os.scandir(self._folder)] if self._folder.is_dir() else []
        return sorted((one for one in found if one is not None), key=lambda one: (-one.day.toordinal(), one.name))

    def path(self, name: str) -> Path:
        """Return the path of a file; NotFound for a name that is not in the list."""
        if not any(one.name == name for one in self.all()):
            message = f"There is no log file {shown(name)}."
            raise NotFound(message)
        return self._folder / name

    def delete(self, name: str) -> None:
        """Remove a file; one that is being written to, today's, is emptied. NotFound."""
        path = self.path(name)
        known = self._read_name(name)
        if known is not None and known[0] >= clock.now().date():
            os.truncate(path, 0)
        else:
            path.unlink(missing_ok=True)

    def delete_before(self, day: date) -> int:
        """Remove the files of all days before one, and say how many there were."""
        old = [one for one in self.all() if one.day < day]
        for one in old:
            (self._folder / one.name).unlink(missing_ok=True)
        return len(old)

    def _file(self, entry: os.DirEntry[str]) -> LogFile | None:
        known = self._read_name(entry.name)
        if known is None or not entry.is_file(follow_symlinks=False):
            return None
        return LogFile(entry.name, known[1], known[0], entry.stat().st_size)
