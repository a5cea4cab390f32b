"""What time is spent on."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.naming import shown, storable
from smartertrack_emu.domain.text import key

from .models import TimeLogCategory


class Category(NamedTuple):
    """A category of time logs."""

    id: int
    name: str
    description: str


def time_log_categories(session: Session) -> list[Category]:
    """Return all categories."""
    columns = select(TimeLogCategory.id, TimeLogCategory.name, TimeLogCategory.description)
    return [Category(*row) for row in session.execute(columns.order_by(TimeLogCategory.id))]


def category_named(session: Session, name: str) -> int:
    """Return the id of the category with this name, whatever its letter case; NotFound."""
    wanted = key(storable(name))
    found = next((one.id for one in time_log_categories(session) if key(one.name) == wanted), None)
    if found is None:
        raise NotFound(f"There is no time log category {shown(name)}.")
    return found
