"""When two texts are the same name: neither letter case nor Unicode's several spellings of a letter tell them apart."""

from hashlib import sha256
from unicodedata import normalize

from smartertrack_emu.store.types import KEY_LENGTH

_DIGEST_LENGTH = 64


def fold(text: str) -> str:
    """`text` without letter case and in one spelling: Unicode's canonical caseless matching, composed (NFC).

    Compatibility forms stay apart (a full-width `a` is no `a`), and nothing is trimmed.
    """
    if text.isascii():
        return text.lower()
    return normalize("NFC", normalize("NFD", text).casefold())


def key(text: str) -> str:
    """`fold(text)` where it is short enough to be indexed, else its beginning and its digest: equal as the whole is."""
    folded = fold(text)
    if len(folded) <= KEY_LENGTH:
        return folded
    digest = sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
    return folded[: KEY_LENGTH - _DIGEST_LENGTH] + digest


def key_or_none(text: str | None) -> str | None:
    """`key(text)`, or None for an empty text, which is equal to nothing."""
    return key(text) if text else None
