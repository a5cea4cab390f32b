"""Finding words on PostgreSQL: a tsvector for words, an array of numbers for each two neighbours, both with GIN.

A GIN index gives all that it has of a word, in no order; a walk over the table from its end gives the newest first, but
has to read the vector of each row that it meets. Which is better the planner says, from how frequent the words are.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

from smartertrack_emu.store.full_text import PAIRS, PAIRS_OF, VECTOR

from .expression import Clause, Expression
from .index import SearchIndex

_PLANNING = {
    # A row met on a walk is dear, for its vector stands beside the table; pages are in memory.
    "cpu_index_tuple_cost": "3",
    "random_page_cost": "1",
    # Nothing is ever found sooner by reading the whole table, nor by starting processes or compiling for milliseconds.
    "enable_seqscan": "off",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}
"""What the planner is told of this database. Of itself it takes an `@@` for as cheap as any other operator."""

_PLAN = select(*(func.set_config(name, value, True) for name, value in _PLANNING.items()))  # noqa: FBT003 - SQL


def find(index: SearchIndex, expression: Expression) -> Select[int]:
    """Return the statement that gives the ids of an expression's documents."""
    return select(index.id).where(*_conditions(index, expression, in_title=False))


def newest_first(index: SearchIndex, expression: Expression, *, in_title: bool) -> Select[int]:
    """Return the statement that gives the ids, the highest first."""
    return select(index.id).where(*_conditions(index, expression, in_title=in_title)).order_by(index.id.desc())


def tell_planner(session: Session) -> None:
    """Let the planner plan what `newest_first` gives, until the transaction ends, by what things cost there."""
    session.execute(_PLAN)


def _conditions(index: SearchIndex, expression: Expression, *, in_title: bool) -> list[ColumnElement[bool]]:
    wanted = [_lexemes(clause, in_title=in_title) for clause in expression.required if not _is_whole_phrase(clause)]
    unwanted = [_lexemes(clause) for clause in expression.excluded if len(clause.words) == 1]
    conditions: list[ColumnElement[bool]] = []
    if wanted:
        # What must not be there is asked of the index too.
        conditions.append(_has(" & ".join([*wanted, *(f"!{lexeme}" for lexeme in unwanted)])))
    elif unwanted:
        conditions.append(not_(_has(" | ".join(unwanted))))
    conditions += [_stands(index, clause, in_title=in_title) for clause in _phrases(expression.required)]
    for clause in _phrases(expression.excluded):
        stands = _stands(index, clause, in_title=False)
        conditions.append(not_(stands if _is_whole_phrase(clause) else and_(_has(_lexemes(clause)), stands)))
    return conditions


def _phrases(clauses: Iterable[Clause]) -> list[Clause]:
    return [clause for clause in clauses if len(clause.words) > 1]


def _is_whole_phrase(clause: Clause) -> bool:
    """Whether pairs of words find it: the last word of a prefix is none."""
    return len(clause.words) > 1 and not clause.is_prefix


def _has(query: str) -> ColumnElement[bool]:
    return column(VECTOR, TSVECTOR).bool_op("@@")(cast(_written(query), TSQUERY))


def _written(value: str) -> ColumnElement[str]:
    """Return a value that is written into the statement: a prepared one is planned not knowing what is looked for."""
    return bindparam(None, value, String, unique=True, literal_execute=True)


def _lexemes(clause: Clause, *, in_title: bool = False) -> str:
    mark = "=" if in_title else ""
    last = len(clause.words) - 1
    return " & ".join(
        f"'{mark}{word}'" + (":*" if clause.is_prefix and place == last else "")
        for place, word in enumerate(clause.words)
    )


def _stands(index: SearchIndex, clause: Clause, *, in_title: bool) -> ColumnElement[bool]:
    """Return the condition that a phrase stands there; the texts are read where its pairs alone do not tell."""
    columns = (index.title,) if in_title else index.words
    reads = or_(*(func.strpos(literal(" ") + words + literal(" "), clause.needle) > 0 for words in columns))
    if not _is_whole_phrase(clause):
        return reads
    mark = "=" if in_title else ""
    pairs = getattr(func, PAIRS_OF)(_written(" ".join(f"{mark}{word}" for word in clause.words)))
    has_pairs = column(PAIRS, ARRAY(BigInteger)).contains(pairs)
    return has_pairs if len(clause.words) == 2 else and_(has_pairs, reads)
