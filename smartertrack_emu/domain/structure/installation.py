"""What holds for the whole installation: its name, its time zone."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotPossible

from .models import Installation


def server_name(session: Session) -> str:
    """Return the installation's name."""
    return session.scalar(select(Installation.server_name)) or ""


def guid(session: Session) -> str:
    """Return what tells this installation's mails from all others': a GUID made with the database."""
    return session.scalar(select(Installation.guid)) or ""


def time_zone(session: Session) -> tzinfo:
    """Return the installation's time zone, that of dates which name none; NotPossible where this server lacks it."""
    name = session.scalar(select(Installation.time_zone)) or "UTC"
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise NotPossible(f"The installation's time zone {name!r} is not known on this server.") from None


def time_zone_to_show(session: Session) -> tzinfo:
    """Return the time zone in which moments are shown: the installation's, UTC where this server lacks it."""
    try:
        return time_zone(session)
    except NotPossible:
        return UTC
