"""How a ticket's history says what changed from what to what."""

from __future__ import annotations

from datetime import UTC, datetime

from smartertrack_emu.domain.naming import shown


def described(what: str, before: object, after: object) -> str:
    """Return a sentence like "Subject: from 'Old' to 'New'."."""
    return f"{what}: from {_written(before)} to {_written(after)}."


def _written(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, datetime):
        return moment(value)
    return shown(value) if isinstance(value, str) else str(value)


def moment(value: datetime) -> str:
    """Return a moment as the history writes it: `2019-08-23 22:16 UTC`."""
    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(' ', timespec='minutes')} UTC"
