"""Moments as pages show them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from smartertrack_emu.domain.html import encode


def shown(moment: datetime, zone: tzinfo) -> str:
    """Return a moment as HTML, in a time zone, to the minute."""
    local = moment.astimezone(zone)
    return f'<time datetime="{local.isoformat(timespec="minutes")}">{encode(f"{local:%Y-%m-%d %H:%M %Z}")}</time>'
