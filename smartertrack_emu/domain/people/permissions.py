"""What roles are allowed: every list replaces what was allowed in one area before.

Each change raises the installation's version of the rights in its own transaction, so that the next call in whatever
process goes by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import naming
from smartertrack_emu.domain.errors import BadValue, NotFound
from smartertrack_emu.domain.text import fold

from . import reports
from .models import Role, RoleReport, RoleRight
from .rights import Area, Right, rights_of
from .roles import no_role, rights_changed


def allow(session: Session, role_id: int, area: Area, names: Iterable[str | None]) -> None:
    """Let a role do just what is named in an area; BadValue for a name that is no right of it, NotFound."""
    rights = named(area, names)
    lock(session, role_id)
    _replace(session, role_id, area, rights)
    rights_changed(session)


def roles_with(session: Session, right: Right) -> list[str]:
    """Return the names of the roles that give a right; administrators have every one without."""
    statement = select(Role.name).join(RoleRight, RoleRight.role_id == Role.id).where(RoleRight.right == right)
    return list(session.scalars(statement.order_by(Role.id)))


def allow_reports(session: Session, role_id: int, guids: Iterable[str | None]) -> None:
    """Let a role see just these reports; NotFound for an unknown report or role."""
    wanted = {}
    for guid in guids:
        if guid is None or not guid.strip():
            continue
        report = reports.find(guid)
        if report is None:
            raise NotFound(f"There is no report {naming.shown(guid)}.")
        wanted[report.id] = report
    lock(session, role_id)
    session.execute(delete(RoleReport).where(RoleReport.role_id == role_id))
    if wanted:
        session.execute(insert(RoleReport), [{"role_id": role_id, "report_id": guid} for guid in wanted])
    rights_changed(session)


def lock(session: Session, role_id: int) -> None:
    """Let changes of one role's rights take turns; NotFound for an unknown role."""
    if session.scalar(select(Role.id).where(Role.id == role_id).with_for_update()) is None:
        raise no_role(role_id)


def named(area: Area, names: Iterable[str | None]) -> frozenset[Right]:
    """Return the rights of an area that the words name, in any letter case; BadValue, with all there are."""
    known = {fold(word(right)): right for right in rights_of(area)}
    rights = set()
    for name in names:
        if name is None or not name.strip():
            continue
        right = known.get(fold(name.strip()))
        if right is None:
            words = ", ".join(word(right) for right in rights_of(area))
            raise BadValue("rights", f": {naming.shown(name)} is not known. Known permissions: {words}.")
        rights.add(right)
    return frozenset(rights)


def word(right: Right) -> str:
    """Return a right as the permission operations name it: `kb.mark_reviewed` is MarkReviewed (documented)."""
    return right.value.partition(".")[2].replace("_", " ").title().replace(" ", "")


def _replace(session: Session, role_id: int, area: Area, rights: Collection[Right]) -> None:
    session.execute(delete(RoleRight).where(RoleRight.role_id == role_id, RoleRight.right.in_(rights_of(area))))
    if rights:
        session.execute(insert(RoleRight), [{"role_id": role_id, "right": right} for right in sorted(rights)])
