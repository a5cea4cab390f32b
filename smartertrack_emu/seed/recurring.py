"""Recurring tasks, canned replies, news and scheduled reports."""

from __future__ import annotations

from datetime import UTC, timedelta, tzinfo
from zoneinfo import ZoneInfo

from smartertrack_emu.domain.across.reports.models import ReportSchedule
from smartertrack_emu.domain.across.reports.schedules import first_after
from smartertrack_emu.domain.people.models import ADMIN_ID
from smartertrack_emu.domain.structure import installation
from smartertrack_emu.domain.structure.texts import CannedReply, NewsItem
from smartertrack_emu.domain.tasks.models import RecurrenceKind, RecurringTask
from smartertrack_emu.domain.tasks.recurrence import Pattern

from .catalogue import placed
from .format import SeedDocument
from .plan import Plan

_INSTANT = timedelta(microseconds=1)


def plan_recurring(plan: Plan, document: SeedDocument) -> None:
    """Plan all of them, when users and roles are known."""
    zone = _zone(plan, document)
    for entry, place in placed(document.recurring_tasks, "recurring_tasks"):
        agent = plan.agent(entry.agent, f"{place}.agent")
        if entry.days and entry.kind is not RecurrenceKind.WEEKLY:
            plan.problems.add(f"{place}.days", "are of a weekly one alone")
        days = tuple(sorted({int(day) for day in entry.days}))
        starts_at = plan.when(entry.start, plan.now)
        plan.rows.append(
            RecurringTask(
                id=plan.ids.of(entry),
                subject=entry.subject,
                description=entry.description,
                agent_id=agent.id if agent else None,
                priority=entry.priority,
                status=entry.status,
                kind=entry.kind,
                interval=entry.interval,
                days=",".join(map(str, days)),
                starts_at=starts_at,
                due_minutes=entry.due_minutes,
                next_at=Pattern(entry.kind, entry.interval, starts_at, days).first_after(plan.now - _INSTANT, zone),
                is_enabled=entry.enabled,
                created_at=plan.now,
            )
        )
    _plan_texts(plan, document)
    for schedule, place in placed(document.report_schedules, "report_schedules"):
        user = plan.user(schedule.user, f"{place}.user")
        plan.rows.append(
            ReportSchedule(
                id=plan.ids.of(schedule),
                report_id=schedule.report,
                frequency=schedule.frequency,
                at=schedule.at,
                date_range=schedule.date_range,
                to_address=", ".join(schedule.to),
                cc_address=", ".join(schedule.cc),
                subject=schedule.subject,
                body=schedule.body,
                user_id=user.id if user else ADMIN_ID,
                is_enabled=schedule.enabled,
                next_send_at=first_after(schedule.frequency, schedule.at, plan.now, zone),
                created_at=plan.now,
            )
        )


def _plan_texts(plan: Plan, document: SeedDocument) -> None:
    for reply in document.canned_replies:
        deleted = plan.when_or_none(reply.deleted)
        row = CannedReply(id=plan.ids.of(reply), name=reply.name, body=reply.body, deleted_at=deleted)
        row.created_at = deleted or plan.now
        plan.rows.append(row)
    for entry, place in placed(document.news, "news"):
        created, deleted = plan.when(entry.created, plan.now), plan.when_or_none(entry.deleted)
        if entry.created is not None:
            plan.in_order(deleted, created, f"{place}.deleted")
        item = NewsItem(id=plan.ids.of(entry), subject=entry.subject, body=entry.body, is_enabled=entry.enabled)
        item.created_at, item.deleted_at = created, deleted
        plan.rows.append(item)


def _zone(plan: Plan, document: SeedDocument) -> tzinfo:
    """Return the zone that the installation will have; UTC where it is none, which is told elsewhere."""
    name = document.installation.time_zone
    if name is None:
        return installation.time_zone_to_show(plan.session)
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return UTC
