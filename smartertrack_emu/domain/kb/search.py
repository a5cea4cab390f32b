"""Searching articles: by the words of subject, keywords and text, among those that the caller may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func
from sqlalchemy.orm import Session

from smartertrack_emu.domain.errors import BadValue
from smartertrack_emu.domain.people.principal import Principal
from smartertrack_emu.domain.search.expression import parse
from smartertrack_emu.domain.search.finding import find
from smartertrack_emu.domain.search.index import SearchIndex
from smartertrack_emu.domain.search.ranking import Hit, ranked
from smartertrack_emu.domain.search.snippets import READ, passage
from smartertrack_emu.store.batches import batches

from .access import reader
from .articles import ListedArticle, list_columns, listed, newest
from .folders import require
from .models import KbArticle

_C = KbArticle.__table__.c
ARTICLES = SearchIndex(_C.id, (_C.subject_words, _C.keyword_words, _C.body_words))


def search(
    session: Session,
    actor: Principal | None,
    terms: str,
    *,
    under_folder: int = 0,
    max_results: int,
    include_private: bool,
) -> list[ListedArticle]:
    """Return the articles that terms find, the best first, in a folder and those below it (0: all folders).

    Without terms all are found, the newest first, and so are those that lack what must not be there. NotFound for the
    folder; BadValue for less than one result.
    """
    if max_results < 1:
        raise BadValue("max_results", "must be at least 1.")
    seen = reader(session, actor)
    folders = None
    if under_folder:
        require(seen, under_folder)
        folders = seen.under(under_folder)
    expression = parse(terms)
    if expression.is_empty:
        return newest(session, seen, include_private=include_private, folders=folders, limit=max_results)
    among = seen.conditions(include_private=include_private, folders=folders)
    if expression.required:
        hits = ranked(session, ARTICLES, expression, among, date=_C.created_at, limit=max_results)
    else:
        statement = find(session, ARTICLES, expression).where(*among)
        ids = session.scalars(statement.order_by(_C.created_at.desc(), _C.id.desc()).limit(max_results))
        hits = [Hit(id_, 0.0) for id_ in ids]
    wider = expression.widened() or expression
    rows = _read(session, [hit.id for hit in hits])
    found = []
    for hit in hits:
        row = rows[hit.id]
        snippet = row.summary or passage(row.body_text, expression if hit.is_exact else wider)
        found.append(listed(seen, row, snippet=snippet, relevance=hit.relevance))
    return found


def _read(session: Session, ids: list[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    """Return what lists show of articles, and their text to cut snippets from."""
    statement = list_columns().add_columns(func.substr(KbArticle.body_text, 1, READ).label("body_text"))
    rows = {}
    for some in batches(ids):
        for row in session.execute(statement.where(KbArticle.id.in_(some))):
            rows[row.id] = row
    return rows
