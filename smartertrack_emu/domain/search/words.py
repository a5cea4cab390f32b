"""Words: what is indexed and what is looked for are cut by the same rules, here, on whichever database.

A word is a run of letters and digits, without letter case, diacritics (a letter's, and Hebrew and Arabic points) or
compatibility forms (a full-width `a` is an `a`). A character of a script that writes no spaces is a word of its own, so
that a phrase finds a part of a sentence. Stored words are separated by single spaces; both databases are told to cut
there and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from smartertrack_emu.domain.text import normalized

LONGEST_WORD = 64
"""Characters of a word that count; the rest of a longer one is dropped, in texts and in what is looked for alike."""

LONGEST_TITLE = 4_000
LONGEST_BODY = 200_000
"""Characters of stored words of one text; what comes after is not found. PostgreSQL's vectors end at 1 MB."""

BOUNDARY = "¶"
"""Stands between texts that are stored as one: no word, so no phrase reaches over it."""

# One by one: kana, Han, Thai, Lao, Tibetan, Burmese, Khmer. By runs: all other letters and digits, and the vowel signs
# of Indian scripts, which are no letters to `\w`.
_ALONE = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_SIGNS = "\u0900-\u0963\u0966-\u0dff"
_WORD = re.compile(rf"[{_ALONE}]|(?:(?![{_ALONE}_])[\w{_SIGNS}])+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WRITTEN = re.compile(rf"(?:(?!_)[\w{_SIGNS}\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670])+")
_POINTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]+")


def words(text: str) -> list[str]:
    """Return the words of a text in their order."""
    if text.isascii():
        found = _ASCII_WORD.findall(text.lower())
    else:
        plain = _POINTS.sub("", normalized("NFKD", normalized("NFKD", text).casefold()))
        found = _WORD.findall(normalized("NFC", plain))
    return [word[:LONGEST_WORD] for word in found]


def written(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Give each written word of a text: where it begins and ends there, and the words it stands for."""
    for match in _WRITTEN.finditer(text):
        yield match.start(), match.end(), words(match.group())


def title_words(text: str) -> str:
    """Return what is stored of a short text."""
    return _stored(text, LONGEST_TITLE)


def body_words(text: str) -> str:
    """Return what is stored of a long text."""
    return _stored(text, LONGEST_BODY)


def _stored(text: str, longest: int) -> str:
    # Two characters at most become one word's one; what is far beyond need not be cut first.
    stored = " ".join(words(text[: longest * 4]))
    return stored if len(stored) <= longest else stored[:longest].rpartition(" ")[0]
