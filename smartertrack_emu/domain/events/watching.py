"""Which types of events rules name: what every process has to know of the rules."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import EventRule


def watched(session: Session) -> frozenset[int]:
    """Return the types of events that enabled rules name, by what stands in the database."""
    return frozenset(session.scalars(select(EventRule.event_id).where(EventRule.enabled).distinct()))
