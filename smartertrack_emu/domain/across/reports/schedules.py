"""Reports that are mailed by themselves: read and written, and the mail that is made when one is due.

The frequencies are seen; that a weekly one goes on Mondays and a monthly one on the first, and the ranges, are ours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.attachments import files
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible
from smartertrack_emu.domain.html import encode
from smartertrack_emu.domain.spool.mails import File, Mail, spool
from smartertrack_emu.domain.spool.models import MailKind
from smartertrack_emu.domain.spool.templates import one_line, text_of
from smartertrack_emu.domain.structure import installation

from . import making
from .formats import as_csv, as_html
from .models import Frequency, ReportSchedule
from .spans import at_time, range_before

_TIMING = {"frequency", "at", "is_enabled"}
"""What another next date follows from."""

_MONTH = timedelta(days=32)


def page(session: Session, *, limit: int, offset: int) -> tuple[list[ReportSchedule], int]:
    """Return a part of them, the oldest first, and how many there are."""
    total = session.scalar(select(func.count()).select_from(ReportSchedule)) or 0
    rows = session.scalars(select(ReportSchedule).order_by(ReportSchedule.id).limit(limit).offset(offset))
    return list(rows), total


def get(session: Session, schedule_id: int) -> ReportSchedule:
    """Return one; NotFound."""
    return _found(session, schedule_id, select(ReportSchedule))


def create(session: Session, values: Mapping[str, Any]) -> ReportSchedule:
    """Make one of values by the names of its columns; without `next_send_at` it is sent next after now.

    BadValue for nobody to send it to, or a user who may not have the report.
    """
    row = ReportSchedule(**values)
    _check(session, row)
    if "next_send_at" not in values:
        row.next_send_at = _next(session, row)
    session.add(row)
    session.flush()
    return row


def change(session: Session, schedule_id: int, changes: Mapping[str, Any]) -> ReportSchedule:
    """Change one; NotFound, and as `create`."""
    row = _open(session, schedule_id)
    changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    _check(session, row)
    if "next_send_at" not in changed and not _TIMING.isdisjoint(changed):
        row.next_send_at = _next(session, row)
    session.flush()
    return row


def delete(session: Session, schedule_id: int) -> None:
    """Send one no more; NotFound."""
    session.delete(_open(session, schedule_id))
    session.flush()


def due(session: Session, but: Collection[int], *, limit: int) -> Sequence[int]:
    """Return the ids of those that are to be sent now, but for those given."""
    return session.scalars(
        select(ReportSchedule.id)
        .where(ReportSchedule.next_send_at <= clock.now(), ReportSchedule.is_enabled, ReportSchedule.id.not_in(but))
        .order_by(ReportSchedule.next_send_at)
        .limit(limit)
    ).all()


def send_due(session: Session, schedule_id: int, *, root: Path) -> int | None:
    """Make the report of one that is due, spool its mail and return its id; the next date lies beyond now.

    Of several dates that were missed the latest counts. `root`: where files' contents are. None where it is not due;
    NotPossible, and the next date is to be set by `skip`, where the user may not have the report any more.
    """
    row, now = _open(session, schedule_id), clock.now()
    if not row.is_enabled or row.next_send_at is None or row.next_send_at > now:
        return None
    report = making.find(row.report_id)
    if not making.may_have(session, row.user_id, report):
        raise NotPossible(f"The user of schedule {schedule_id} may not have the report {report.title} any more.")
    zone = installation.time_zone(session)
    moment = max(row.next_send_at, last_until(row.frequency, row.at, now, zone) or row.next_send_at)
    table = making.make(session, report, range_before(row.date_range, moment, zone))
    first, last = (moment.astimezone(zone) for moment in (table.span.start, table.span.end - timedelta(seconds=1)))
    values = {"ReportTitle": report.title, "From": f"{first:%Y-%m-%d}", "To": f"{last:%Y-%m-%d}"}
    said = text_of(session, "report", values)
    content = as_csv(table)
    mail = Mail(
        to_address=row.to_address,
        cc_address=row.cc_address,
        subject=one_line(row.subject) or said.subject,
        body=as_html(table, before=row.body or _as_html(said.body, is_html=said.is_html)),
        is_html=True,
    )
    name = f"{report.title} {values['From']} {values['To']}.csv"
    file = File(name, "text/csv; charset=utf-8", files.store(root, content), len(content))
    mail_id = spool(session, mail, kind=MailKind.REPORT, template="report", files=[file])
    row.next_send_at = first_after(row.frequency, row.at, now, zone)
    session.flush()
    return mail_id


def skip(session: Session, schedule_id: int) -> None:
    """Set the next date of one whose report cannot be sent; NotFound."""
    row = _open(session, schedule_id)
    row.next_send_at = _next(session, row)
    session.flush()


def first_after(frequency: Frequency, at: str, moment: datetime, zone: tzinfo) -> datetime | None:
    """Return the first date after a moment, in UTC; None at the end of the calendar."""
    try:
        day = _day_of(frequency, moment.astimezone(zone).date())
        while (found := at_time(day, at, zone)) <= moment:
            day = _day_of(frequency, day + (_MONTH if frequency is Frequency.MONTHLY else _step(frequency)))
    except (OverflowError, ValueError):
        return None
    return found


def last_until(frequency: Frequency, at: str, moment: datetime, zone: tzinfo) -> datetime | None:
    """Return the last date that is not after a moment, in UTC; None at the beginning of the calendar."""
    try:
        day = _day_of(frequency, moment.astimezone(zone).date())
        while (found := at_time(day, at, zone)) > moment:
            day = _day_of(frequency, day - timedelta(days=1))
    except (OverflowError, ValueError):
        return None
    return found


def _day_of(frequency: Frequency, day: date) -> date:
    """Return the last day on which it goes that is not after a day."""
    if frequency is Frequency.WEEKLY:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if frequency is Frequency.MONTHLY else day


def _step(frequency: Frequency) -> timedelta:
    return timedelta(days=7 if frequency is Frequency.WEEKLY else 1)


def _next(session: Session, row: ReportSchedule) -> datetime | None:
    return first_after(row.frequency, row.at, clock.now(), installation.time_zone(session))


def _as_html(text: str, *, is_html: bool) -> str:
    return text if is_html else f"<p>{encode(text)}</p>"


def _open(session: Session, schedule_id: int) -> ReportSchedule:
    """Return one, its row locked until the transaction ends; NotFound."""
    return _found(session, schedule_id, select(ReportSchedule).with_for_update())


def _found(session: Session, schedule_id: int, statement: Select[ReportSchedule]) -> ReportSchedule:
    row = session.scalar(statement.where(ReportSchedule.id == schedule_id))
    if row is None:
        raise NotFound(f"There is no report schedule {schedule_id}.")
    return row


def _check(session: Session, row: ReportSchedule) -> None:
    if not row.to_address:
        raise BadValue("to", "is required: one address or more.")
    if not making.may_have(session, row.user_id, making.find(row.report_id)):
        raise BadValue("user", ": this user may not have the report.")
