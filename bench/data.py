"""A database to measure on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from smartertrack_emu import setup
from smartertrack_emu.config import Settings
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.people.models import ADMIN_ID
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import ALL_RIGHTS
from smartertrack_emu.domain.tickets.creation import NewTicket, create
from smartertrack_emu.domain.tickets.models import Direction
from smartertrack_emu.store.unit_of_work import writing

SEED = Path(__file__).parents[1] / "tests" / "data" / "acme.yaml"

ADMINISTRATOR = Principal(
    id=ADMIN_ID,
    username="admin",
    display_name="Administrator",
    email="",
    role_ids=frozenset({6}),
    group_ids=frozenset(),
    is_agent=True,
    is_manager=False,
    is_administrator=True,
    rights=ALL_RIGHTS,
)


def fill(directory: Path, *, tickets: int) -> None:
    """Make a database with the tests' people and departments, and so many tickets of department 1, group 1."""
    engine = setup.prepare(Settings(data=directory, seed=SEED, sqlite_synchronous="OFF"))
    with writing(engine) as session:
        add_tickets(session, tickets)
    engine.dispose()


def add_tickets(session: Session, number: int) -> None:
    """Open tickets one minute apart, the last one now."""
    now = clock.now()
    for index in range(number):
        new = NewTicket(
            direction=Direction.FROM_CUSTOMER,
            customer=f"customer{index % 50}@example.com",
            subject=f"Ticket {index}: I cannot log in since Monday",
            body="Please help.",
            is_html=False,
            department_id=1,
            group_id=1,
            opened_at=now - timedelta(minutes=number - index),
        )
        create(session, ADMINISTRATOR, new)
