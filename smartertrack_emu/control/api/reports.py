"""The reports, and those that are mailed by themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from flask import Response
from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.across.reports import formats, making, schedules
from smartertrack_emu.domain.across.reports.measures import Cell
from smartertrack_emu.domain.across.reports.models import DateRange, Frequency
from smartertrack_emu.domain.across.reports.models import ReportSchedule as ScheduleRow
from smartertrack_emu.domain.across.reports.spans import read_span
from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.people.models import User
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.reports import REPORTS
from smartertrack_emu.domain.people.users import find_by_username
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.domain.tickets import addresses

from .declaring import Answer, Call, Media, Routes
from .entrance import PREFIX
from .models import Changes, Listing, Model, Moment, Paging, Query
from .references import named_by

routes = Routes("The desk: reports")

_AT = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_MOST_ADDRESSES = 100
_LONGEST_SUBJECT, _LONGEST = 500, 200_000


def _address(value: str) -> str:
    try:
        return addresses.one(value, "address")[1]
    except BadValue:
        raise ValueError("must be an e-mail address") from None


def _time(value: str) -> str:
    if not _AT.fullmatch(value):
        raise ValueError("must be a time of day, as 07:30")
    return value


Addresses = Annotated[list[Annotated[str, AfterValidator(_address)]], Field(max_length=_MOST_ADDRESSES)]
At = Annotated[str, AfterValidator(_time), Field(description="HH:MM, by the installation's time zone.")]
FrequencyWord = Literal["daily", "weekly", "monthly"]
RangeWord = Literal["yesterday", "last-7-days", "last-30-days", "last-week", "last-month"]
Subject = Annotated[str, Field(max_length=_LONGEST_SUBJECT)]
Body = Annotated[str, Field(max_length=_LONGEST, description="HTML that stands before the table.")]


class ReportKind(Model):
    """A report: its GUID, its title and its columns."""

    example: ClassVar[Mapping[str, Any]] = {
        "guid": "5f3b6d6e-7a3c-5f5e-9a64-0a6f0b1a2c3d",
        "title": "Chats by Department",
        "columns": ["Department", "Chats", "Ended", "Messages In", "Messages Out", "Average Minutes"],
    }

    guid: str
    title: str
    columns: list[str]


class ReportQuery(Query):
    """What a report is to be about, and in which form it is wanted."""

    first: str = Field(
        default="", alias="from", description="The first day, `2031-02-01`, or a moment; left out: 29 days before."
    )
    last: str = Field(
        default="", alias="to", description="The last day, which is included, or a moment; left out: today."
    )
    format: Literal["json", "csv", "html"] = "json"


class Report(Model):
    """A report's table. Moments in it are in ISO 8601; `from` is included, `to` is not."""

    example: ClassVar[Mapping[str, Any]] = {
        "title": "Chats by Department",
        "columns": ["Department", "Chats", "Ended", "Messages In", "Messages Out", "Average Minutes"],
        "rows": [["Support", 12, 11, 40, 52, 8.25]],
        "from": "2031-02-01T00:00:00Z",
        "to": "2031-03-01T00:00:00Z",
    }

    title: str
    columns: list[str]
    rows: list[list[str | int | float | None]]
    from_: Moment = Field(alias="from")
    to: Moment


@routes.get("/reports")
def list_reports(call: Call, query: Paging) -> Listing[ReportKind]:
    """List the reports."""
    del call
    part = REPORTS[query.offset : query.offset + query.limit]
    found = [ReportKind(guid=one.id, title=one.title, columns=list(making.declared(one).columns)) for one in part]
    return Listing[ReportKind](items=found, total=len(REPORTS))


def _find(call: Call, report: str) -> None:
    del call
    making.find(report)


@routes.get("/reports/{report}", forms=(Media("text/csv"), Media("text/html")), finds=_find)
def get_report(call: Call, report: str, query: ReportQuery) -> Answer[Report]:
    """Return a report, by its GUID or its title.

    `format` csv answers text/csv, UTF-8 with a byte order mark; html a page.
    """
    found = making.find(report)

    def work(session: Session, actor: Principal) -> making.Table:
        making.require(session, actor.id, found)
        span = read_span(query.first, query.last, clock.now(), installation.time_zone(session))
        return making.make(session, found, span)

    table = call.read(work)
    if query.format == "csv":
        return _file(formats.as_csv(table), "text/csv; charset=utf-8", f"{table.title}.csv")
    if query.format == "html":
        return _file(formats.as_html(table).encode(), "text/html; charset=utf-8", "")
    return Answer(Report.model_validate(_told(table)))


def _told(table: making.Table) -> dict[str, Any]:
    rows = [[cell if isinstance(cell, int | float) else _text(cell) for cell in row] for row in table.rows]
    return {
        "title": table.title,
        "columns": list(table.columns),
        "rows": rows,
        "from": table.span.start,
        "to": table.span.end,
    }


def _text(cell: Cell) -> str | None:
    return None if cell is None else formats.written(cell)


def _file(content: bytes, media_type: str, name: str) -> Answer[Any]:
    answer = Response(content, content_type=media_type)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if name:
        answer.headers.set("Content-Disposition", "attachment", filename=name)
    return Answer(answer)


class NewReportSchedule(Model):
    """A report, by its GUID or title, that is to be mailed by itself: each day, on Mondays, or on the first.

    `user`, by their user name: whose right to the report counts; left out, the caller. `subject` and `body` left out
    are the template's; `next_send_at` the next date from now on.
    """

    example: ClassVar[Mapping[str, Any]] = {
        "report": "Ticket Overview",
        "frequency": "weekly",
        "at": "07:30",
        "date_range": "last-week",
        "to": ["boss@example.com"],
    }

    report: str
    frequency: FrequencyWord
    at: At = "00:00"
    date_range: RangeWord
    to: Addresses
    cc: Addresses = Field(default_factory=list)
    subject: Subject = ""
    body: Body = ""
    user: str | None = None
    enabled: bool = True
    next_send_at: Moment | None = None


class ReportScheduleChanges(Changes):
    """What is to change; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"enabled": False}

    report: str = ""
    frequency: FrequencyWord = "daily"
    at: At = "00:00"
    date_range: RangeWord = "yesterday"
    to: Addresses = Field(default_factory=list)
    cc: Addresses = Field(default_factory=list)
    subject: Subject = ""
    body: Body = ""
    user: str = ""
    enabled: bool = True
    next_send_at: Moment = Field(default_factory=clock.now)


class ReportSchedule(Model):
    """A report that is mailed by itself. `next_send_at`: when next."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "report": "Ticket Overview",
        "frequency": "weekly",
        "at": "07:30",
        "date_range": "last-week",
        "to": ["boss@example.com"],
        "cc": [],
        "subject": "",
        "body": "",
        "user": "admin",
        "enabled": True,
        "next_send_at": "2031-03-03T07:30:00Z",
    }

    id: int
    report: str
    frequency: FrequencyWord
    at: str
    date_range: RangeWord
    to: list[str]
    cc: list[str]
    subject: str
    body: str
    user: str
    enabled: bool
    next_send_at: Moment | None


def _find_schedule(call: Call, schedule_id: int) -> None:
    call.read(lambda session, actor: schedules.get(session, schedule_id))  # noqa: ARG005 - all work gets one


@routes.get("/report-schedules")
def list_report_schedules(call: Call, query: Paging) -> Listing[ReportSchedule]:
    """List the reports that are mailed by themselves, the oldest first."""

    def work(session: Session, actor: Principal) -> Listing[ReportSchedule]:
        del actor
        found, total = schedules.page(session, limit=query.limit, offset=query.offset)
        return Listing[ReportSchedule](items=[_shown(session, row) for row in found], total=total)

    return call.read(work)


@routes.post("/report-schedules", status=201)
def add_report_schedule(call: Call, body: NewReportSchedule) -> Answer[ReportSchedule]:
    """Let a report be mailed by itself."""
    given = {name: value for name, value in body.model_dump().items() if value is not None}

    def work(session: Session, actor: Principal) -> ReportSchedule:
        columns = {"user_id": actor.id, **_columns(session, given)}
        return _shown(session, schedules.create(session, columns))

    made = call.write(work)
    return Answer(made, headers={"Location": f"{PREFIX}/report-schedules/{made.id}"})


@routes.get("/report-schedules/{schedule_id}", finds=_find_schedule)
def get_report_schedule(call: Call, schedule_id: int) -> ReportSchedule:
    """Return how a report is mailed by itself."""
    return call.read(lambda session, actor: _shown(session, schedules.get(session, schedule_id)))  # noqa: ARG005 - the same


@routes.patch("/report-schedules/{schedule_id}", finds=_find_schedule)
def change_report_schedule(call: Call, schedule_id: int, body: ReportScheduleChanges) -> ReportSchedule:
    """Change how a report is mailed by itself."""
    given = body.model_dump(exclude_unset=True)

    def work(session: Session, actor: Principal) -> ReportSchedule:
        del actor
        schedules.get(session, schedule_id)
        return _shown(session, schedules.change(session, schedule_id, _columns(session, given)))

    return call.write(work)


@routes.delete("/report-schedules/{schedule_id}", finds=_find_schedule)
def delete_report_schedule(call: Call, schedule_id: int) -> None:
    """Let a report be mailed no more."""
    call.write(lambda session, actor: schedules.delete(session, schedule_id))  # noqa: ARG005 - the same


def _columns(session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
    columns = dict(given)
    if "report" in columns:
        with named_by("report"):
            columns["report_id"] = making.find(columns.pop("report")).id
    if "user" in columns:
        with named_by("user"):
            columns["user_id"] = find_by_username(session, columns.pop("user")).id
    for name in ("to", "cc"):
        if name in columns:
            columns[f"{name}_address"] = ", ".join(columns.pop(name))
    if "enabled" in columns:
        columns["is_enabled"] = columns.pop("enabled")
    for name, members in (("frequency", Frequency), ("date_range", DateRange)):
        if name in columns:
            columns[name] = members(columns[name])
    return columns


def _shown(session: Session, row: ScheduleRow) -> ReportSchedule:
    return ReportSchedule(
        id=row.id,
        report=making.find(row.report_id).title,
        frequency=row.frequency.value,
        at=row.at,
        date_range=row.date_range.value,
        to=_listed(row.to_address),
        cc=_listed(row.cc_address),
        subject=row.subject,
        body=row.body,
        user=session.get_one(User, row.user_id).username,
        enabled=row.is_enabled,
        next_send_at=row.next_send_at,
    )


def _listed(text: str) -> list[str]:
    return [address.strip() for address in text.split(",") if address.strip()]
