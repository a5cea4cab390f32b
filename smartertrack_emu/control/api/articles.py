"""Articles of the knowledge base: written, changed, deleted, flagged and reviewed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field
from sqlalchemy.orm import Session

from smartertrack_emu.domain.kb import articles, writing
from smartertrack_emu.domain.people.principal import Principal

from .declaring import Answer, Call, Routes
from .entrance import PREFIX
from .models import Changes, Id, Listing, Model, Moment, Paging

routes = Routes("The desk: articles")

_LONGEST_SUBJECT = 4_000
_LONGEST = 4_000_000
_COLUMNS = {"private": "is_private", "draft": "is_draft"}
_DELETED = {409: "The article is deleted."}


class NewArticle(Model):
    """An article to be written; `body` is HTML."""

    example: ClassVar[Mapping[str, Any]] = {"folder_id": 1, "subject": "When a printer burns", "body": "<p>Run.</p>"}

    folder_id: Id
    subject: str = Field(max_length=_LONGEST_SUBJECT)
    body: str = Field(default="", max_length=_LONGEST)
    keywords: str = Field(default="", max_length=_LONGEST_SUBJECT)
    private: bool = False
    draft: bool = False


class ArticleChanges(Changes):
    """What is to change of an article; what is left out stays."""

    example: ClassVar[Mapping[str, Any]] = {"draft": False}

    folder_id: Id = 0
    subject: str = Field(default="", max_length=_LONGEST_SUBJECT)
    body: str = Field(default="", max_length=_LONGEST)
    keywords: str = Field(default="", max_length=_LONGEST_SUBJECT)
    private: bool = False
    draft: bool = False


class Article(Model):
    """An article. `private` also where its folder is; `stale`: neither changed nor reviewed for `kb_stale_days`."""

    example: ClassVar[Mapping[str, Any]] = {
        "id": 3,
        "folder_id": 1,
        "subject": "When a printer burns",
        "body": "<p>Run.</p>",
        "keywords": "fire",
        "private": False,
        "draft": False,
        "deleted": False,
        "flagged_for_review": False,
        "stale": False,
        "created_at": "2025-06-01T08:00:00Z",
        "modified_at": "2025-06-01T08:00:00Z",
        "reviewed_at": None,
    }

    id: int
    folder_id: int
    subject: str
    body: str
    keywords: str
    private: bool
    draft: bool
    deleted: bool
    flagged_for_review: bool
    stale: bool
    created_at: Moment
    modified_at: Moment
    reviewed_at: Moment | None


def _find(call: Call, article_id: int) -> None:
    call.read(lambda session, actor: articles.get(session, actor, article_id))


@routes.get("/articles")
def list_articles(call: Call, query: Paging) -> Listing[Article]:
    """List the articles that are not deleted, drafts and private ones too, the oldest first."""

    def work(session: Session, actor: Principal) -> Listing[Article]:
        found, total = writing.page(session, actor, limit=query.limit, offset=query.offset)
        since = writing.stale_since(session)
        return Listing[Article](items=[_shown(article, since) for article in found], total=total)

    return call.read(work)


@routes.post("/articles", status=201)
def add_article(call: Call, body: NewArticle) -> Answer[Article]:
    """Write an article."""

    def work(session: Session, actor: Principal) -> Article:
        article_id = writing.create(session, actor, _columns(body.model_dump()))
        return _get(session, actor, article_id)

    article = call.write(work)
    return Answer(article, headers={"Location": f"{PREFIX}/articles/{article.id}"})


@routes.get("/articles/{article_id}", finds=_find)
def get_article(call: Call, article_id: int) -> Article:
    """Return an article, a deleted one too."""
    return call.read(lambda session, actor: _get(session, actor, article_id))


@routes.patch("/articles/{article_id}", errors=_DELETED, finds=_find)
def change_article(call: Call, article_id: int, body: ArticleChanges) -> Article:
    """Change an article."""
    changes = _columns(body.model_dump(exclude_unset=True))
    return _done(call, article_id, lambda session, actor: writing.change(session, actor, article_id, changes))


@routes.delete("/articles/{article_id}", errors=_DELETED, finds=_find)
def delete_article(call: Call, article_id: int) -> None:
    """Mark an article as deleted."""
    call.write(lambda session, actor: writing.delete(session, actor, article_id))


@routes.post("/articles/{article_id}/flag", errors=_DELETED, finds=_find)
def flag_article(call: Call, article_id: int) -> Article:
    """Ask for an article's review."""
    return _done(call, article_id, lambda session, actor: writing.flag(session, actor, article_id))


@routes.post("/articles/{article_id}/review", errors=_DELETED, finds=_find)
def review_article(call: Call, article_id: int) -> Article:
    """Note that an article was reviewed."""
    return _done(call, article_id, lambda session, actor: writing.review(session, actor, article_id))


def _done(call: Call, article_id: int, work: Callable[[Session, Principal], None]) -> Article:
    """Do something with an article, and return it as it is then."""

    def work_and_show(session: Session, actor: Principal) -> Article:
        work(session, actor)
        return _get(session, actor, article_id)

    return call.write(work_and_show)


def _columns(members: Mapping[str, Any]) -> dict[str, Any]:
    return {_COLUMNS.get(name, name): value for name, value in members.items()}


def _get(session: Session, actor: Principal, article_id: int) -> Article:
    return _shown(articles.get(session, actor, article_id), writing.stale_since(session))


def _shown(article: articles.Article, stale_since: datetime) -> Article:
    return Article(
        id=article.id,
        folder_id=article.folder_id,
        subject=article.subject,
        body=article.body,
        keywords=article.keywords,
        private=article.is_private,
        draft=article.is_draft,
        deleted=article.is_deleted,
        flagged_for_review=article.is_flagged_for_review,
        stale=writing.is_stale(article, stale_since),
        created_at=article.created_at,
        modified_at=article.modified_at,
        reviewed_at=article.reviewed_at,
    )
