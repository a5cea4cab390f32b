"""Moments as pages show them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from sqlalchemy.orm import Session

from smartertrack_emu.domain import dates
from smartertrack_emu.domain.errors import NotPossible
from smartertrack_emu.domain.html import encode


def zone_of(session: Session) -> tzinfo:
    """Return the installation's time zone, UTC where this server does not know it."""
    try:
        return dates.zone_of(session)
    except NotPossible:
        return UTC


def shown(moment: datetime, zone: tzinfo) -> str:
    """Return a moment as HTML, in a time zone, to the minute."""
    local = moment.astimezone(zone)
    return f'<time datetime="{local.isoformat(timespec="minutes")}">{encode(f"{local:%Y-%m-%d %H:%M %Z}")}</time>'
