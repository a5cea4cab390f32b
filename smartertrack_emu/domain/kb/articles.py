"""Articles: one, a folder's, all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import NotFound
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.search.snippets import SNIPPET_LENGTH, beginning
from smartertrack_emu.domain.text import normalized

from .access import Reader, reader
from .folders import require
from .models import KbArticle

_LONGEST_SLUG = 80
_LONGEST_SUBJECT = 4_000
"""Characters of a subject from which an address is made."""


class Article(NamedTuple):
    """An article in full; `is_private` also where its folder is. `body` is HTML as it was written."""

    id: int
    folder_id: int
    subject: str
    body: str
    summary: str
    keywords: str
    language: str
    is_private: bool
    is_draft: bool
    is_deleted: bool
    is_flagged_for_review: bool
    score: int
    score_votes: int
    created_at: datetime
    modified_at: datetime
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article as lists show it: `snippet` is its summary where it has one, else of its text."""

    id: int
    folder_id: int
    subject: str
    snippet: str
    language: str
    is_private: bool
    is_draft: bool
    is_deleted: bool
    is_flagged_for_review: bool
    score: int
    score_votes: int
    created_at: datetime
    modified_at: datetime
    reviewed_at: datetime | None
    relevance: float = 0.0


def get(session: Session, actor: Principal | None, article_id: int) -> Article:
    """Return an article in full; NotFound where there is none, or none that the actor may see."""
    seen = reader(session, actor)
    columns = [getattr(KbArticle, name) for name in Article._fields]
    statement: Select[*tuple[Any, ...]] = select(*columns).where(
        KbArticle.id == article_id, *seen.conditions(include_private=True, with_deleted=True)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(f"There is no knowledge base article {article_id}.")
    article = Article(*row)
    return article._replace(is_private=article.is_private or seen.folders[article.folder_id].is_private)


def exists(session: Session, article_id: int) -> bool:
    """Say whether there is an article that is not deleted, whoever may see it."""
    return session.scalar(select(KbArticle.id).where(KbArticle.id == article_id, ~KbArticle.is_deleted)) is not None


def listing(session: Session, actor: Principal | None, folder_id: int, *, include_private: bool) -> list[ListedArticle]:
    """Return a folder's own articles, or with 0 those of all folders, the newest first; NotFound for the folder."""
    seen = reader(session, actor)
    if folder_id:
        require(seen, folder_id)
    folders = [folder_id] if folder_id else None
    return newest(session, seen, include_private=include_private, folders=folders, limit=None)


def newest(
    session: Session,
    seen: Reader,
    *,
    include_private: bool,
    folders: Iterable[int] | None,
    limit: int | None,
) -> list[ListedArticle]:
    """Return articles that somebody may see, the newest first."""
    statement = (
        list_columns()
        .where(*seen.conditions(include_private=include_private, folders=folders))
        .order_by(KbArticle.created_at.desc(), KbArticle.id.desc())
        .limit(limit)
    )
    return [listed(seen, row) for row in session.execute(statement)]


def list_columns() -> Select[*tuple[Any, ...]]:
    """Return the statement that reads what lists show; of the text just its beginning."""
    return select(
        KbArticle.id,
        KbArticle.folder_id,
        KbArticle.subject,
        KbArticle.summary,
        KbArticle.language,
        KbArticle.is_private,
        KbArticle.is_draft,
        KbArticle.is_deleted,
        KbArticle.is_flagged_for_review,
        KbArticle.score,
        KbArticle.score_votes,
        KbArticle.created_at,
        KbArticle.modified_at,
        KbArticle.reviewed_at,
        func.substr(KbArticle.body_text, 1, SNIPPET_LENGTH * 4).label("text"),
    )


def listed(seen: Reader, row: Any, *, snippet: str | None = None, relevance: float = 0.0) -> ListedArticle:
    """Return what a list shows of a row of `list_columns`."""
    return ListedArticle(
        id=row.id,
        folder_id=row.folder_id,
        subject=row.subject,
        snippet=(row.summary or beginning(row.text)) if snippet is None else snippet,
        language=row.language,
        is_private=row.is_private or seen.folders[row.folder_id].is_private,
        is_draft=row.is_draft,
        is_deleted=row.is_deleted,
        is_flagged_for_review=row.is_flagged_for_review,
        score=row.score,
        score_votes=row.score_votes,
        created_at=row.created_at,
        modified_at=row.modified_at,
        reviewed_at=row.reviewed_at,
        relevance=relevance,
    )


def slug(subject: str) -> str:
    """Return the readable part of an article's address: letters, digits and dashes of ASCII."""
    plain = normalized("NFKD", subject[:_LONGEST_SUBJECT]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_SLUG].strip("-") or "article"


def path(article_id: int, subject: str) -> str:
    """Return the path of an article's page, as on the real portal (seen)."""
    return f"/kb/a{article_id}/{slug(subject)}.aspx"
