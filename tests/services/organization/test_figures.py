"""Figures, custom fields and categories over HTTP: members documented; the day by the installation's zone is ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.calllogs.models import CallLog
from smartertrack_emu.domain.chats.models import Chat
from smartertrack_emu.domain.structure.models import Installation
from smartertrack_emu.domain.tasks.models import Task, TaskStatus
from smartertrack_emu.domain.tickets.models import Ticket
from tests.services.api import Api, items

NOON = datetime(2030, 7, 1, 12, tzinfo=UTC)


def ticket(session: Session, number: str, agent_id: int, opened: datetime, *, waited: float | None = None) -> None:
    session.add(
        Ticket(
            number=number,
            portal_token=number,
            brand_id=1,
            department_id=1,
            group_id=1,
            agent_id=agent_id,
            opened_at=opened,
            first_response_at=None if waited is None else opened + timedelta(minutes=waited),
        )
    )


def test_what_agents_have_on_hand(api: Api) -> None:
    found = items(api.organization("alice").GetActiveItemCounts(False).ActiveItems)
    by_name = {
        item.Agent.UserName: (item.ActiveTicketsCount, item.ActiveLiveChatsCount, item.InProgressTasksCount)
        for item in found
    }
    assert by_name == {
        "admin": (0, 0, 0),
        "alice": (1, 1, 1),
        "bob": (0, 0, 0),
        "carol": (0, 0, 0),
        "mary": (0, 0, 0),
    }
    (own,) = items(api.organization("bob").GetActiveItemCounts(True).ActiveItems)
    assert own.Agent.ID == 5


def test_deleted_waiting_and_finished_items_are_not_on_hand(api: Api) -> None:
    with Session(api.engine) as session:
        ticket(session, "A", 5, NOON)
        session.execute(update(Ticket).where(Ticket.number != "A").values(is_deleted=True))
        session.execute(update(Chat).values(is_active=False))
        session.execute(update(Task).values(status=TaskStatus.COMPLETED))
        session.commit()
    found = items(api.organization("alice").GetActiveItemCounts(False).ActiveItems)
    assert {
        item.Agent.UserName: (item.ActiveTicketsCount, item.ActiveLiveChatsCount, item.InProgressTasksCount)
        for item in found
        if item.Agent.UserName in ("alice", "bob")
    } == {"alice": (0, 0, 0), "bob": (1, 0, 0)}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", (2, 1, 1, 20.0)),  # of the tickets opened at 00:00 and 11:00
        ("America/New_York", (1, 0, 1, 30.0)),  # the day begins at 04:00 UTC
        ("Asia/Tokyo", (3, 1, 1, 17.5)),  # and here at 15:00 the day before
    ],
)
def test_totals_of_the_installations_day(api: Api, zone: str, expected: tuple[int, int, int, float]) -> None:
    midnight = NOON.replace(hour=0)
    with Session(api.engine) as session:
        session.execute(update(Installation).values(time_zone=zone))
        ticket(session, "A", 4, midnight - timedelta(hours=1), waited=12.5)
        ticket(session, "B", 4, midnight, waited=10)
        ticket(session, "C", 4, NOON - timedelta(hours=1), waited=30)
        ticket(session, "D", 4, NOON - timedelta(days=2), waited=1)
        session.add(Chat(number="X", brand_id=1, department_id=1, group_id=1, agent_id=4, started_at=midnight))
        session.add(CallLog(number="Y", subject="s", group_id=1, agent_id=4, created_at=NOON - timedelta(minutes=1)))
        session.commit()
    with clock.frozen(NOON):
        found = items(api.organization("alice").GetDailyTotals(False).StatItems)
        (own,) = items(api.organization("alice").GetDailyTotals(True).StatItems)
    totals = {
        item.Agent.UserName: (
            item.DailyTicketCount,
            item.DailyChatCount,
            item.DailyCallLogCount,
            round(item.AverageTicketResponseTime, 6),
        )
        for item in found
    }
    assert totals["alice"] == expected
    assert totals["bob"] == (0, 0, 0, 0.0)
    assert (own.Agent.UserName, own.DailyTicketCount) == ("alice", expected[0])


def test_figures_are_for_employees(api: Api) -> None:
    assert api.organization("customer").GetActiveItemCounts(True).ResultCode == -3
    assert api.organization("customer").GetDailyTotals(True).ResultCode == -3


def test_custom_fields(api: Api) -> None:
    fields = items(api.organization("alice").GetAllCustomFields().CustomFields)
    by_name = {field.DisplayName: field for field in fields}
    asset = by_name["Asset"]
    assert (asset.DataType, asset.DefaultValue, asset.IsGlobal) == ("Choice", "Pick one", False)
    assert items(asset.ValueOptions) == ["Pick one", "Laptop [12]", "Server [13]"]
    assert by_name["Plan"].IsGlobal
    assert api.organization("customer").GetAllCustomFields().ResultCode == -3


def test_time_log_categories(api: Api) -> None:
    found = items(api.organization("alice").GetAllTimeLogCategories().TimeLogCategories)
    assert [(category.ID, category.CategoryName, category.Description) for category in found] == [
        (1, "Support", "Helping customers"),
        (2, "Travel", "Under way to one"),
    ]
    assert api.organization("customer").GetAllTimeLogCategories().ResultCode == -3
