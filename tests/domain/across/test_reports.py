"""Reports, ours: what they count, whose days they go by, who may have them, how they are written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across.reports import formats, making
from smartertrack_emu.domain.across.reports.declaring import DECLARED
from smartertrack_emu.domain.across.reports.measures import Rows
from smartertrack_emu.domain.across.reports.models import DateRange
from smartertrack_emu.domain.across.reports.spans import Span, range_before, read_span
from smartertrack_emu.domain.errors import BadValue, NotFound, PermissionDenied
from smartertrack_emu.domain.kinds import TicketStatus
from smartertrack_emu.domain.models import (
    CallLog,
    Chat,
    Department,
    Group,
    Installation,
    KbArticle,
    KbFolder,
    Organization,
    OrganizationMember,
    RoleReport,
    Survey,
    SurveyOffer,
    Task,
    Ticket,
    TimeLog,
    TimeLogCategory,
    User,
    UserRole,
)
from smartertrack_emu.domain.organizations.models import MemberType
from smartertrack_emu.domain.people.initial import create_initial
from smartertrack_emu.domain.people.models import ADMIN_ID, QUEUE_ID, BuiltInRole
from smartertrack_emu.domain.people.reports import REPORTS
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.domain.tasks.models import TaskStatus
from smartertrack_emu.store.unit_of_work import reading, writing
from tests.jobs.steps import plans

NOW = datetime(2031, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALICE = 4


@pytest.fixture
def helpdesk(engine: Engine) -> Iterator[Engine]:
    """An installation in Berlin with something of everything, on 1 March 2031 as they count there."""
    with clock.frozen(NOW):
        with writing(engine) as session:
            create_initial(session, admin_password_hash=None)
            session.get_one(Installation, 1).time_zone = "Europe/Berlin"
            session.get_one(Department, 1).name = session.get_one(Group, 1).name = "Support"
            session.add(User(id=ALICE, username="alice", display_name="=Alice"))
            session.add(Department(id=2, brand_id=1, name="Sales"))
            session.flush()
            session.add(Group(id=2, department_id=2, name="Level 1"))
            session.flush()
            for row in _rows():
                session.add(row)
                session.flush()
        yield engine


def ticket(number: str, opened: datetime, **values: Any) -> Ticket:
    given = {"brand_id": 1, "department_id": 1, "group_id": 1, "agent_id": ALICE, "portal_token": "x"}
    return Ticket(number=number, opened_at=opened, **given | values)


def chat(number: str, **values: Any) -> Chat:
    given = {"brand_id": 1, "department_id": 1, "group_id": 1, "agent_id": ALICE}
    return Chat(number=number, **given | values)


def call(number: str, **values: Any) -> CallLog:
    given = {"subject": "Rang", "group_id": 2, "agent_id": ALICE}
    return CallLog(number=number, **given | values)


FIRST = datetime(2031, 2, 28, 23, tzinfo=UTC)
"""Midnight in Berlin."""


def _rows() -> Iterator[Any]:
    answered = {"first_response_at": FIRST + 30 * timedelta(minutes=1), "reply_count_in": 2, "reply_count_out": 1}
    closed = {"status": TicketStatus.CLOSED, "closed_at": FIRST + 3 * HOUR}
    yield ticket("1", FIRST, customer_email="ann@Example.com", **answered, **closed)
    yield ticket("2", FIRST - timedelta(seconds=1))  # the day before
    yield ticket("3", FIRST + DAY, agent_id=QUEUE_ID)  # the day after
    yield ticket("4", FIRST + 2 * HOUR, status=TicketStatus.WAITING, customer_email="bob@example.com")
    yield ticket("5", FIRST + 4 * HOUR, is_deleted=True)
    yield ticket("6", FIRST + 5 * HOUR, agent_id=QUEUE_ID, department_id=2, group_id=2, customer_id=ALICE)
    lasted = {"started_at": FIRST + HOUR, "queued_at": FIRST + HOUR / 2, "ended_at": FIRST + 2 * HOUR}
    yield chat("1", **lasted, reply_count_in=3, reply_count_out=4)
    yield chat("2", started_at=FIRST + HOUR, queued_at=FIRST + HOUR)
    yield chat("3", started_at=FIRST + HOUR, is_deleted=True)
    rang = {"created_at": FIRST + HOUR, "started_at": FIRST, "ended_at": FIRST + HOUR / 4}
    yield call("1", **rang)
    yield call("2", **rang, is_incoming=False)
    yield call("3", **rang, deleted_at=NOW)
    made = {"created_at": FIRST, "agent_id": ALICE}
    yield Task(subject="1", **made, status=TaskStatus.COMPLETED, due_at=FIRST)
    yield Task(subject="2", **made, status=TaskStatus.REJECTED)
    yield Task(subject="3", **made, due_at=FIRST)
    yield Task(subject="4", **made, deleted_at=NOW)
    yield TimeLogCategory(name="Phone")
    spent = {"category_id": 1, "agent_id": ALICE, "started_at": FIRST, "ended_at": FIRST + HOUR}
    yield TimeLog(ticket_id=1, **spent, is_billable=True)
    yield TimeLog(call_log_id=1, **spent)
    yield TimeLog(ticket_id=5, **spent)  # of a deleted ticket
    yield TimeLog(call_log_id=3, **spent)
    yield TimeLog(ticket_id=1, **spent, is_deleted=True)
    yield Organization(name="Example Inc")
    yield OrganizationMember(organization_id=1, type=MemberType.DOMAIN, value="example.com")
    yield OrganizationMember(organization_id=1, type=MemberType.EMAIL, value="ann@example.com")
    yield OrganizationMember(organization_id=1, type=MemberType.USERNAME, value="Alice")
    yield Survey(name="Closed")
    yield Survey(name="Never answered")
    asked = {"survey_id": 1, "offered_at": FIRST, "agent_username": "alice"}
    yield offer("1", **asked, ticket_id=1, answered_at=FIRST + HOUR, rating=100)
    yield offer("2", **asked, ticket_id=2, answered_at=FIRST + HOUR, rating=20)
    yield offer("3", **asked, chat_id=1)
    yield offer("4", **asked, chat_id=2, answered_at=FIRST + 2 * DAY, rating=1)
    yield offer("5", **asked, chat_id=3, answered_at=FIRST + HOUR, rating=1)  # of a deleted chat
    yield offer("6", survey_id=2, ticket_id=6, offered_at=FIRST)
    # Offered the day before, about somebody who is gone; no rating was among the questions.
    gone = {"offered_at": FIRST - DAY, "agent_username": "bob"}
    yield offer("7", survey_id=2, ticket_id=3, answered_at=FIRST, **gone)
    yield KbFolder(name="All")
    yield KbArticle(folder_id=1, subject="How to", created_at=FIRST, score=4, score_votes=5)


def offer(guid: str, **values: Any) -> SurveyOffer:
    return SurveyOffer(guid=guid, **values)


def made(engine: Engine, title: str, first: str = "2031-03-01", last: str = "2031-03-01") -> Rows:
    with reading(engine) as session:
        span = read_span(first, last, NOW, installation.time_zone(session))
        return making.make(session, making.find(title), span).rows


EXPECTED: dict[str, Rows] = {
    "Agent Activity": [("=Alice", 2, 1, 2, 4, 2, 3, 120), ("Queue", 1, 0, 0, 0, 0, 0, 0)],
    "Agent Ratings": [("=Alice", 2, 60), ("bob", 1, None)],
    "Call Log Overview": [("2031-03-01", 2, 1, 1, 30, 15)],
    "Call Logs by Agent": [("=Alice", 2, 1, 1, 30, 15)],
    "Call Logs by Department": [("Sales", 2, 1, 1, 30, 15)],
    "Chat Overview": [("2031-03-01", 2, 1, 3, 4, 60)],
    "Chats by Agent": [("=Alice", 2, 1, 3, 4, 60)],
    "Chats by Department": [("Support", 2, 1, 3, 4, 60)],
    "Chat Wait Times": [("Support", 2, 15, 30)],
    "Knowledge Base Article Views": [("How to", "All", FIRST, 5, 4, None)],
    "Knowledge Base Searches": [],
    "Survey Results": [("Closed", 4, 3, 40.33), ("Never answered", 1, 0, None)],
    "Task Overview": [("2031-03-01", 3, 1, 1, 1)],
    "Tasks by Agent": [("=Alice", 3, 1, 1, 1)],
    "Ticket Backlog": [
        ("Sales", "Level 1", 1, 1, 0, FIRST + 5 * HOUR, 32),
        ("Support", "Support", 1, 0, 1, FIRST + 2 * HOUR, 35),
    ],
    "Ticket First Response Times": [("Sales", 1, 0, None, None), ("Support", 2, 1, 30, 30)],
    "Ticket Overview": [("2031-03-01", 3, 2, 1, 2, 1)],
    "Ticket Resolution Times": [("Sales", 1, 0, None, None), ("Support", 2, 1, 3, 3)],
    "Tickets by Agent": [("=Alice", 2, 1, 1, 2, 1, 30), ("Queue", 1, 1, 0, 0, 0, None)],
    "Tickets by Department": [("Sales", 1, 1, 0, 0, 0, None), ("Support", 2, 1, 1, 2, 1, 30)],
    "Tickets by Group": [("Sales", "Level 1", 1, 1, 0, 0, 0, None), ("Support", "Support", 2, 1, 1, 2, 1, 30)],
    "Tickets by Organization": [("Example Inc", 3, 2, 1, 2, 1)],
    "Time Logs by Agent": [("=Alice", 2, 120, 60)],
    "Time Logs by Category": [("Phone", 2, 120, 60)],
}


def test_all_are_there() -> None:
    assert DECLARED.keys() == {report.title for report in REPORTS} == EXPECTED.keys()
    assert all(one.told for one in DECLARED.values())


def test_each_of_them(helpdesk: Engine) -> None:
    for title, expected in EXPECTED.items():
        rows = made(helpdesk, title)
        assert sorted(rows, key=str) == sorted(expected, key=str), title
        assert all(len(row) == len(DECLARED[title].columns) for row in rows)


def test_a_day_on_which_nothing_happened(helpdesk: Engine) -> None:
    for title in ("Call Log Overview", "Chat Overview", "Task Overview", "Ticket Overview"):
        (first, second) = made(helpdesk, title, "2031-02-26", "2031-02-27")
        assert (first[0], second[0]) == ("2031-02-26", "2031-02-27")
        assert [cell for cell in first[1:] if cell] == []
    days = made(helpdesk, "Ticket Overview", "2031-02-28", "2031-03-02")
    assert [(row[0], row[1]) for row in days] == [("2031-02-28", 1), ("2031-03-01", 3), ("2031-03-02", 1)]


def test_one_statement_each_however_many_days(helpdesk: Engine) -> None:
    with reading(helpdesk) as session:
        zone = installation.time_zone(session)
        span = Span(NOW - 3000 * DAY, NOW, zone)
        statements: list[str] = []
        event.listen(helpdesk, "before_cursor_execute", lambda *given: statements.append(given[2]))
        for report in REPORTS:
            before = len(statements)
            making.make(session, report, span)
            assert len(statements) - before <= 1, report.title


READ_BY = {
    "Call Log Overview": "call_logs_created_at_id",
    "Chat Overview": "started_at_id",
    "Task Overview": "tasks_created_at",
    "Ticket Overview": "tickets_opened_at_id",
    "Tickets by Group": "tickets_opened_at_id",
    "Tickets by Organization": "tickets_opened_at_id",
    "Time Logs by Agent": "time_logs_started_at",
    "Knowledge Base Article Views": "kb_articles_created_at_id",
}


@pytest.mark.parametrize("title", READ_BY)
def test_they_read_their_span(engine: Engine, title: str) -> None:
    """PostgreSQL plans by how many rows there are; with none it may take any index whose columns the query names."""
    if engine.dialect.name == "postgresql" and title.endswith("Overview"):
        pytest.skip("its plan needs rows")
    span = Span(NOW - DAY, NOW, UTC)
    plan = plans(engine, lambda session: making.make(session, making.find(title), span))
    assert f"{READ_BY[title]}" in plan


def test_who_may_have_one(helpdesk: Engine) -> None:
    report = making.find("ticket overview")
    with writing(helpdesk) as session:
        making.require(session, ADMIN_ID, report)
        with pytest.raises(PermissionDenied, match="Ticket Overview"):
            making.require(session, ALICE, report)
        session.add_all(
            [
                UserRole(user_id=ALICE, role_id=BuiltInRole.AGENT),
                RoleReport(role_id=BuiltInRole.AGENT, report_id=report.id),
            ]
        )
        session.flush()
        making.require(session, ALICE, report)
        assert not making.may_have(session, ALICE, making.find("Task Overview"))
        session.get_one(User, ALICE).deleted_at = NOW
        session.flush()
        assert not making.may_have(session, ALICE, report)


def test_found_by_title_and_guid() -> None:
    report = REPORTS[0]
    for reference in (report.id, f"{{{report.id.upper()}}}", report.title.upper()):
        assert making.find(reference) == report
    with pytest.raises(NotFound):
        making.find("Nothing")


def table(*rows: tuple[Any, ...]) -> making.Table:
    return making.Table("A & B", ("Name", "Number"), list(rows), Span(FIRST, FIRST + DAY, UTC))


def test_csv() -> None:
    written = formats.as_csv(
        table(("=1+1", -5), (" @x", 1.5), ('a,"b"\r\nc', None), ("plain", NOW), ("+1", 0), ("-1", 0))
    )
    assert written.startswith(b"\xef\xbb\xbfName,Number\r\n")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert rows[1:] == [
        ["'=1+1", "'-5"],
        ["' @x", "1.5"],
        ['a,"b"\r\nc', ""],
        ["plain", "2031-03-02T12:00:00Z"],
        ["'+1", "0"],
        ["'-1", "0"],
    ]
    assert b'"a,""b""\r\nc"' in written


def test_html() -> None:
    page = formats.as_html(table(("<script>", 5)), before="<p>Hello</p>\n")
    assert "<h1>A &amp; B</h1>\n<p>Hello</p>" in page
    assert '<td>&lt;script&gt;</td><td align="right">5</td>' in page
    assert "From 2031-02-28T23:00:00Z, before 2031-03-01T23:00:00Z." in page


def test_spans() -> None:
    span = read_span("", "", NOW, UTC)
    assert (span.start, span.end) == (datetime(2031, 2, 1, tzinfo=UTC), datetime(2031, 3, 3, tzinfo=UTC))
    span = read_span("2031-03-01T10:00:00+01:00", "2031-03-02T12:00:00Z", NOW, UTC)
    assert [(day, (end - start) / HOUR) for day, start, end in span.days()] == [("2031-03-01", 15), ("2031-03-02", 12)]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("tomorrow", "", "first"),
        ("2031-02-30", "", "first"),
        ("2031-03-01T10:00:00", "", "first"),
        ("", "20310301", "last"),
        ("2031-03-02", "2031-02-28", "first"),
        ("2001-03-02", "2031-02-28", "first"),
        ("", "9999-12-31", "first"),
        ("0001-01-01", "0001-01-01", "first"),
    ],
)
def test_spans_that_are_none(first: str, last: str, field: str) -> None:
    berlin_ahead = installation_zone()
    with pytest.raises(BadValue) as refused:
        read_span(first, last, NOW, berlin_ahead)
    assert field in refused.value.fields


def installation_zone() -> Any:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - one test alone needs it

    return ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (DateRange.YESTERDAY, "2031-03-01", "2031-03-01"),
        (DateRange.LAST_7_DAYS, "2031-02-23", "2031-03-01"),
        (DateRange.LAST_30_DAYS, "2031-01-31", "2031-03-01"),
        (DateRange.LAST_WEEK, "2031-02-17", "2031-02-23"),  # the second of March is a Sunday
        (DateRange.LAST_MONTH, "2031-02-01", "2031-02-28"),
    ],
)
def test_ranges(kind: DateRange, first: str, last: str) -> None:
    days = [day for day, _, _ in range_before(kind, NOW, UTC).days()]
    assert (days[0], days[-1]) == (first, last)
