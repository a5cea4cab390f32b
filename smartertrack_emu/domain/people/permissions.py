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
from smartertrack_emu.domain.kb.models import KbFolder, KbFolderRights
from smartertrack_emu.domain.text import fold

from . import reports
from .models import Role, RoleReport, RoleRight
from .rights import Area, Right, rights_of
from .roles import no_role, rights_changed


def allow(session: Session, role_id: int, area: Area, names: Iterable[str | None]) -> None:
    """Let a role do just what is named in an area; BadValue for a name that is no right of it, NotFound."""
    rights = named(area, names)
    _lock(session, role_id)
    _replace(session, role_id, area, rights)
    rights_changed(session)


def allow_in_folder(session: Session, role_id: int, folder_id: int, names: Iterable[str | None]) -> None:
    """Let a role do just what is named with the articles of a folder and of those below without a list of their own.

    Folder 0: of all folders without a list (ours). BadValue, NotFound for the role or the folder.
    """
    rights = named(Area.KB, names)
    _lock(session, role_id)
    if not folder_id:
        _replace(session, role_id, Area.KB, rights)
    else:
        _replace_in_folder(session, role_id, folder_id, rights)
    rights_changed(session)


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
    _lock(session, role_id)
    session.execute(delete(RoleReport).where(RoleReport.role_id == role_id))
    if wanted:
        session.execute(insert(RoleReport), [{"role_id": role_id, "report_id": guid} for guid in wanted])
    rights_changed(session)


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


def _lock(session: Session, role_id: int) -> None:
    """Let changes of one role's rights take turns; NotFound for an unknown role."""
    if session.scalar(select(Role.id).where(Role.id == role_id).with_for_update()) is None:
        raise no_role(role_id)


def _replace(session: Session, role_id: int, area: Area, rights: Collection[Right]) -> None:
    session.execute(delete(RoleRight).where(RoleRight.role_id == role_id, RoleRight.right.in_(rights_of(area))))
    if rights:
        session.execute(insert(RoleRight), [{"role_id": role_id, "right": right} for right in sorted(rights)])


def _replace_in_folder(session: Session, role_id: int, folder_id: int, rights: Collection[Right]) -> None:
    if session.scalar(select(KbFolder.id).where(KbFolder.id == folder_id)) is None:
        raise NotFound(f"There is no knowledge base category {folder_id}.")
    session.execute(
        delete(KbFolderRights).where(KbFolderRights.folder_id == folder_id, KbFolderRights.role_id == role_id)
    )
    session.execute(
        insert(KbFolderRights),
        {
            "folder_id": folder_id,
            "role_id": role_id,
            "may_create": Right.KB_CREATE in rights,
            "may_modify": Right.KB_MODIFY in rights,
            "may_delete": Right.KB_DELETE in rights,
            "may_mark_reviewed": Right.KB_MARK_REVIEWED in rights,
            "may_view": Right.KB_VIEW in rights,
        },
    )
