"""Recurring tasks, canned replies, news and scheduled reports of a seed file (ours)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from smartertrack_emu import seed
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.models import CannedReply, NewsItem, RecurringTask, ReportSchedule
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.models import ADMIN_ID
from smartertrack_emu.seed.errors import SeedError
from smartertrack_emu.seed.loading import load
from smartertrack_emu.store.unit_of_work import reading, writing

NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)

FILE = """
installation: {time_zone: Europe/Berlin}
users:
  - {username: alice, roles: [Agent]}
recurring_tasks:
  - {id: 7, subject: Backups, agent: alice, kind: Weekly, days: [Thursday, monday], start: -1d, due_minutes: 60}
  - {subject: Report, kind: monthly, interval: 3, enabled: false}
canned_replies:
  - {name: Greeting, body: <p>Hello.</p>}
  - {name: Old, deleted: -2d}
news:
  - {subject: Closed, created: -1d}
  - {subject: Hidden, enabled: false, deleted: true}
report_schedules:
  - {report: ticket overview, frequency: daily, at: "07:30", date_range: yesterday, to: [a@example.com, b@example.com]}
"""


def loaded(engine: Engine, text: str, tmp_path: Path) -> None:
    with clock.frozen(NOON), writing(engine) as session:
        create_initial(session, admin_password_hash=None)
        load(session, seed.parse(text), attachments=tmp_path)


def test_all_of_them(engine: Engine, tmp_path: Path) -> None:
    loaded(engine, FILE, tmp_path)
    with reading(engine) as session:
        weekly, monthly = session.scalars(select(RecurringTask).order_by(RecurringTask.subject))
        assert (weekly.id, weekly.days, weekly.due_minutes, weekly.starts_at) == (7, "0,3", 60, NOON - DAY)
        assert weekly.next_at == NOON + 2 * DAY  # the first Monday
        assert (monthly.interval, monthly.is_enabled, monthly.next_at, monthly.agent_id) == (3, False, NOON, None)
        greeting, old = session.scalars(select(CannedReply).order_by(CannedReply.id))
        assert (greeting.name, greeting.body, greeting.deleted_at, old.deleted_at) == (
            "Greeting", "<p>Hello.</p>", None, NOON - 2 * DAY,
        )  # fmt: skip
        closed, hidden = session.scalars(select(NewsItem).order_by(NewsItem.id))
        assert (closed.is_enabled, closed.created_at, closed.deleted_at) == (True, NOON - DAY, None)
        assert (hidden.is_enabled, hidden.deleted_at) == (False, NOON)
        schedule = session.scalars(select(ReportSchedule)).one()
        assert (schedule.user_id, schedule.to_address) == (ADMIN_ID, "a@example.com, b@example.com")
        assert schedule.next_send_at == datetime(2031, 3, 2, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("recurring_tasks: [{subject: x, kind: daily, days: [monday]}]", "recurring_tasks[0].days: are of a weekly"),
        ("recurring_tasks: [{subject: x, kind: hourly}]", "recurring_tasks[0].kind: must be one of daily"),
        ("recurring_tasks: [{subject: x, kind: daily, agent: bob}]", 'recurring_tasks[0].agent: no user "bob"'),
        ("recurring_tasks: [{subject: x, kind: weekly, days: [mon]}]", "recurring_tasks[0].days[0]: must be one of"),
        ("report_schedules: [{report: x, frequency: daily, date_range: yesterday, to: [a@b]}]", "no report"),
        ("report_schedules: [{report: Ticket Overview, frequency: daily, date_range: yesterday, to: []}]", "].to: "),
        ("news: [{subject: x, created: now, deleted: -1d}]", "news[0].deleted: is before its beginning"),
    ],
)
def test_mistakes(engine: Engine, tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(SeedError) as refused:
        loaded(engine, text, tmp_path)
    assert problem in str(refused.value)
