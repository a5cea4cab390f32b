"""What of the knowledge base somebody may see: folders by their roles' rights, privacy by being an employee, drafts.

A role's rights in a folder are those set for the nearest folder on the way up, else its own; they add up over the
roles. A folder in a private one is private, and so is an article in a private folder. Drafts are seen by those who
may write in their folder. A deleted article shows in no list and is read by employees alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.people.models import BuiltInRole, RoleRight
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right

from .models import KbArticle, KbFolder, KbFolderRights

_WRITE = frozenset({Right.KB_CREATE, Right.KB_MODIFY})
_ALL = _WRITE | {Right.KB_VIEW, Right.KB_DELETE, Right.KB_MARK_REVIEWED}


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder somebody may see, with what they may do there; `is_private` also where one above it is."""

    id: int
    parent_id: int | None
    name: str
    is_private: bool
    rights: frozenset[Right]

    @property
    def shows_drafts(self) -> bool:
        """Whether they see drafts."""
        return not self.rights.isdisjoint(_WRITE)


@dataclass(frozen=True, slots=True)
class Reader:
    """What somebody may see: `folders` by their ids, in the order they show in; `sees_all`: there are no others."""

    folders: Mapping[int, Folder]
    is_employee: bool
    sees_all: bool

    def conditions(
        self, *, include_private: bool, folders: Iterable[int] | None = None, with_deleted: bool = False
    ) -> list[ColumnElement[bool]]:
        """Return what `KbArticle` meets where they may see it; `folders`: only those of these."""
        within = self.folders if folders is None else set(folders) & self.folders.keys()
        shown = [self.folders[id_] for id_ in within]
        if not include_private:
            shown = [folder for folder in shown if not folder.is_private]
        if not shown:
            return [false()]
        conditions: list[ColumnElement[bool]] = []
        if not self.sees_all or len(shown) < len(self.folders):
            conditions.append(KbArticle.folder_id.in_(sorted(folder.id for folder in shown)))
        drafts = sorted(folder.id for folder in shown if folder.shows_drafts)
        if len(drafts) < len(shown):
            conditions.append(
                or_(~KbArticle.is_draft, KbArticle.folder_id.in_(drafts)) if drafts else ~KbArticle.is_draft
            )
        if not include_private or not self.is_employee:
            conditions.append(~KbArticle.is_private)
        if not (with_deleted and self.is_employee):
            conditions.append(~KbArticle.is_deleted)
        return conditions

    def under(self, folder_id: int) -> list[int]:
        """Return a folder's id and those of all folders below it that they may see."""
        children: dict[int | None, list[int]] = {}
        for folder in self.folders.values():
            children.setdefault(folder.parent_id, []).append(folder.id)
        found = {folder_id: None}
        waiting = [folder_id]
        while waiting:
            below = [id_ for id_ in children.get(waiting.pop(), []) if id_ not in found]
            found.update(dict.fromkeys(below))
            waiting += below
        return list(found)


def reader(session: Session, actor: Principal | None) -> Reader:
    """Return what somebody may see; None is a visitor who did not log in, who has the role Everyone."""
    role_ids = {int(BuiltInRole.EVERYONE)} if actor is None else actor.role_ids
    is_employee = actor is not None and actor.is_agent
    is_administrator = actor is not None and actor.is_administrator
    rights = _rights(session, role_ids)
    rows = session.execute(
        select(KbFolder.id, KbFolder.parent_id, KbFolder.name, KbFolder.is_private).order_by(
            KbFolder.sort_order, KbFolder.id
        )
    ).all()
    parents = {row.id: row.parent_id for row in rows}
    own_privacy = {row.id: row.is_private for row in rows}
    folders = {}
    for row in rows:
        way_up = _way_up(row.id, parents)
        is_private = any(own_privacy[id_] for id_ in way_up)
        allowed = _ALL if is_administrator else _allowed(way_up, rights, role_ids)
        if Right.KB_VIEW in allowed and (is_employee or not is_private):
            folders[row.id] = Folder(row.id, row.parent_id, row.name, is_private, allowed)
    return Reader(folders, is_employee, sees_all=len(folders) == len(rows))


def _way_up(folder_id: int, parents: Mapping[int, int | None]) -> list[int]:
    """Return a folder and those above it, the nearest first; a circle, should there be one, is gone round once."""
    way: list[int] = []
    at: int | None = folder_id
    while at is not None and at in parents and at not in way:
        way.append(at)
        at = parents[at]
    return way


_Rights = Mapping[tuple[int, int | None], frozenset[Right]]
"""(role, folder) -> what it may do; folder None: what the role may do where no folder says otherwise."""


def _rights(session: Session, role_ids: Iterable[int]) -> _Rights:
    roles = sorted(role_ids)
    found: dict[tuple[int, int | None], frozenset[Right]] = {}
    wanted = sorted(_ALL)
    for role_id, right in session.execute(
        select(RoleRight.role_id, RoleRight.right).where(RoleRight.role_id.in_(roles), RoleRight.right.in_(wanted))
    ):
        found[role_id, None] = found.get((role_id, None), frozenset()) | {right}
    for row in session.execute(
        select(
            KbFolderRights.role_id,
            KbFolderRights.folder_id,
            KbFolderRights.may_view,
            KbFolderRights.may_create,
            KbFolderRights.may_modify,
            KbFolderRights.may_delete,
            KbFolderRights.may_mark_reviewed,
        ).where(KbFolderRights.role_id.in_(roles))
    ):
        given = {
            Right.KB_VIEW: row.may_view,
            Right.KB_CREATE: row.may_create,
            Right.KB_MODIFY: row.may_modify,
            Right.KB_DELETE: row.may_delete,
            Right.KB_MARK_REVIEWED: row.may_mark_reviewed,
        }
        found[row.role_id, row.folder_id] = frozenset(right for right, is_given in given.items() if is_given)
    return found


def _allowed(way_up: Iterable[int], rights: _Rights, role_ids: Iterable[int]) -> frozenset[Right]:
    way: list[int | None] = [*way_up, None]
    allowed: frozenset[Right] = frozenset()
    for role_id in role_ids:
        allowed |= next((rights[role_id, id_] for id_ in way if (role_id, id_) in rights), frozenset())
    return allowed
