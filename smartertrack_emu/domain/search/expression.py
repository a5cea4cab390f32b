"""What people type to find something: words, "phrases", -without, prefix*.

Every text is an expression, none is an error. All words must be there, but for the small words of English, which count
in the ranking alone unless there is nothing else. A word that is cut into several (`e-mail`, an address, a number) is a
phrase. What comes after the fiftieth word or phrase, or after 20,000 characters, does not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .words import words

MOST_CLAUSES = 50
LONGEST_PHRASE = 50

LONGEST_EXPRESSION = 20_000
"""Characters of what was typed that are read."""

_SMALL_WORDS = """
a an and are as at be been but by can could did do does for from had has have how i if in into is it
its me my of on or our should so than that the their them then there these they this those to us was
we were what when where which who why will with would you your
"""
SMALL_WORDS = frozenset(_SMALL_WORDS.split())
"""English words that stand in most texts."""

_PART = re.compile(r'(?P<minus>(?<!\S)[-\u2212\u2013]+)?(?:"(?P<phrase>[^"]*)(?:"|\Z)|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans("“”„«»", '"""""')


@dataclass(frozen=True, slots=True)
class Clause:
    """Words that stand one after the other; of a prefix, the last one need only begin so."""

    words: tuple[str, ...]
    is_prefix: bool = False

    @property
    def needle(self) -> str:
        """What stands in a text that has the clause, the text's words set between single spaces."""
        joined = " ".join(self.words)
        return f" {joined}" if self.is_prefix else f" {joined} "


@dataclass(frozen=True, slots=True)
class Expression:
    """All that is `required`, nothing that is `excluded`; what is `preferred` comes first.

    `typed` is all that is wanted as one phrase, as it was typed.
    """

    required: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()
    preferred: tuple[Clause, ...] = ()
    typed: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing in particular."""
        return not self.required and not self.excluded


def parse(text: str) -> Expression:
    """Read what somebody typed."""
    wanted: dict[Clause, bool] = {}
    excluded: dict[Clause, None] = {}
    for match in _PART.finditer(text[:LONGEST_EXPRESSION].translate(_QUOTES)):
        if len(wanted) + len(excluded) == MOST_CLAUSES:
            break
        phrase, word = match["phrase"], match["word"]
        found = tuple(words(word if phrase is None else phrase)[:LONGEST_PHRASE])
        if not found:
            continue
        clause = Clause(found, is_prefix=phrase is None and word.endswith("*"))
        if match["minus"]:
            excluded[clause] = None
        else:
            is_small = phrase is None and not clause.is_prefix and len(found) == 1 and found[0] in SMALL_WORDS
            wanted[clause] = wanted.get(clause, True) and is_small
    telling = tuple(clause for clause, is_small in wanted.items() if not is_small)
    small = tuple(clause for clause, is_small in wanted.items() if is_small)
    typed = " ".join(word for clause in wanted for word in clause.words)
    if not telling:
        return Expression(small, tuple(excluded), typed=typed)
    return Expression(telling, tuple(excluded), small, typed)
