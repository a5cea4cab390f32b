"""Pages of the knowledge base: an article at the address that searches give."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import LoginFailed, NotFound, PermissionDenied
from smartertrack_emu.domain.html import encode, sanitise
from smartertrack_emu.domain.kb import articles
from smartertrack_emu.domain.kb.articles import Article
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.services.helpdesk import Helpdesk
from smartertrack_emu.store.unit_of_work import reading

from .responses import Response, html, text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_PAGE = """<!DOCTYPE html>
<html{language}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{subject}</title>
<style>body {{ font-family: sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.5 }}
footer {{ color: #666; border-top: 1px solid #ccc; margin-top: 2rem; padding-top: .5rem }} img {{ max-width: 100% }}
</style>
</head>
<body>
<article>
<h1>{subject}</h1>
{body}
</article>
<footer>Article {id}{marks}. Last changed <time datetime="{changed}">{day}</time>.</footer>
</body>
</html>
"""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_NONE = "There is no such article, or none that you may see."
_LARGEST_ID = 2**31 - 1


def article(helpdesk: Helpdesk, environ: WSGIEnvironment, article_id: int) -> Response:
    """Return an article's page: public ones for all, the others with a login (HTTP Basic) that may see them.

    Without a login, what is not public asks for one; what is not there is not found.
    """
    credentials = _credentials(environ)
    if not 0 < article_id <= _LARGEST_ID:
        return text(404, _NONE)
    with reading(helpdesk.engine) as session:
        try:
            actor = None if credentials is None else _log_in(helpdesk, session, credentials)
        except LoginFailed as error:
            return _ask(str(error))
        except PermissionDenied as error:
            return text(403, str(error))
        try:
            found = articles.get(session, actor, article_id)
        except NotFound:
            if actor is None and articles.exists(session, article_id):
                return _ask("This article is not public: log in to read it.")
            return text(404, _NONE)
    return _page(found, is_public=actor is None)


def _log_in(helpdesk: Helpdesk, session: Session, credentials: tuple[str, str]) -> Principal:
    return helpdesk.accounts.log_in(session, *credentials).principal


def _credentials(environ: WSGIEnvironment) -> tuple[str, str] | None:
    """Return user name and password of an HTTP Basic login; None where there is none, or none that can be read."""
    scheme, _, encoded = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        username, colon, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        return None
    return (username, password) if colon and "\x00" not in username else None


def _ask(sentence: str) -> Response:
    return text(401, sentence, headers=[("WWW-Authenticate", 'Basic realm="Knowledge base", charset="UTF-8"')])


def _page(article: Article, *, is_public: bool) -> Response:
    marks = {
        "private": article.is_private,
        "draft": article.is_draft,
        "deleted": article.is_deleted,
        "flagged for review": article.is_flagged_for_review and not is_public,
    }
    page = html(
        _PAGE.format(
            id=article.id,
            language=f' lang="{article.language}"' if _LANGUAGE.fullmatch(article.language) else "",
            subject=encode(article.subject),
            body=sanitise(article.body),
            marks="".join(f", {mark}" for mark, is_set in marks.items() if is_set),
            changed=article.modified_at.isoformat(timespec="seconds"),
            day=article.modified_at.date().isoformat(),
        )
    )
    page.headers.append(("Link", f'<{articles.path(article.id, article.subject)}>; rel="canonical"'))
    page.headers.append(("Cache-Control", "no-cache" if is_public else "private, no-store"))
    page.headers.append(("Vary", "Authorization"))
    return page
