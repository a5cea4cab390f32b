"""Writing articles: new ones, changes, deletion, and their review.

Each asks for a right in the article's folder: to create, to modify (also to flag for review), to delete, to mark as
reviewed. An article that goes to another folder needs the right to create there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.errors import BadValue, NotFound, NotPossible, PermissionDenied
from smartertrack_emu.domain.events.kb import (
    KBArticleCreated,
    KBArticleDeleted,
    KBArticleFlaggedForReview,
    KBArticleMarkedAsReviewed,
    KBArticleModified,
)
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.people.rights import Right
from smartertrack_emu.domain.structure.engine_settings import engine_settings

from .access import Reader, reader
from .articles import Article
from .models import KbArticle


def is_stale(article: Article, since: datetime) -> bool:
    """Say whether an article was neither changed nor reviewed since a moment; of drafts and deleted ones never."""
    touched = max(article.modified_at, article.reviewed_at or article.modified_at)
    return not article.is_draft and not article.is_deleted and touched < since


def stale_since(session: Session) -> datetime:
    """Return the moment before which articles must have been touched to be stale."""
    return clock.now() - timedelta(days=engine_settings(session).kb_stale_days)


def page(session: Session, actor: Principal, *, limit: int, offset: int) -> tuple[list[Article], int]:
    """Return articles in full that the actor may see and that are not deleted, the oldest first, and how many."""
    seen = reader(session, actor)
    conditions = seen.conditions(include_private=True)
    columns = [getattr(KbArticle, name) for name in Article._fields]
    rows = session.execute(select(*columns).where(*conditions).order_by(KbArticle.id).limit(limit).offset(offset))
    found = [Article(*row) for row in rows]
    shown = [one._replace(is_private=one.is_private or seen.folders[one.folder_id].is_private) for one in found]
    return shown, session.scalar(select(func.count()).select_from(KbArticle).where(*conditions)) or 0


def create(session: Session, actor: Principal, attributes: Mapping[str, Any]) -> int:
    """Write an article, with columns of `KbArticle`, and return its id.

    PermissionDenied; BadValue for an unknown folder and for an empty subject.
    """
    seen = reader(session, actor)
    _require_folder(seen, attributes["folder_id"], Right.KB_CREATE)
    _check_subject(attributes["subject"])
    now = clock.now()
    article = KbArticle(created_at=now, modified_at=now, created_by_id=actor.id, **attributes)
    session.add(article)
    session.flush()
    publish(session, actor, KBArticleCreated(article.id))
    return article.id


def change(session: Session, actor: Principal, article_id: int, changes: Mapping[str, Any]) -> None:
    """Change columns of an article; what changes nothing is no change. NotFound, NotPossible, and as `create`."""
    seen, article = _open(session, actor, article_id, Right.KB_MODIFY)
    changed = {name: value for name, value in changes.items() if getattr(article, name) != value}
    if "folder_id" in changed:
        _require_folder(seen, changed["folder_id"], Right.KB_CREATE)
    if "subject" in changed:
        _check_subject(changed["subject"])
    if not changed:
        return
    for name, value in changed.items():
        setattr(article, name, value)
    article.modified_at, article.stale_at = clock.now(), None
    session.flush()
    publish(session, actor, KBArticleModified(article_id))


def delete(session: Session, actor: Principal, article_id: int) -> None:
    """Mark an article as deleted; NotFound, PermissionDenied, NotPossible for one that is."""
    _, article = _open(session, actor, article_id, Right.KB_DELETE)
    article.is_deleted, article.deleted_at = True, clock.now()
    session.flush()
    publish(session, actor, KBArticleDeleted(article_id))


def flag(session: Session, actor: Principal, article_id: int) -> None:
    """Ask for an article's review; NotFound, PermissionDenied, NotPossible for a deleted one."""
    _, article = _open(session, actor, article_id, Right.KB_MODIFY)
    if article.is_flagged_for_review:
        return
    article.is_flagged_for_review = True
    session.flush()
    publish(session, actor, KBArticleFlaggedForReview(article_id))


def review(session: Session, actor: Principal, article_id: int) -> None:
    """Note that an article was reviewed; NotFound, PermissionDenied, NotPossible for a deleted one."""
    _, article = _open(session, actor, article_id, Right.KB_MARK_REVIEWED)
    article.is_flagged_for_review = False
    article.reviewed_at, article.stale_at = clock.now(), None
    session.flush()
    publish(session, actor, KBArticleMarkedAsReviewed(article_id))


def _open(session: Session, actor: Principal, article_id: int, right: Right) -> tuple[Reader, KbArticle]:
    """Return an article that the actor may see and do this to, its row locked until the transaction ends."""
    seen = reader(session, actor)
    conditions = seen.conditions(include_private=True, with_deleted=True)
    statement = select(KbArticle).where(KbArticle.id == article_id, *conditions).with_for_update(of=KbArticle)
    article = session.scalars(statement).one_or_none()
    if article is None:
        raise NotFound(f"There is no knowledge base article {article_id}.")
    if article.is_deleted:
        raise NotPossible(f"Knowledge base article {article_id} is deleted.")
    _require_folder(seen, article.folder_id, right)
    return seen, article


def _require_folder(seen: Reader, folder_id: int, right: Right) -> None:
    folder = seen.folders.get(folder_id)
    if folder is None:
        raise BadValue("folder_id", f": there is no knowledge base folder {folder_id}.")
    if right not in folder.rights:
        raise PermissionDenied(f"This needs a permission in the folder that your roles do not have: {right.value}.")


def _check_subject(subject: str) -> None:
    if not subject.strip():
        raise BadValue("subject", "is required.")
