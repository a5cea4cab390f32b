"""Searching by the date opened finds what it would without the classes of spans (ours), whatever the dates are."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from smartertrack_emu.domain.models import Brand, Department, Group, Ticket, User
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.tickets import spans
from smartertrack_emu.domain.tickets.search import TicketSearch, search
from smartertrack_emu.store.unit_of_work import reading, writing

START = datetime(2020, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _fill(engine: Engine, dates: list[tuple[datetime, datetime]]) -> None:
    with writing(engine) as session:
        create_initial(session, admin_password_hash="x", with_structure=True)
        places = {
            "brand_id": session.scalars(select(Brand.id)).one(),
            "department_id": session.scalars(select(Department.id)).one(),
            "group_id": session.scalars(select(Group.id)).one(),
            "agent_id": session.scalars(select(User.id).order_by(User.id)).first(),
        }
        rows: list[dict[str, Any]] = [
            {
                **places,
                "id": number,
                "number": f"{number:017}",
                "opened_at": opened,
                "last_activity_at": active,
                "portal_token": f"{number:043}",
                "is_spam": number % 3 == 0,
            }
            for number, (opened, active) in enumerate(dates, 1)
        ]
        session.execute(insert(Ticket), rows)


def test_the_class_of_a_span(engine: Engine) -> None:
    lengths = [timedelta(0), HOUR, HOUR + timedelta(minutes=1), 4 * HOUR, 5 * HOUR, 65536 * HOUR, 70000 * HOUR]
    _fill(engine, [(START, START + length) for length in lengths])
    with reading(engine) as session:
        assert list(session.scalars(select(Ticket.activity_span).order_by(Ticket.id))) == [0, 0, 1, 1, 2, 8, spans.LAST]


@pytest.mark.parametrize("seed", range(4))
def test_the_same_tickets_in_the_same_order(engine: Engine, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - dates
    dates = []
    for _ in range(400):
        opened = START + timedelta(minutes=chance.randrange(2 * 365 * 24 * 60))
        dates.append((opened, opened + HOUR * chance.choice([0, 0.5, 1, *spans.HOURS, 4.0001, 100, 9000, 70000])))
    _fill(engine, dates)
    found_some = 0
    for _ in range(40):
        until = chance.choice(dates)[0] + timedelta(seconds=chance.choice([-1, 0, 1]))
        after = until - timedelta(days=chance.randrange(500)) if chance.random() < 0.3 else None
        wanted = TicketSearch(opened_from=after, opened_to=until, max_results=chance.choice([1, 7, 1000]))
        wanted.is_spam = chance.choice([None, True, False])
        meeting = [
            (active, number)
            for number, (opened, active) in enumerate(dates, 1)
            if opened <= until
            and (after is None or opened >= after)
            and (wanted.is_spam is None or (number % 3 == 0) == wanted.is_spam)
        ]
        meeting.sort(reverse=True)
        assert wanted.max_results is not None
        with reading(engine) as session:
            found = [row.id for row in search(session, SYSTEM, wanted)]
        assert found == [number for _, number in meeting[: wanted.max_results]]
        found_some += bool(found)
    assert found_some > 20


def test_a_date_at_the_end_of_time(engine: Engine) -> None:
    _fill(engine, [(START, START + HOUR)])
    with reading(engine) as session:
        for until in (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)):
            found = search(session, SYSTEM, TicketSearch(opened_to=until, max_results=10))
            assert len(found) == (until.year == 9999)
