"""Pages of the knowledge base: an article at the address that searches give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from smartertrack_emu.desk.desk import Desk
from smartertrack_emu.domain.errors import LoginFailed, NotFound, PermissionDenied
from smartertrack_emu.domain.html import MOST_SHOWN, encode, sanitise
from smartertrack_emu.domain.kb import articles
from smartertrack_emu.domain.kb.articles import Article
from smartertrack_emu.domain.markup import cut
from smartertrack_emu.store.unit_of_work import reading

from . import login
from .responses import Response, html, prefixed, text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_PAGE = """<!DOCTYPE html>
<html{language}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{subject}</title>
<style>{style}</style>
</head>
<body>
<article>
<h1>{subject}</h1>
{body}
</article>{rest}
<footer>Article {id}{marks}. Last changed <time datetime="{changed}">{day}</time>.</footer>
</body>
</html>
"""
_STYLE = """
body { font-family: sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.5 }
footer { color: #666; border-top: 1px solid #ccc; margin-top: 2rem; padding-top: .5rem } img { max-width: 100% }
"""
_LONGEST_SHOWN = 8_000_000
"""Characters of an article, most of them those of images that stand in it."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_NONE = "There is no such article, or none that you may see."
_LARGEST_ID = 2**31 - 1


def article(desk: Desk, environ: WSGIEnvironment, article_id: int) -> Response:
    """Return an article's page: public ones for all, the others with a login (HTTP Basic) that may see them.

    Without a login, what is not public asks for one; what is not there is not found.
    """
    credentials = login.credentials(environ)
    if not 0 < article_id <= _LARGEST_ID:
        return text(404, _NONE)
    try:
        actor = None if credentials is None else login.by_password(desk, credentials, environ.get("REMOTE_ADDR", ""))
    except LoginFailed as error:
        return _ask(str(error))
    except PermissionDenied as error:
        return text(403, str(error))
    with reading(desk.engine) as session:
        try:
            found = articles.get(session, actor, article_id)
        except NotFound:
            if actor is None and articles.exists(session, article_id):
                return _ask("This article is not public: log in to read it.")
            return text(404, _NONE)
    return _page(found, prefixed(environ, articles.path(found.id, found.subject)), is_public=actor is None)


def _ask(sentence: str) -> Response:
    return login.ask(sentence, "Knowledge base")


def _page(article: Article, address: str, *, is_public: bool) -> Response:
    marks = {
        "private": article.is_private,
        "draft": article.is_draft,
        "deleted": article.is_deleted,
        "flagged for review": article.is_flagged_for_review and not is_public,
    }
    shown = cut(article.body, signs=MOST_SHOWN, characters=_LONGEST_SHOWN)
    page = html(
        _PAGE.format(
            style=_STYLE,
            id=article.id,
            language=f' lang="{article.language}"' if _LANGUAGE.fullmatch(article.language) else "",
            subject=encode(article.subject),
            body=sanitise(shown, images=True),
            rest="" if shown == article.body else "\n<p><em>The rest of this article is too long to be shown.</em></p>",
            marks="".join(f", {mark}" for mark, is_set in marks.items() if is_set),
            changed=article.modified_at.isoformat(timespec="seconds"),
            day=article.modified_at.date().isoformat(),
        ),
        style=_STYLE,
        images="https: data:",
    )
    page.headers.append(("Link", f'<{address}>; rel="canonical"'))
    page.headers.append(("Cache-Control", "no-cache" if is_public else "private, no-store"))
    page.headers.append(("Vary", "Authorization"))
    return page
