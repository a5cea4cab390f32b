"""What time is spent on."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

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
