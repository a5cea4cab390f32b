"""When two texts are the same name: neither letter case nor Unicode's several spellings of a letter tell them apart."""

import re
from hashlib import sha256
from typing import Literal
from unicodedata import normalize

from smartertrack_emu.store.types import KEY_LENGTH

_DIGEST_LENGTH = 64
_LONGEST_PIECE = 65_536
_LONGEST_NAME = 10_000

# Whatever may be a combining mark: all that is neither letter nor digit, and not ASCII.
_MARK, _OTHER = r"[^\w\x00-\x7f]", r"[\w\x00-\x7f]"
_MANY_MARKS = re.compile(_MARK + "{31}")
# As much as one piece may have, for each has its price; a mark that would be the 31st in a row begins the next.
_PIECE = re.compile(f"(?:{_OTHER}{{1,1000}}+{_MARK}{{0,30}}+){{1,{_LONGEST_PIECE // 1030}}}+|{_MARK}{{1,30}}+")


def normalized(form: Literal["NFC", "NFD", "NFKD"], text: str) -> str:
    """Return `text` in a normal form of Unicode, in a time that grows with its length.

    Python's own function takes a time that grows with the square of the marks in a row: 64,000 of them, which fit into
    128 KB, stop the whole process for four seconds. So marks are put into order thirty at a time, which is what
    Unicode's stream-safe format allows (UAX 15); no word of any language has more.
    """
    if form == "NFKD":
        # Two letters that this form makes marks of.
        text = text.replace("\uff9e", "\u3099").replace("\uff9f", "\u309a")
    if len(text) <= _LONGEST_PIECE and not _MANY_MARKS.search(text):
        return normalize(form, text)
    return "".join(normalize(form, piece) for piece in _PIECE.findall(text))


def fold(text: str) -> str:
    """`text` without letter case and in one spelling: Unicode's canonical caseless matching, composed (NFC).

    Compatibility forms stay apart (a full-width `a` is no `a`), and nothing is trimmed.
    """
    if text.isascii():
        return text.lower()
    return normalized("NFC", normalized("NFD", text).casefold())


def key(text: str) -> str:
    """`fold(text)` where it is short enough to be indexed, else its beginning and its digest: equal as the whole is.

    Of a text longer than any name the rest is taken as it is: folding it would take many times its memory.
    """
    folded = fold(text[:_LONGEST_NAME]) + text[_LONGEST_NAME:]
    if len(folded) <= KEY_LENGTH:
        return folded
    digest = sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
    return folded[: KEY_LENGTH - _DIGEST_LENGTH] + digest


def key_or_none(text: str | None) -> str | None:
    """`key(text)`, or None for an empty text, which is equal to nothing."""
    return key(text) if text else None
