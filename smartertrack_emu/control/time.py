"""Setting the clock of all processes: to a moment, forward, and back to the machine's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.clock import Setting
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.structure import emulation

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(3000, 1, 1, tzinfo=UTC)
"""The clock can be set from the first of these up to, and not including, the second (ours)."""


def setting(session: Session) -> Setting:
    """Return how the clock is set."""
    return emulation.read(session)[1]


def reading_of(setting: Setting) -> tuple[datetime, float]:
    """Return what time it is by a setting, and by how many seconds that is ahead of the machine's clock."""
    if setting.frozen is None:
        return setting.now(), setting.offset.total_seconds()
    return setting.frozen, (setting.frozen - clock.machine()).total_seconds()


def set_clock(session: Session, moment: datetime | None, *, frozen: bool) -> None:
    """Set the clock to a moment (None: the present one by it), standing still or running; see `EARLIEST`."""
    before = _locked(session)
    machine = clock.machine()
    moment = moment or before.frozen or machine + before.offset
    emulation.set_clock(session, emulation.set_to(moment, machine=machine, frozen=frozen))


def advance(session: Session, by: timedelta) -> None:
    """Move the clock forward; one that stands still goes on standing. BadValue where that is beyond `LATEST`."""
    moved = emulation.moved(_locked(session), by)
    if moved.now() >= LATEST:
        raise BadValue("seconds", f"lead beyond the year {LATEST.year - 1}.")
    emulation.set_clock(session, moved)


def reset(session: Session) -> None:
    """Let the clock be the machine's."""
    emulation.set_clock(session, Setting())


def _locked(session: Session) -> Setting:
    """Return how the clock is set, with nobody else setting it before this transaction has ended."""
    emulation.begin_epoch(session)
    return emulation.read(session)[1]
