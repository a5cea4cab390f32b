"""The name that somebody most likely meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

_ALIKE = 0.72
"""From how alike two names are on, one may be a misspelling of the other: 1 is the same."""

_LONGEST = 100


def nearest(name: str, names: Iterable[str], *, alike: float = _ALIKE) -> str | None:
    """Return the one of `names` most like a name, letter case and punctuation aside; None where none is like it."""
    bare = _bare(name)
    if not bare or len(bare) > _LONGEST:
        return None
    best, found = alike, None
    matcher = SequenceMatcher(b=bare, autojunk=False)
    for candidate in names:
        matcher.set_seq1(_bare(candidate))
        if matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:
            continue
        ratio = matcher.ratio()
        if ratio > best or (found is None and ratio == best):
            best, found = ratio, candidate
    return found


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()
