"""What people type to find something: words, "phrases", -without, prefix*.

Every text is an expression, none is an error. All words must be there, but for the small words of English, which count
in the ranking alone unless there is nothing else. A word that is cut into several (`e-mail`, an address, a number) is a
phrase. What comes after the fiftieth word or phrase, or after 20,000 characters, does not count.

A word of four letters or more also stands for those that begin with it (`Expression.widened`), unless it is in quotes
or must not be there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from .words import words

MOST_CLAUSES = 50
LONGEST_PHRASE = 50

LEAST_OPEN = 4
"""Letters of a word that also stands for those that begin with it."""

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
    """Words that stand one after the other; of a prefix, the last one need only begin so.

    `is_open`: it is one word, which also stands for those that begin with it.
    """

    words: tuple[str, ...]
    is_prefix: bool = False
    is_open: bool = field(default=False, compare=False)

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

    def widened(self) -> Expression | None:
        """Return the expression that also finds words which only begin as the required ones; None for no other."""
        if not any(clause.is_open for clause in self.required):
            return None
        return replace(
            self, required=tuple(replace(one, is_prefix=True) if one.is_open else one for one in self.required)
        )


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
        is_prefix = phrase is None and word.endswith("*")
        is_word = phrase is None and not is_prefix and len(found) == 1
        clause = Clause(found, is_prefix, is_open=is_word and sum(map(str.isalpha, found[0])) >= LEAST_OPEN)
        if match["minus"]:
            excluded[clause] = None
        else:
            is_small = is_word and found[0] in SMALL_WORDS
            wanted[clause] = wanted.get(clause, True) and is_small
    telling = tuple(clause for clause, is_small in wanted.items() if not is_small)
    small = tuple(clause for clause, is_small in wanted.items() if is_small)
    typed = " ".join(word for clause in wanted for word in clause.words)
    if not telling:
        return Expression(small, tuple(excluded), typed=typed)
    return Expression(telling, tuple(excluded), small, typed)
