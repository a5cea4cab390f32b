"""The tree of folders."""

from __future__ import annotations

from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.people.principal import Principal

from .access import Folder, Reader, reader


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
