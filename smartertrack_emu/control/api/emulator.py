"""The server that the control API is about."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from smartertrack_emu.config import Settings
from smartertrack_emu.control.jobs import Jobs
from smartertrack_emu.control.journal.declared import Service
from smartertrack_emu.control.journal.store import Journal
from smartertrack_emu.control.logs import LogFiles
from smartertrack_emu.control.state.state import State
from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.desk.mailing import Mailing
from smartertrack_emu.domain import clock

Catalogue: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]
"""What can be called: services with their operations, and those with their inputs without credentials, as on the
wire."""


@dataclass(frozen=True, slots=True)
class Started:
    """When a server started, all its processes together: by the machine's clock, and on one that never jumps."""

    at: datetime = field(default_factory=clock.machine)
    monotonic: float = field(default_factory=time.monotonic)

    @property
    def seconds_ago(self) -> float:
        """How many seconds ago that was."""
        return time.monotonic() - self.monotonic


@dataclass(frozen=True, slots=True)
class Emulator:
    """A server's desk and settings, what can be called, when it started, its state, journal, jobs and log files.

    `declared` describes what can be called, for explanations; `mail` is what speaks to mail servers.
    """

    desk: Desk
    settings: Settings
    catalogue: Catalogue
    started: Started
    state: State
    journal: Journal
    jobs: Jobs
    logs: LogFiles
    declared: Callable[[], Sequence[Service]]
    mail: Mailing
