"""Evidence: seen (frequencies) and ours: reports that are mailed by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across.deletion import delete_user
from smartertrack_emu.domain.across.reports import making, schedules
from smartertrack_emu.domain.across.reports.models import DateRange, Frequency, ReportSchedule
from smartertrack_emu.domain.attachments.files import content_path
from smartertrack_emu.domain.models import Installation, OutgoingAttachment, OutgoingMail, RoleReport, User, UserRole
from smartertrack_emu.domain.people.models import ADMIN_ID, BuiltInRole
from smartertrack_emu.domain.people.users import SYSTEM
from smartertrack_emu.domain.spool.models import MailKind
from smartertrack_emu.domain.structure import installation
from tests.jobs.conftest import NOON
from tests.jobs.steps import add, get, ids, plans, run, run_and_fail

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REPORT = making.find("Ticket Overview")


def scheduled(desk: Desk, **given: Any) -> int:
    values: dict[str, Any] = {
        "report_id": REPORT.id,
        "frequency": Frequency.DAILY,
        "at": "12:00",
        "date_range": DateRange.YESTERDAY,
    }
    values |= {"to_address": "boss@example.com", "user_id": ADMIN_ID, "is_enabled": True, **given}
    return desk.write(lambda session: schedules.create(session, values).id)


def mails(desk: Desk) -> list[OutgoingMail]:
    return desk.read(lambda session: list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id))))


def test_a_mail_at_its_date(desk: Desk) -> None:
    schedule = scheduled(desk, cc_address="a@example.com", body="<p>Good morning.</p>")
    assert get(desk, ReportSchedule, schedule).next_send_at == NOON + DAY
    assert run(desk, "email-report").done == 0
    with clock.frozen(NOON + DAY):
        assert run(desk, "email-report").done == 1
        assert run(desk, "email-report").done == 0
    (mail,) = mails(desk)
    assert (mail.kind, mail.to_address, mail.cc_address) == (MailKind.REPORT, "boss@example.com", "a@example.com")
    assert mail.subject == "Ticket Overview"
    assert mail.is_html
    assert "<p>Good morning.</p>" in mail.body
    assert "<td>2031-03-01</td>" in mail.body
    (file,) = desk.read(lambda session: list(session.scalars(select(OutgoingAttachment))))
    assert (file.mail_id, file.name) == (mail.id, "Ticket Overview 2031-03-01 2031-03-01.csv")
    content = content_path(desk.attachments, file.sha256).read_bytes()
    assert content.startswith(b"\xef\xbb\xbfDay,Tickets")
    assert len(content) == file.length
    assert get(desk, ReportSchedule, schedule).next_send_at == NOON + 2 * DAY


def test_missed_dates_are_one_mail_for_the_latest(desk: Desk) -> None:
    schedule = scheduled(desk, subject="Our\r\nreport", date_range=DateRange.LAST_7_DAYS)
    with clock.frozen(NOON + 10 * DAY + HOUR):
        assert run(desk, "email-report").done == 1
    (mail,) = mails(desk)
    assert mail.subject == "Our report"
    assert "<p>Ticket Overview, from 2031-03-04 to 2031-03-10.</p>" in mail.body.replace("<br>", "").replace("\n", "")
    assert get(desk, ReportSchedule, schedule).next_send_at == NOON + 11 * DAY


@pytest.mark.parametrize("given", [{"is_enabled": False}, {"next_send_at": NOON + HOUR}])
def test_none_of_what_is_off_or_to_come(desk: Desk, given: dict[str, Any]) -> None:
    scheduled(desk, **{"next_send_at": NOON, **given})
    assert run(desk, "email-report").done == 0
    assert mails(desk) == []


def test_who_lost_the_right_gets_nothing_until_the_next_date(desk: Desk) -> None:
    (user,) = add(desk, User(username="alice"))
    add(desk, UserRole(user_id=user, role_id=BuiltInRole.AGENT))
    add(desk, right := RoleReport(role_id=BuiltInRole.AGENT, report_id=REPORT.id))
    schedule = scheduled(desk, user_id=user, next_send_at=NOON)
    other = scheduled(desk, next_send_at=NOON)
    desk.write(lambda session: session.delete(session.merge(right)))
    done = run_and_fail(desk, "email-report")
    assert done.errors == ["email-report, 1: The user of schedule 1 may not have the report Ticket Overview any more."]
    assert done.done == len(mails(desk)) == 1
    assert [get(desk, ReportSchedule, one).next_send_at for one in (schedule, other)] == [NOON + DAY, NOON + DAY]


def test_a_deleted_users_schedules_go_with_them(desk: Desk) -> None:
    (user,) = add(desk, User(username="alice"))
    add(desk, UserRole(user_id=user, role_id=BuiltInRole.SYSTEM_ADMINISTRATOR))
    scheduled(desk, user_id=user)
    desk.write(lambda session: delete_user(session, SYSTEM, user))
    assert ids(desk, ReportSchedule) == []


@pytest.mark.parametrize(
    ("frequency", "at", "after", "before"),
    [
        (Frequency.DAILY, "11:30", datetime(2031, 3, 2, 10, 30, tzinfo=UTC), datetime(2031, 3, 1, 10, 30, tzinfo=UTC)),
        (Frequency.WEEKLY, "00:00", datetime(2031, 3, 2, 23, tzinfo=UTC), datetime(2031, 2, 23, 23, tzinfo=UTC)),
        (Frequency.MONTHLY, "00:00", datetime(2031, 3, 31, 22, tzinfo=UTC), datetime(2031, 2, 28, 23, tzinfo=UTC)),
    ],
)
def test_dates_by_the_clock_on_the_wall(
    desk: Desk, frequency: Frequency, at: str, after: datetime, before: datetime
) -> None:
    """Noon in UTC is 13:00 in Berlin; the clock goes forward on 30 March."""
    desk.write(lambda session: setattr(session.get_one(Installation, 1), "time_zone", "Europe/Berlin"))
    schedule = scheduled(desk, frequency=frequency, at=at)
    assert get(desk, ReportSchedule, schedule).next_send_at == after
    zone = desk.read(installation.time_zone)
    assert schedules.last_until(frequency, at, NOON, zone) == before


def test_the_end_of_the_calendar() -> None:
    end = datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert schedules.first_after(Frequency.MONTHLY, "00:00", end, UTC) is None


def test_what_is_looked_for(desk: Desk) -> None:
    assert "ix_report_schedules_due" in plans(desk.engine, lambda session: schedules.due(session, [], limit=5))
