"""What all processes of an emulator agree on and what stands in the database for that: its epoch and its clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.store.prepared import Prepared

from .models import Installation

_columns = Installation.__table__.c
_EPOCH = Prepared(select(_columns.epoch))
_EMULATION = Prepared(select(_columns.epoch, _columns.clock_offset_us, _columns.clock_frozen_us))


def epoch(session: Session) -> int:
    """Return the installation's epoch, 0 where there is no installation yet."""
    row = _EPOCH.one_or_none(session, {})
    return 0 if row is None else int(row.epoch)


def read(session: Session) -> tuple[int, clock.Setting]:
    """Return the installation's epoch and the setting of its clock."""
    row = _EMULATION.one_or_none(session, {})
    if row is None:
        return 0, clock.Setting()
    return row.epoch, clock.setting_of(row.clock_offset_us, row.clock_frozen_us)


def begin_epoch(session: Session) -> None:
    """Have every process forget what it knows, and look again, from the end of this transaction on."""
    session.execute(update(Installation).values(epoch=Installation.epoch + 1))


def set_clock(session: Session, setting: clock.Setting) -> None:
    """Set the clock of all processes."""
    session.execute(update(Installation).values(epoch=Installation.epoch + 1, **clock.columns_of(setting)))


def moved(setting: clock.Setting, by: timedelta) -> clock.Setting:
    """Return a setting that is ahead of another; a clock that stands still stays so."""
    if setting.frozen is not None:
        return clock.Setting(setting.offset, setting.frozen + by)
    return clock.Setting(setting.offset + by)


def set_to(moment: datetime, *, machine: datetime, frozen: bool) -> clock.Setting:
    """Return the setting by which it is `moment` when the machine's clock says `machine`."""
    return clock.Setting(moment - machine, moment if frozen else None)
