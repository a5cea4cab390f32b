"""Articles that nobody has changed or reviewed for long: each is told of once, until somebody does (documented)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain import clock
from smartertrack_emu.domain.events.kb import KBArticleStale
from smartertrack_emu.domain.events.publishing import publish
from smartertrack_emu.domain.people.users import SYSTEM

from .models import KbArticle
from .writing import stale_since

_MOST = 500


def due(session: Session, left: Collection[int] = ()) -> list[int]:
    """Return articles that have become stale, but for those left out; drafts and deleted ones do not."""
    since = stale_since(session)
    statement = select(KbArticle.id).where(
        KbArticle.modified_at < since,
        or_(KbArticle.reviewed_at.is_(None), KbArticle.reviewed_at < since),
        KbArticle.stale_at.is_(None),
        ~KbArticle.is_draft,
        ~KbArticle.is_deleted,
        KbArticle.id.not_in(sorted(left)),
    )
    return list(session.scalars(statement.order_by(KbArticle.modified_at, KbArticle.id).limit(_MOST)))


def mark(session: Session, article_id: int) -> None:
    """Note that an article is stale, and tell of it."""
    article = session.scalars(select(KbArticle).where(KbArticle.id == article_id).with_for_update(of=KbArticle)).one()
    now = clock.now()
    touched = max(article.modified_at, article.reviewed_at or article.modified_at)
    article.stale_at = now
    session.flush()
    publish(session, SYSTEM, KBArticleStale(article_id, (now - touched).days))
