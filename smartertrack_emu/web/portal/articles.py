"""An article of the knowledge base, at the address that searches give."""

from __future__ import annotations

import re

from flask import Blueprint, Response, make_response, render_template, request

from smartertrack_emu.desk.desk import Session
from smartertrack_emu.domain.errors import LoginFailed, NotFound
from smartertrack_emu.domain.html import MOST_SHOWN
from smartertrack_emu.domain.kb import articles
from smartertrack_emu.domain.kb.articles import Article
from smartertrack_emu.domain.markup import cut
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.web import headers
from smartertrack_emu.web.login import find_user
from smartertrack_emu.web.visit import desk, prefixed

pages = Blueprint("articles", __name__)

_LONGEST_SHOWN = 8_000_000
"""Characters of an article, most of them those of images that stand in it."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@pages.get("/kb/a<id:article_id>")
@pages.get("/kb/a<id:article_id>/<name:name>")
def article(article_id: int, name: str = "") -> Response:
    """Return an article's page: public ones for all, the others with a login that may see them.

    Without a login, what is not public asks for one; what is not there is not found.
    """
    del name  # for the reader
    caller = find_user()
    if caller is None:
        found = desk().read(lambda session: _for_anybody(session, article_id), about=request.path)
    else:
        found = desk().call(caller, lambda session, actor: _for(session, actor, article_id), about=request.path)
    return _page(found, is_public=caller is None)


def _for_anybody(session: Session, article_id: int) -> Article:
    try:
        return articles.get(session, None, article_id)
    except NotFound:
        if articles.exists(session, article_id):
            raise LoginFailed("This article is not public: log in to read it.") from None
        raise _no_article() from None


def _for(session: Session, actor: Principal, article_id: int) -> Article:
    try:
        return articles.get(session, actor, article_id)
    except NotFound:
        raise _no_article() from None


def _no_article() -> NotFound:
    return NotFound("There is no such article, or none that you may see.")


def _page(article: Article, *, is_public: bool) -> Response:
    marks = {
        "private": article.is_private,
        "draft": article.is_draft,
        "deleted": article.is_deleted,
        "flagged for review": article.is_flagged_for_review and not is_public,
    }
    shown = cut(article.body, signs=MOST_SHOWN, characters=_LONGEST_SHOWN)
    response = make_response(
        render_template(
            "portal/article.html",
            article=article,
            body=shown,
            is_whole=shown == article.body,
            language=article.language if _LANGUAGE.fullmatch(article.language) else "",
            marks=[mark for mark, is_set in marks.items() if is_set],
        )
    )
    headers.allow_images("https: data:")
    address = prefixed(articles.path(article.id, article.subject))
    response.headers["Link"] = f'<{address}>; rel="canonical"'
    response.headers["Cache-Control"] = "no-cache" if is_public else "private, no-store"
    response.vary.add("Authorization")
    return response
