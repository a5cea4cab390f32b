"""The one clock of the helpdesk: nothing else asks the machine for the time, so that tests and users can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


class _State:
    """Of the process, not of a thread: a test sets the clock of the server's threads."""

    offset = timedelta(0)
    frozen: datetime | None = None


def now() -> datetime:
    """The moment, aware, UTC, to the microsecond."""
    if _State.frozen is not None:
        return _State.frozen
    return datetime.now(UTC) + _State.offset


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stop the clock at `at`, which is aware (else `ValueError`), and let it go on as before afterwards."""
    if at.tzinfo is None:
        raise ValueError("the clock is set to an aware datetime")
    before, _State.frozen = _State.frozen, at.astimezone(UTC)
    try:
        yield
    finally:
        _State.frozen = before


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Let the clock, running or stopped, be ahead by `by` (behind when negative), on top of any other shift."""
    before = _State.offset, _State.frozen
    _State.offset += by
    if _State.frozen is not None:
        _State.frozen += by
    try:
        yield
    finally:
        _State.offset, _State.frozen = before


def set_offset(by: timedelta) -> None:
    """Let the clock be ahead of the machine's by `by` from now on; zero sets it right again."""
    _State.offset = by
