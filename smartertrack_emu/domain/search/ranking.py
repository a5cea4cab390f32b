"""Which of the documents found come first: computed here, from their words alone, so the same on both databases.

A document is the better the more of what was looked for stands in its title (most in a short one), among its keywords
and in its text (each time counting less, and less in a long text), and the closer together it stands there. What other
documents there are does not matter. Those whose words only begin as the ones looked for come after all others.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from . import finding
from .expression import Clause, Expression
from .index import SearchIndex

MOST_RANKED = 200
"""So many of what was found are ranked: the newest, and where there are more, the newest with all words in the title.

Whoever wants more results gets more ranked. It keeps a search for a word that every document has as quick as any other.
"""

_READ = 4_000
"""Characters of a document's text that are read to rank it."""

_TITLE = 4.0
_KEYWORD = 2.0
_TEXT = 1.0
_TITLE_LENGTH = 6
"""Words of a title of middling length."""
_TEXT_LENGTH = 1_500
"""Characters of a text of middling length."""
_SATURATION = 1.2
_NEIGHBOURS_IN_TITLE = 2.0
_NEIGHBOURS_IN_TEXT = 1.0
_AS_TYPED = 3.0
"""For a title that has all words as they were typed, and once more for one that has no others."""
_BEGINS = 0.5
"""What a word counts that only begins as the one looked for."""
_SMALL = 0.15
"""What a preferred clause counts beside a required one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found; higher is better. `is_exact`: it has the very words, not just some that begin with them."""

    id: int
    relevance: float
    is_exact: bool = True


def ranked(
    session: Session,
    index: SearchIndex,
    expression: Expression,
    among: Sequence[ColumnElement[bool]],
    *,
    date: Column[object],
    limit: int,
) -> list[Hit]:
    """Return the best documents of an expression that requires something, at most `limit`, the best first.

    `among`: conditions on the index's table; `date`: by which, then by id, equals are ordered, the latest first. Words
    that only begin as those looked for are searched where the words themselves do not give enough.
    """
    finding.prepare(session)
    hits = _best(session, index, expression, among, date=date, limit=limit, known=())
    wider = expression.widened()
    if wider is None or len(hits) >= limit:
        return hits
    known = [hit.id for hit in hits]
    further = _best(session, index, wider, among, date=date, limit=limit - len(hits), known=known)
    lowest = hits[-1].relevance if hits else math.inf
    return hits + [Hit(hit.id, min(hit.relevance, lowest), is_exact=False) for hit in further]


def _best(
    session: Session,
    index: SearchIndex,
    expression: Expression,
    among: Sequence[ColumnElement[bool]],
    *,
    date: Column[object],
    limit: int,
    known: Collection[int],
) -> list[Hit]:
    """Return the best documents, at most `limit`, but for those that are known: all that have the very words."""
    most = max(limit, MOST_RANKED) + len(known)
    # The words columns are a title, keywords (where there are three) and a text.
    title, *keywords, text = index.words
    read = select(index.id, date, title, *keywords, func.substr(text, 1, _READ), func.length(text))
    rows: dict[int, Any] = {}
    for in_title in (False, True):
        found = finding.newest_first(session, index, expression, in_title=in_title)
        ids = found.where(*among).limit(most).subquery()
        statement: Select[*tuple[Any, ...]] = read.join(ids, ids.c[0] == index.id)
        part = {row[0]: row for row in session.execute(statement)}
        rows |= part
        if len(part) < most:
            break  # These are all that there are.
    for id_ in known:
        rows.pop(id_, None)
    scored = sorted(
        (
            (_relevance(expression, row[2], " ".join(row[3:-2]), row[-2], row[-1]), row[1], id_)
            for id_, row in rows.items()
        ),
        reverse=True,
    )
    return [Hit(id_, relevance) for relevance, _, id_ in scored[:limit]]


def _relevance(expression: Expression, title: str, keywords: str, text: str, length: int) -> float:
    """Return how well a document suits, to four digits."""
    title, keywords, text = f" {title} ", f" {keywords} ", f" {text} "
    words_in_title = max(title.count(" ") - 1, 1)
    in_title = _TITLE / (0.5 + 0.5 * words_in_title / _TITLE_LENGTH)
    length_factor = _SATURATION * (0.25 + 0.75 * length / _TEXT_LENGTH)

    def one(clause: Clause) -> float:
        if clause.is_open and clause.is_prefix:
            exact = of(replace(clause, is_prefix=False))
            return exact + _BEGINS * (of(clause) - exact)
        return of(clause)

    def of(clause: Clause) -> float:
        needle = clause.needle
        times = text.count(needle)
        worth = _TEXT * times * (_SATURATION + 1) / (times + length_factor) if times else 0.0
        if needle in title:
            worth += in_title
        if needle in keywords:
            worth += _KEYWORD
        return worth * _telling(clause)

    total = sum(map(one, expression.required)) + _SMALL * sum(map(one, expression.preferred))
    for first, second in pairwise(expression.required):
        together = f" {' '.join(first.words)}{second.needle}"
        if together in title:
            total += _NEIGHBOURS_IN_TITLE
        if together in text:
            total += _NEIGHBOURS_IN_TEXT
    if " " in expression.typed and f" {expression.typed} " in title:
        total += _AS_TYPED * (2 if f" {expression.typed} " == title else 1)
    return round(total, 4)


def _telling(clause: Clause) -> float:
    """Say how much a clause tells: long words are rarer than short ones in every language written with letters."""
    return 0.5 + min(sum(map(len, clause.words)), 12) / 12
