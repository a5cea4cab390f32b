"""The twenty-four reports: finding one, who may have it, and making its table over a span."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound, PermissionDenied
from smartertrack_emu.domain.naming import shown
from smartertrack_emu.domain.people import reports
from smartertrack_emu.domain.people.models import BuiltInRole, RoleReport, User, UserRole
from smartertrack_emu.domain.people.reports import REPORTS, Report
from smartertrack_emu.domain.text import fold

from . import conversations, tickets, work
from .declaring import DECLARED, Declared
from .measures import Rows
from .spans import Span

MODULES = (conversations, tickets, work)
"""Where the reports are declared."""


class Table(NamedTuple):
    """A report as it was made."""

    title: str
    columns: tuple[str, ...]
    rows: Rows
    span: Span


def find(reference: str) -> Report:
    """Return the report with a GUID, or with a title in any letter case; NotFound."""
    found = reports.find(reference)
    if found is not None:
        return found
    wanted = fold(reference.strip())
    for report in REPORTS:
        if fold(report.title) == wanted:
            return report
    raise NotFound(f"There is no report {shown(reference)}.")


def declared(report: Report) -> Declared:
    """Return what a report is."""
    return DECLARED[report.title]


def make(session: Session, report: Report, span: Span) -> Table:
    """Make a report: one statement, however many rows there are."""
    found = DECLARED[report.title]
    return Table(report.title, found.columns, found.rows(session, span), span)


def may_have(session: Session, user_id: int, report: Report) -> bool:
    """Say whether a user is there and a role of theirs may see a report; administrators may see all."""
    held = select(UserRole.role_id).join(User, User.id == UserRole.user_id)
    held = held.where(User.id == user_id, User.deleted_at.is_(None))
    roles = set(session.scalars(held))
    if BuiltInRole.SYSTEM_ADMINISTRATOR in roles:
        return True
    allowed = select(RoleReport.role_id).where(RoleReport.report_id == report.id, RoleReport.role_id.in_(roles))
    return session.scalar(allowed.limit(1)) is not None


def require(session: Session, user_id: int, report: Report) -> None:
    """Raise PermissionDenied for a user who may not see a report."""
    if not may_have(session, user_id, report):
        raise PermissionDenied(f"The report {report.title} needs a permission that these roles do not have.")
