"""The one clock of the helpdesk: nothing else asks the machine for the time, so that tests and users can set it.

Where users set it, it stands in the database for all processes (`settings`); each process follows what stands there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import get_ident
from typing import ClassVar, Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Setting:
    """How far the clock is ahead of the machine's, or at which moment it stands still."""

    offset: timedelta = timedelta(0)
    frozen: datetime | None = None

    def now(self) -> datetime:
        """Return the moment that it is by this setting."""
        return datetime.now(UTC) + self.offset if self.frozen is None else self.frozen


class _State:
    """Of the process, not of a thread: a test sets the clock of the server's threads.

    `ahead` and `frozen` are what `now` looks at; `shift` and `held` stand over the setting, for tests. `unset`: the
    threads in which the setting does not hold.
    """

    unset: ClassVar[set[int]] = set()
    setting = Setting()
    shift = timedelta(0)
    held: datetime | None = None
    ahead = timedelta(0)
    frozen: datetime | None = None

    @classmethod
    def settle(cls) -> None:
        """Compute what `now` looks at."""
        cls.ahead = cls.setting.offset + cls.shift
        if cls.held is not None:
            cls.frozen = cls.held
        else:
            cls.frozen = None if cls.setting.frozen is None else cls.setting.frozen + cls.shift


def now() -> datetime:
    """The moment, aware, UTC, to the microsecond."""
    if _State.unset and get_ident() in _State.unset:
        return _State.held or machine() + _State.shift
    if _State.frozen is not None:
        return _State.frozen
    return datetime.now(UTC) + _State.ahead


def machine() -> datetime:
    """The moment by the machine's own clock, aware, UTC: for what does not follow the helpdesk's."""
    return datetime.now(UTC)


def follow(setting: Setting) -> None:
    """Let this process's clock be as the setting says from now on."""
    _State.setting = setting
    _State.settle()


def setting_of(offset_us: int, frozen_us: int | None) -> Setting:
    """Return the setting that the installation's columns say."""
    frozen = None if frozen_us is None else _EPOCH + timedelta(microseconds=frozen_us)
    return Setting(timedelta(microseconds=offset_us), frozen)


def columns_of(setting: Setting) -> dict[str, int | None]:
    """Return the installation's columns for a setting."""
    frozen = setting.frozen
    return {
        "clock_offset_us": setting.offset // _MICROSECOND,
        "clock_frozen_us": None if frozen is None else (frozen - _EPOCH) // _MICROSECOND,
    }


@contextmanager
def unset() -> Iterator[None]:
    """Let the clock be, in this thread alone, as at a first start: as nobody has set it."""
    _State.unset.add(get_ident())
    try:
        yield
    finally:
        _State.unset.discard(get_ident())


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stop this process's clock at `at`, which is aware (else `ValueError`); it goes on as before afterwards."""
    if at.tzinfo is None:
        raise ValueError("the clock is set to an aware datetime")
    before, _State.held = _State.held, at.astimezone(UTC)
    _State.settle()
    try:
        yield
    finally:
        _State.held = before
        _State.settle()


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Let this process's clock, running or stopped, be ahead by `by` (behind when negative), on top of the rest."""
    before = _State.shift, _State.held
    _State.shift += by
    if _State.held is not None:
        _State.held += by
    _State.settle()
    try:
        yield
    finally:
        _State.shift, _State.held = before
        _State.settle()
