"""The tree of folders, and what roles may do in each."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.people import permissions
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Area, Right
from smartertrack_emu.domain.people.roles import rights_changed

from .access import Folder, Reader, reader
from .models import KbFolder, KbFolderRights


def children(session: Session, actor: Principal | None, parent_id: int) -> list[Folder]:
    """Return the folders directly in a folder, or with 0 those in none, in their order; NotFound for the parent."""
    seen = reader(session, actor)
    if parent_id:
        require(seen, parent_id)
    return [folder for folder in seen.folders.values() if folder.parent_id == (parent_id or None)]


def require(seen: Reader, folder_id: int) -> Folder:
    """Return a folder that somebody may see; NotFound."""
    folder = seen.folders.get(folder_id)
    if folder is None:
        raise NotFound(f"There is no knowledge base folder {folder_id}.")
    return folder


def allow(session: Session, role_id: int, folder_id: int, names: Iterable[str | None]) -> None:
    """Let a role do just what is named with the articles of a folder and of those below without a list of their own.

    Folder 0: of all folders without a list (ours). BadValue, NotFound for the role or the folder.
    """
    if not folder_id:
        permissions.allow(session, role_id, Area.KB, names)
        return
    rights = permissions.named(Area.KB, names)
    permissions.lock(session, role_id)
    _replace(session, role_id, folder_id, rights)
    rights_changed(session)


def _replace(session: Session, role_id: int, folder_id: int, rights: Collection[Right]) -> None:
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
