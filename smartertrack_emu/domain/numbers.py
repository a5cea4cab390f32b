"""Ticket, chat and call numbers, such as `168-24F24A57-000E`."""

from datetime import UTC, datetime
from secrets import randbelow

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def make_number(row_id: int, at: datetime) -> str:
    """The number of the row with that id: three random digits, the UTC second since 2000, a rising counter.

    The counter is the row's id (its last 16 bits), so that no counter of its own has to be locked. The form is seen;
    all digits are hexadecimal. A moment before 2000, or after 2136, is counted round.
    """
    second = int((at - _EPOCH).total_seconds()) & 0xFFFFFFFF
    return f"{randbelow(0x1000):03X}-{second:08X}-{row_id & 0xFFFF:04X}"
