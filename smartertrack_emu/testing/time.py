"""The server's clock, set for a while."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from .changes import Change
from .control import Control

__tracebackhide__ = True  # pytest shows the line of the test

Moment: TypeAlias = "datetime | date | str"
"""A moment. A text is ISO 8601; what has no zone is in UTC, and a date without a time begins its day."""


def moment_of(given: Moment) -> datetime:
    """Return a moment, aware, UTC; ValueError for a text that is none."""
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            message = f"{given!r} is no moment; 2031-01-01 and 2031-02-28T23:59:00Z are."
            raise ValueError(message) from None
    if not isinstance(given, datetime):
        given = datetime(given.year, given.month, given.day, tzinfo=UTC)
    return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)


def written(moment: datetime) -> str:
    """Return a moment as the control API takes it."""
    return moment.isoformat().replace("+00:00", "Z")


class SetClock(Change):
    """A clock that was set, and can be put back to what it was: by `put_back`, or by the end of a `with` block."""

    def __init__(self, control: Control, moment: Moment, *, frozen: bool) -> None:
        """Set the clock."""
        self._control = control
        at = written(moment_of(moment))
        self._before: dict[str, Any] = control.get("clock")
        control.put("clock", body={"now": at, "frozen": frozen})

    def put_back(self) -> None:
        """Let the clock be as before; a clock that ran on goes on as far ahead of the machine's as it was."""
        if not self.is_set:
            return
        before = self._before
        if before["frozen"]:
            self._control.put("clock", body={"now": before["now"], "frozen": True})
        elif before["offset_seconds"] == 0:
            self._control.delete("clock")
        else:
            present = self._control.get("clock")
            ahead = timedelta(seconds=before["offset_seconds"] - present["offset_seconds"])
            self._control.put("clock", body={"now": written(moment_of(present["now"]) + ahead), "frozen": False})
        self.is_set = False

    undo = put_back
